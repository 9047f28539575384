/// What a page shows of a command's output: `…` alone in a line stands for any lines, within a line for any text.
struct PrintedPattern {
    private let lines: [String]

    init(_ lines: [String]) { self.lines = Self.trimmed(lines) }

    /// True where nothing is shown, so that nothing is compared.
    var isEmpty: Bool { lines.isEmpty }

    func matches(_ printed: [String]) -> Bool {
        Self.matches(
            lines, Self.trimmed(printed), isAny: { $0.drop { $0 == " " } == "…" },
            isSame: { line, printed in Self.matches(Array(line), Array(printed), isAny: { $0 == "…" }, isSame: ==) })
    }

    /// Without blanks at the ends of lines, and without empty lines at the beginning and the end.
    static func trimmed(_ lines: [String]) -> [String] {
        var lines = lines.map { line in String(line.reversed().drop { $0 == " " || $0 == "\r" }.reversed()) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return Array(lines.drop { $0.isEmpty })
    }

    /// The usual way with one star to go back to: what it stands for grows by one where the rest does not fit.
    private static func matches<Element>(
        _ pattern: [Element], _ text: [Element], isAny: (Element) -> Bool, isSame: (Element, Element) -> Bool
    ) -> Bool {
        var at = 0
        var read = 0
        var star: (at: Int, read: Int)?
        while read < text.count {
            if at < pattern.count, isAny(pattern[at]) {
                star = (at, read)
                at += 1
            } else if at < pattern.count, isSame(pattern[at], text[read]) {
                at += 1
                read += 1
            } else if let last = star {
                star = (last.at, last.read + 1)
                at = last.at + 1
                read = last.read + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy(isAny)
    }
}
