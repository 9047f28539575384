import Foundation
import Testing

/// A part of a page that is made from the code: it stands between `<!-- made: NAME -->` and `<!-- made until here -->`.
///
/// UPDATE_DOCUMENTS=1 writes it anew (`make documents`); then look at what `git diff` says.
enum MadeTable {
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] == "1"

    /// Records an issue where the part named `name` of the page at `path` is not `expected`.
    static func expect(_ path: String, _ name: String, is expected: String) throws {
        let page = try Repository.text(path)
        guard let place = range(of: name, in: page) else {
            Issue.record("\(path) has no part '<!-- made: \(name) --> … <!-- made until here -->'")
            return
        }
        if page[place] == expected { return }
        guard updates else {
            Issue.record("\(path): '\(name)' is not what the code gives: run `make documents`\n\(first(page[place], expected))")
            return
        }
        try page.replacingCharacters(in: place, with: expected)
            .write(to: Repository.root.appending(path: path), atomically: true, encoding: .utf8)
    }

    /// What stands between the two marks of `name`, without the empty lines beside them.
    static func range(of name: String, in page: String) -> Range<String.Index>? {
        guard let start = page.range(of: "<!-- made: \(name) -->\n\n"),
            let end = page.range(of: "\n<!-- made until here -->", range: start.upperBound..<page.endIndex)
        else { return nil }
        return start.upperBound..<end.lowerBound
    }

    /// The first line that differs.
    private static func first(_ page: Substring, _ expected: String) -> String {
        let old = page.split(separator: "\n", omittingEmptySubsequences: false)
        let new = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let place = zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        let shown = [old, new].map { place < $0.count ? String($0[place]) : "(its end)" }
        return "written: \(shown[0])\nexpected: \(shown[1])"
    }
}
