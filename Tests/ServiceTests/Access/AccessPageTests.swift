import Foundation
import Service
import TestSupport
import Testing

/// The table of who may call what, as docs/operating/access.md and its Chinese page have it.
@Suite struct AccessPageTests {
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] == "1"

    @Test(arguments: [("docs/operating/access.md", false), ("docs/zh/operating/access.md", true)])
    func `the page has the table that the server goes by`(path: String, isChinese: Bool) throws {
        let file = Project.root.appendingPathComponent(path)
        let page = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(page.range(of: "<!-- made: access -->\n\n")?.upperBound)
        let end = try #require(page.range(of: "\n<!-- made until here -->", range: start..<page.endIndex)?.lowerBound)
        let expected = AccessTable.markdown(inChinese: isChinese)
        if page[start..<end] == expected { return }
        guard Self.updates else {
            let lines = expected.split(separator: "\n")
            let missing = lines.filter { !page.contains($0) }
            Issue.record("\(path) is not what the code gives: run `make documents`; it misses:\n\(missing.joined(separator: "\n"))")
            return
        }
        try page.replacingCharacters(in: start..<end, with: expected).write(to: file, atomically: true, encoding: .utf8)
    }
}
