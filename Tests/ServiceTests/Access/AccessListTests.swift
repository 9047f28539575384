import Foundation
import Glibc
import RPC
import Service
import TestSupport
import Testing

/// The file of callers: read strictly, replaced as a whole.
@Suite struct `The list of callers` {
    private static let hash = String(repeating: "0a", count: 32)
    private static let line = "h1 role=institution institution=H1,H2 until=2027-12-31 token=sha256:\(hash)"

    private func list(_ lines: String...) throws(AccessProblem) -> AccessList {
        try AccessList(text: (["jiesuan-access 1"] + lines).joined(separator: "\n") + "\n", name: "list")
    }

    @Test func `what is read is written the same, comments too`() throws {
        let text = "jiesuan-access 1\n# a comment\n\n\(Self.line)\r\n"
        let read = try AccessList(text: text, name: "list")
        #expect(read.text == text.replacing("\r\n", with: "\n"))
        let entry = try #require(read.entries.first)
        #expect(entry.line == Self.line && entry.institutions == ["H1", "H2"] && entry.role == .institution)
    }

    @Test(arguments: [
        ("h1", "list:2: role is none of"),
        ("h1 role=doctor", "role is none of: institution, pharmacy"),
        ("h1 role=institution token=sha256:HASH", "needs institution=CODE"),
        ("h1 role=office token=sha256:HASH", "needs region=REGION"),
        ("h1 role=auditor region=yantai token=sha256:HASH", "only the role office"),
        ("h1 role=auditor institution=H1 token=sha256:HASH", "only the roles institution and pharmacy"),
        ("h1 role=auditor", "needs either token=sha256:… or certificate=NAME"),
        ("h1 role=auditor token=sha256:HASH certificate=x", "needs either"),
        ("h1 role=auditor token=abc", "token is not sha256: and 64"),
        ("h1 role=auditor role=operator token=sha256:HASH", "role stands twice"),
        ("h1 role=auditor colour=red token=sha256:HASH", "there is no \"colour\"; there are: role"),
        ("h1 role=auditor until=2027-02-29 token=sha256:HASH", "until is no day"),
        ("h1 role=auditor calls=0 token=sha256:HASH", "calls is not A or A/B"),
        ("h1 role=auditor calls=1/2/3 token=sha256:HASH", "calls is not A or A/B"),
        ("-h role=auditor token=sha256:HASH", "a name has 1 … 64 letters"),
        ("h1 auditor token=sha256:HASH", "\"auditor\" is not KEY=VALUE"),
    ])
    func `what is wrong is told with its line`(line: String, why: String) throws {
        let text = "jiesuan-access 1\n\(line.isEmpty ? "h" : line.replacing("HASH", with: Self.hash))\n"
        #expect {
            try AccessList(text: text, name: "list")
        } throws: { error in
            let said = "\(error)"
            return said.hasPrefix("list:2: ") && said.contains(why)
        }
    }

    @Test func `a name, a token and a certificate stand for one caller`() throws {
        #expect(throws: AccessProblem.self) { try list(Self.line, Self.line) }
        let other = Self.line.replacing("h1 ", with: "h2 ")
        #expect {
            try list(Self.line, other)
        } throws: { "\($0)".contains("the token of h2 is another caller's too") }
        #expect(throws: AccessProblem.self) { try AccessList(text: "callers\n", name: "list") }
    }

    @Test func `tokens are long, and no two are the same`() {
        let tokens = (0..<100).map { _ in AccessToken.make() }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.hasPrefix("jst_") && $0.utf8.count == 47 })
        #expect(AccessToken.hash("abc".utf8).hasPrefix("ba7816bf8f01cfea"))
    }

    @Test func `a file that others may read is refused, and one that is changed stays its owner's`() throws {
        let folder = ScratchFolder()
        let file = AccessFile(folder.path + "/access.list")
        umask(0)
        defer { umask(0o022) }
        var entry = AccessEntry(name: "a", role: .auditor)
        entry.tokenHash = Self.hash
        try file.change { list throws(AccessProblem) in try list.add(entry) }
        func mode() -> mode_t {
            var found = stat()
            stat(file.path, &found)
            return found.st_mode & 0o777
        }
        #expect(mode() == 0o600)
        #expect(try file.read().entries.map(\.name) == ["a"])
        for readable: mode_t in [0o640, 0o604, 0o620, 0o602] {
            chmod(file.path, readable)
            #expect { try file.read() } throws: { "\($0)".contains("chmod 600") }
        }
        chmod(file.path, 0o600)
        try file.change { list throws(AccessProblem) in try list.revoke("a") }
        #expect(try file.read().entries.isEmpty && mode() == 0o600)
        #expect(throws: AccessProblem.self) { try file.change { list throws(AccessProblem) in try list.revoke("a") } }
    }

    @Test func `a caller is found by token and by certificate, and nobody else is`() throws {
        let token = AccessToken.make()
        var byToken = AccessEntry(name: "t", role: .auditor)
        byToken.tokenHash = AccessToken.hash(token.utf8)
        var byCertificate = AccessEntry(name: "c", role: .operator)
        byCertificate.certificate = "ops.example"
        var list = AccessList()
        try list.add(byToken)
        try list.add(byCertificate)
        let directory = AccessDirectory(list, methods: Services.methods(Packs.regions), allowsLoadTests: false)
        func find(_ text: String) -> String? {
            Array(text.utf8).withUnsafeBytes { directory.caller(token: $0)?.name }
        }
        #expect(find(token) == "t")
        for wrong in ["", String(token.dropLast()), token + "x", token.lowercased(), AccessToken.hash(token.utf8)] {
            #expect(find(wrong) == nil)
        }
        #expect(directory.caller(certificate: PeerCertificate(commonName: "ops.example"))?.name == "c")
        #expect(
            directory.caller(certificate: PeerCertificate(commonName: "x", alternativeNames: ["ops.example"]))?.name == "c")
        #expect(directory.caller(certificate: PeerCertificate(commonName: "t")) == nil)
    }
}
