/// Follows a whole log and says where it is not as it was written.
package struct AuditVerifier {
    /// What was found.
    package struct Result: Sendable {
        package var files = 0
        package var lines: UInt64 = 0
        /// Of the last line.
        package var head = AuditHead(sequence: 0, chain: AuditChain())
        /// The first `findingsMax`.
        package var findings: [AuditFinding] = []
        package var findingCount = 0
    }

    /// Findings that are kept; more are counted.
    package static let findingsMax = 100

    /// Reads all files of a folder; a gigabyte takes some five seconds.
    ///
    /// - Parameter expected: a hash that was kept elsewhere: it has to be that of some line.
    /// - Throws: where a file cannot be read.
    package static func verify(_ folder: String, expected: AuditChain? = nil) throws(AuditProblem) -> Result {
        var result = Result()
        var end = AuditEnd()
        var hasExpected = expected == nil
        func add(_ finding: AuditFinding) {
            result.findingCount += 1
            if result.findings.count < findingsMax { result.findings.append(finding) }
        }
        // The head first: a log that is written meanwhile only grows.
        let head = AuditHead.read(folder)
        let numbers = try AuditFiles.numbers(folder)
        guard !numbers.isEmpty || head != nil else { throw AuditProblem(folder, "holds no audit log") }
        var next = 1
        for number in numbers {
            if number != next { add(AuditFinding(AuditFiles.name(number), .missingFile(number - 1))) }
            next = number + 1
            let reading = try AuditFileReading(AuditFiles.path(folder, number), number)
            let torn = reading.forEachLine { line, place in
                result.lines += 1
                if let finding = end.take(line, at: place) { add(finding) }
                if end.chain == expected { hasExpected = true }
                if let head, head.sequence == end.sequence, head.chain != end.chain {
                    add(AuditFinding(place, .otherHead(head.sequence)))
                }
            }
            if torn > 0 { add(AuditFinding(AuditFiles.name(number), .torn(torn))) }
            result.files += 1
        }
        if let head, head.sequence > end.sequence {
            add(
                AuditFinding(
                    numbers.last.map(AuditFiles.name) ?? "the folder",
                    .truncated(last: end.sequence, head: head.sequence)))
        }
        if !hasExpected { add(AuditFinding(numbers.last.map(AuditFiles.name) ?? "the folder", .unknownHash)) }
        result.head = AuditHead(sequence: end.sequence, chain: end.chain)
        return result
    }

    /// Calls `body` with every line, in order, until it returns false.
    ///
    /// - Throws: where a file cannot be read.
    package static func forEachLine(
        _ folder: String, _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(AuditProblem) {
        var goesOn = true
        for number in try AuditFiles.numbers(folder) where goesOn {
            let reading = try AuditFileReading(AuditFiles.path(folder, number), number)
            _ = reading.forEachLine { line, _ in if goesOn { goesOn = body(line) } }
        }
    }
}
