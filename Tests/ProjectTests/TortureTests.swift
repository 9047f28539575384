import Foundation
import TestSupport
import Testing

@Suite struct `The harnesses of make torture` {
    @Test func `judge rightly, find what is planted, and have a part for every row that can be tried`() throws {
        let script = Repository.root.appending(path: "Tests/Torture/torture_test.py")
        let result = try run("/usr/bin/python3", ["-B", script.path()], in: Repository.root)
        #expect(result.code == 0, "\(result.output)")
        let tests = try Repository.text("Tests/Torture/torture_test.py").matches(of: /\n    def test_/).count
        #expect(tests > 10 && result.output.contains("Ran \(tests) tests"), "\(result.output)")
    }
}
