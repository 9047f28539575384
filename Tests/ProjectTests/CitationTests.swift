import Foundation
import Testing

@Suite struct `Every rule is cited by a test` {
    /// The rules that this product settles by so far.
    static let rules: [String] =
        (1...12).map { "G-\($0)" } + (1...5).map { "CQ-\($0)" } + (10...22).map { "CQ-\($0)" } + ["CQ-31"]
        + (1...6).map { "YT-\($0)" } + [1, 2, 3, 5, 6, 7].map { "SY-\($0)" } + [5, 6, 7].map { "AH-\($0)" }

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
