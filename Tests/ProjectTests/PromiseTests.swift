import Foundation
import TestSupport
import Testing

/// Callers were built against the last release: Proto/promise.py compares Proto/ with Proto/released.txt.
@Suite struct `The wire's promise` {
    @Test func `what was released has its number, its name and its type`() throws {
        let ended = try promise("--proto", Repository.root.appending(path: "Proto").path())
        #expect(ended.code == 0, "\(ended.output)")
        // All of the protocol is looked at.
        let count = try #require(ended.output.firstMatch(of: /^(\d+) released/))
        #expect(Int(count.1)! >= 1_400)
    }

    /// What breaks callers, and what is said of it.
    static let breaks: [(file: String, from: String, to: String, says: String)] = [
        (
            "claim.proto", "int64 over_limit = 3;", "int64 over_limit = 33;",
            "field jiesuan.v1.CostSplit 3: was 'over_limit int64', and is taken out: write 'reserved 3;'"
        ),
        (
            "claim.proto", "int64 over_limit = 3;", "int64 above_limit = 3;",
            "field jiesuan.v1.CostSplit 3: was 'over_limit int64', now it is 'above_limit int64'"
        ),
        (
            "claim.proto", "int64 over_limit = 3;", "sint64 over_limit = 3;",
            "field jiesuan.v1.CostSplit 3: was 'over_limit int64', now it is 'over_limit sint64'"
        ),
        (
            "claim.proto", "int64 over_limit = 3;", "reserved 3;",
            #"field jiesuan.v1.CostSplit 3: was 'over_limit int64', and is taken out: write 'reserved "over_limit";'"#
        ),
        (
            "claim.proto", "CLAIM_KIND_SPECIAL_DRUG = 7;", "CLAIM_KIND_SPECIAL_DRUG = 8;",
            "value jiesuan.v1.ClaimKind 7: was 'CLAIM_KIND_SPECIAL_DRUG', and is taken out: write 'reserved 7;'"
        ),
        (
            "error.proto", "NOT_COVERED = 4012;", "NOT_COVERED = 4012; NOT_INSURED = 4998;", ""
        ),
        (
            "error.proto", "NOT_COVERED = 4012;", "NOT_INSURED = 4012;",
            "value jiesuan.v1.DomainError 4012: was 'NOT_COVERED', now it is 'NOT_INSURED'"
        ),
        (
            "settlement_service.proto", "rpc Compare(", "rpc SetSideBySide(",
            "rpc jiesuan.v1.SettlementService/Compare: was released, and is not there any more"
        ),
        (
            "settlement_service.proto", "rpc Reverse(ReverseRequest)", "rpc Reverse(GetRequest)",
            "rpc jiesuan.v1.SettlementService/Reverse: was 'jiesuan.v1.ReverseRequest jiesuan.v1.ReverseResponse'"
        ),
        (
            "claim.proto", "int64 over_limit = 3;", "reserved 3; reserved \"over_limit\"; int64 new_one = 99;", ""
        ),
    ]

    @Test(arguments: breaks.indices) func `canary: what breaks it is named, what is new or reserved is not`(row: Int) throws {
        let (name, from, to, says) = Self.breaks[row]
        let copy = FileManager.default.temporaryDirectory.appending(path: "jiesuan-promise-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Repository.root.appending(path: "Proto"), to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let file = copy.appending(path: "jiesuan/v1/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.components(separatedBy: from).count == 2, "\(from) is not in \(name)")
        try text.replacing(from, with: to).write(to: file, atomically: true, encoding: .utf8)
        let ended = try promise("--proto", copy.path())
        #expect(ended.code == (says.isEmpty ? 0 : 1), "\(ended.output)")
        #expect(says.isEmpty || ended.output.contains(says), "\(ended.output)")
    }

    private func promise(_ arguments: String...) throws -> (code: Int32, output: String) {
        let script = Repository.root.appending(path: "Proto/promise.py").path()
        return try run("/usr/bin/python3", ["-B", script] + arguments, in: Repository.root)
    }
}
