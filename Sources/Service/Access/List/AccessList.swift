import RPC

/// The list of callers, as its file has it: lines with entries, comments and empty ones, in their order.
package struct AccessList: Equatable, Sendable {
    /// The first line: which form the file has.
    package static let heading = "jiesuan-access 1"
    package static let entriesMax = 10_000
    package static let bytesMax = 8 << 20

    private var lines: [String]
    /// In the order of the file.
    package private(set) var entries: [AccessEntry]

    /// A list of nobody.
    package init() {
        lines = [
            Self.heading, "# One caller a line; made and changed by: jiesuan access add|revoke|list --access FILE",
        ]
        entries = []
    }

    /// - Parameter name: of the file, for messages.
    /// - Throws: the first thing that is wrong, with its line.
    package init(text: String, name: String) throws(AccessProblem) {
        // "\r\n" is one character, another one than "\n".
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
        if lines.last == "" { lines.removeLast() }
        guard lines.first == Self.heading else {
            throw AccessProblem("\(name):1: the first line is not \"\(Self.heading)\": it is no list of callers")
        }
        self.lines = lines
        entries = []
        for (index, line) in lines.enumerated().dropFirst() {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            do throws(AccessProblem) {
                entries.append(try AccessEntry(line: trimmed))
                try checkLast()
            } catch {
                throw AccessProblem("\(name):\(index + 1): \(error.description)")
            }
        }
        try checkDoubles(name)
    }

    /// The file's text.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    /// Adds a caller at the end.
    package mutating func add(_ entry: AccessEntry) throws(AccessProblem) {
        if let problem = entry.problem { throw AccessProblem("\(entry.name): \(problem)") }
        entries.append(entry)
        lines.append(entry.line)
        do throws(AccessProblem) {
            try checkLast()
            try checkDoubles("the list")
        } catch {
            entries.removeLast()
            lines.removeLast()
            throw error
        }
    }

    /// Takes a caller out, with its line.
    package mutating func revoke(_ name: String) throws(AccessProblem) {
        guard let place = entries.firstIndex(where: { $0.name == name }) else {
            let near = entries.prefix(20).map(\.name).joined(separator: ", ")
            throw AccessProblem("there is no caller \"\(ShownWord.cut(name[...]))\"; there are: \(near)")
        }
        let isLine = { (line: String) in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map(String.init) == name
        }
        lines.remove(at: lines.indices.dropFirst().first { isLine(lines[$0]) }!)
        entries.remove(at: place)
    }

    private func checkLast() throws(AccessProblem) {
        guard entries.count <= Self.entriesMax else { throw AccessProblem("more than \(Self.entriesMax) callers") }
    }

    /// A name, a token and a certificate stand for one caller.
    private func checkDoubles(_ name: String) throws(AccessProblem) {
        var seen: Set<String> = []
        for entry in entries {
            for (what, value) in [("name", entry.name), ("token", entry.tokenHash), ("certificate", entry.certificate)]
            where !value.isEmpty && !seen.insert("\(what) \(value)").inserted {
                throw AccessProblem("\(name): the \(what) of \(entry.name) is another caller's too; each has its own")
            }
        }
    }
}
