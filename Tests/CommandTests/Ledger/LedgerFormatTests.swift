import Foundation
import TestSupport
import Testing

/// The page on the ledger's format is enough to read a ledger: its reader, which knows nothing of this program, does.
@Suite struct `A ledger read by the page on its format` {
    private static let reader = Project.root.appending(path: "docs/internals/read_ledger.py")

    private static func read(_ arguments: String...) throws -> Program.Ended {
        try Program.run(URL(filePath: "/usr/bin/python3"), ["-B", reader.path()] + arguments)
    }

    /// Example 003-1 settled and taken back, and another settlement; the server has ended.
    private func rig() throws -> LedgerRig {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        #expect(try rig.run("reverse", "003-1", "--reason", "a test").code == 0)
        try rig.settle("another", "1000.01", person: "32")
        #expect(rig.server.stop() == 0)
        return rig
    }

    @Test func `every block, row and settlement is found that the program finds`() throws {
        let rig = try rig()
        let found = try Self.read(rig.path)
        #expect(found.code == 0, "\(found.complaint)")
        let verified = try object(try Program.run("ledger", "verify", rig.path, "--json").output)
        let lines = found.output.split(separator: "\n").map(String.init)
        let counts = try #require(lines.last)
        for (name, key) in [
            ("accounts", "account_rows"), ("registry", "registry_rows"), ("reversal", "reversals"),
            ("settlement", "settlements"),
        ] {
            let count = try #require(verified[key] as? Int)
            #expect(count > 0 && counts.contains("\(name) \(count);"), "\(name): \(counts)")
        }
        #expect(counts.hasSuffix("; 380001 fen settled"), "\(counts)")
        let settled = lines.dropLast().map { $0.split(separator: " ").map(String.init) }
        #expect(
            settled.map { Array($0.dropFirst()) } == [
                ["003-1", "20240630", "280000"], ["another", "20240630", "100001"],
            ])
        for line in settled {
            let record = try object(try Program.run("get", line[1], "--ledger", rig.path, "--json").output)
            let answer = try #require(record["answer"] as? [String: Any], "\(record.keys.sorted())")
            #expect((answer["sequence"] as? Int).map { "\($0)" } == line[0], "\(line[1])")
        }
    }

    @Test func `a row is shown field by field with its bytes`() throws {
        let rig = try rig()
        let line = try #require(try Self.read(rig.path).output.split(separator: "\n").first)
        let position = try #require(line.split(separator: " ").first.flatMap { UInt64($0) })
        let shown = try Self.read(rig.path, "--row", "\(position >> 16).\(position & 0xffff)")
        let fields = shown.output.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
        #expect(fields.contains { $0.first == "id" && $0.last == "003-1" })
        #expect(fields.contains { $0 == ["pool", "c8", "c4", "0b", "189000"] }, "\(shown.output)")
    }

    /// The reader would find a program that wrote something else than the page says.
    @Test func `a turned byte of a block is found by its checksum`() throws {
        let rig = try rig()
        var bytes = try Data(contentsOf: URL(filePath: rig.path))
        let place = try #require(bytes.range(of: Data("another".utf8)))
        bytes[place.lowerBound] ^= 1
        let changed = try rig.file("changed.db")
        try bytes.write(to: URL(filePath: changed))
        let ended = try Self.read(changed)
        #expect(ended.code == 1)
        #expect(ended.complaint.contains("does not fit its checksum"), "\(ended.complaint)")
    }
}
