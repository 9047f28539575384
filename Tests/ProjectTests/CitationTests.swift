import Foundation
import Testing

@Suite struct `Every rule is cited by a test` {
    /// The rules that this product settles by so far.
    static let rules: [String] =
        numbered("G", 1...18) + numbered("CQ", 1...5, 10...22, 30...32, 40...46) + numbered("YT", 1...12)
        + numbered("SY", 1...10) + numbered("AH", 1...8) + numbered("YE", 1...7)

    private static func numbered(_ letters: String, _ ranges: ClosedRange<Int>...) -> [String] {
        ranges.flatMap { range in range.map { "\(letters)-\($0)" } }
    }

    /// What names a test or a case of a table: its declaration, or the `rule:` of a case. Comments do not count.
    static let citing: [Substring] = {
        do {
            let naming = try Regex(#"@Test|@Suite|\bfunc |\brule: ""#)
            let comment = try Regex(#"^\s*//"#)
            return try Repository.files(below: "Tests", endings: [".swift"])
                .filter { !$0.path().contains("ProjectTests") }
                .flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
                .filter { $0.contains(naming) && !$0.contains(comment) }
        } catch { return [] }
    }()

    @Test(arguments: rules) func `the rule stands in the name of a test, or in a case of its table`(rule: String) throws {
        // "CQ-1" must not be found in "CQ-15".
        let pattern = try Regex("\\b\(rule)\\b")
        #expect(Self.citing.contains { $0.contains(pattern) }, "no test cites \(rule)")
    }
}
