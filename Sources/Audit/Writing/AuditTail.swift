import Glibc

/// The end of a log that is taken up again.
struct AuditTail {
    var head: AuditHead
    /// Bytes of whole lines in the last file.
    var bytes: Int
    /// Bytes behind them.
    var torn: Int
    /// When the last file was written last, as 20240701.
    var day: Int32

    /// Reads the last file, and of the one before it the last line.
    ///
    /// - Throws: where a line of the last file does not fit: what was changed by somebody is not written on.
    static func read(
        _ folder: String, _ numbers: [Int], known: AuditHead?
    ) throws(AuditProblem) -> AuditTail {
        var findings: [AuditFinding] = []
        var end = AuditEnd()
        if let before = numbers.dropLast().last {
            end = try lastLine(AuditFiles.path(folder, before), before)
        }
        let number = numbers[numbers.count - 1]
        let path = AuditFiles.path(folder, number)
        let reading = try AuditFileReading(path, number)
        let torn = reading.forEachLine { line, place in
            if let finding = end.take(line, at: place, isFirstKnown: numbers.count > 1 || number == 1) {
                findings.append(finding)
            }
        }
        if let finding = findings.first {
            throw AuditProblem(path, "\(finding): 'jiesuan audit verify' tells more; move the folder to a safe place")
        }
        if let known, known.sequence > end.sequence {
            throw AuditProblem(
                folder,
                "its last line is number \(end.sequence), and it had \(known.sequence): lines are missing at its end; "
                    + "'jiesuan audit verify' tells more; move the folder to a safe place")
        }
        return AuditTail(
            head: AuditHead(sequence: end.sequence, chain: end.chain), bytes: reading.count - torn, torn: torn,
            day: reading.day)
    }

    /// Where the chain of an earlier file ends, as its last line says; its other lines are `verify`'s to check.
    private static func lastLine(_ path: String, _ number: Int) throws(AuditProblem) -> AuditEnd {
        var end = AuditEnd()
        let reading = try AuditFileReading(path, number)
        _ = reading.forEachLine { line, _ in
            if let parts = AuditLine.parts(line), let chain = AuditChain(head: parts.hash) {
                end = AuditEnd(sequence: parts.sequence, chain: chain)
            }
        }
        return end
    }
}
