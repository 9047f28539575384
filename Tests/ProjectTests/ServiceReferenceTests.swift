import Foundation
import TestSupport
import Testing

/// What `make docs` makes, as far as it needs no build.
@Suite struct `The reference of the services` {
    @Test func `has every method, field and value that callers have, and each of its links leads somewhere`() throws {
        let page = try page(of: Repository.root.appending(path: "Proto"))
        let places = Set(page.matches(of: /\ id="([^"]+)"/).map { String($0.1) })
        let links = Set(page.matches(of: /\ href="#([^"]+)"/).map { String($0.1) })
        #expect(links.count >= 300)
        #expect(links.subtracting(places) == [], "links to nowhere")
        var missing: [String] = []
        var found = 0
        for line in try Repository.text("Proto/released.txt").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, words[1].hasPrefix("jiesuan.") else { continue }
            let owner = String(words[1].replacing(":", with: ""))
            let place: String
            switch words[0] {
            case "rpc": place = owner.replacing("/", with: ".")
            case "message": place = owner
            default: place = "\(owner).\(words[3])"
            }
            found += 1
            if !places.contains(place) { missing.append(String(line)) }
        }
        #expect(missing == [])
        #expect(found >= 1_400)
    }

    @Test func `has the Chinese terms, the platform's fields and numbers, and what a comment says`() throws {
        let page = try page(of: Repository.root.appending(path: "Proto"))
        for part in [
            "<td>医疗费总额</td><td><code>medfee_sumamt</code></td>", "<td><code>2207 / 2304</code></td>",
            "<td>发送方报文ID</td><td><code>msgid / medins_setl_id</code></td>",
            "<td>4102</td><td><b>ID_REUSED_WITH_OTHER_CONTENT</b></td>", "the id stands for another settlement",
            "<p>Personal accounts (个人账户).</p>",
        ] {
            #expect(page.contains(part), "\(part)")
        }
    }

    @Test func `canary: a method that says nothing of itself is named, and there is no page`() throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: "jiesuan-reference-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Repository.root.appending(path: "Proto"), to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        let file = copy.appending(path: "jiesuan/v1/settlement_service.proto")
        let text = try String(contentsOf: file, encoding: .utf8)
        let line = "  // 结算 (2207 / 2304).\n"
        #expect(text.contains(line))
        try text.replacing(line, with: "").write(to: file, atomically: true, encoding: .utf8)
        let output = copy.appending(path: "api.html")
        let ended = try make(output, of: copy)
        #expect(ended.code == 1)
        #expect(ended.output.contains("rpc jiesuan.v1.SettlementService.Settle: has no comment"), "\(ended.output)")
        #expect(!FileManager.default.fileExists(atPath: output.path()))
    }

    @Test func `of the library there is every module, with what Package.swift says of it`() throws {
        let script = Repository.root.appending(path: "docs/reference/swift_modules.py").path()
        let ended = try run("/usr/bin/python3", ["-B", script], in: Repository.root)
        #expect(ended.code == 0, "\(ended.output)")
        let lines = ended.output.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(lines.count >= 19 && lines.allSatisfy { $0.count == 2 && !$0[1].isEmpty }, "\(ended.output)")
        let names = Set(lines.map { String($0[0]) })
        #expect(names.isSuperset(of: ["Settlement", "Policy", "Ledger", "RPC", "Client", "Service"]))
        #expect(names.isDisjoint(with: ["CShims", "WireMessages", "MicroCases", "TestSupport", "jiesuan"]))
    }

    private func page(of proto: URL) throws -> String {
        let output = FileManager.default.temporaryDirectory.appending(path: "jiesuan-reference-\(UUID().uuidString).html")
        defer { try? FileManager.default.removeItem(at: output) }
        let ended = try make(output, of: proto)
        #expect(ended.code == 0, "\(ended.output)")
        return try String(contentsOf: output, encoding: .utf8)
    }

    private func make(_ output: URL, of proto: URL) throws -> (code: Int32, output: String) {
        let script = Repository.root.appending(path: "docs/reference/proto_page.py").path()
        return try run(
            "/usr/bin/python3", ["-B", script, output.path(), "--proto", proto.path()], in: Repository.root)
    }
}
