import BuildStamp
import Foundation
import TestSupport
import Testing

@Suite struct `jiesuan --version` {
    @Test func `names the version, the commit, Swift, the ledger's format and each pack by its digest`() throws {
        let ended = try Program.run("--version")
        #expect(ended.code == 0 && ended.complaint.isEmpty)
        let lines = ended.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.wholeMatch(of: /jiesuan \d+\.\d+\.\d+/) != nil, "\(ended.output)")
        #expect(lines.contains { $0.wholeMatch(of: /commit ([0-9a-f]{40,64}(\+changes)?|unknown .*)/) != nil })
        #expect(lines.contains { $0.wholeMatch(of: /swift \d+\.\d+.*/) != nil })
        #expect(lines.contains { $0.wholeMatch(of: /ledger format \d+/) != nil })
        let list = try Program.run("policy", "list", "--json")
        let packs = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]] ?? []
        #expect(packs.count == 4)
        for pack in packs {
            let (region, digest) = (pack["region"] as? String ?? "", pack["digest"] as? String ?? "")
            #expect(lines.contains("policy \(region) \(digest)"), "\(ended.output)")
        }
    }

    @Test func `is the same behind any command`() throws {
        #expect(try Program.run("serve", "--version").output == Program.run("--version").output)
    }

    @Test func `is in the server's log, at its start`() throws {
        try Program.withFolder { folder in
            let log = folder.appendingPathComponent("log")
            let server = try Server(log: log)
            #expect(server.stop() == 0)
            let first = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").first ?? ""
            let pattern = /\S+Z notice jiesuan: jiesuan \d+\.\d+\.\d+, commit ([0-9a-f]{12}(\+changes)?|unknown), Swift \d+\.\d+.*/
            #expect(first.wholeMatch(of: pattern) != nil, "\(first)")
        }
    }

    @Test func `a new ledger has the format that it names`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        let verified = try Program.run("ledger", "verify", rig.path, "--json")
        let json = try JSONSerialization.jsonObject(with: Data(verified.output.utf8)) as? [String: Any]
        let format = try #require(json?["format"] as? Int)
        #expect(try Program.run("--version").output.split(separator: "\n").contains("ledger format \(format)"))
        #expect(try Program.run("ledger", "verify", rig.path).output.contains(try Regex("账本格式 format +\(format)\\b")))
    }
}

/// `.ci/stamp` writes the record, `BuildRecord` reads it.
@Suite struct `The record of a build` {
    static let commit = "0123456789abcdef0123456789abcdef01234567"

    @Test func `fits the executable that it was made of, also where that was copied`() throws {
        try Program.withFolder { folder in
            let program = try made(in: folder, of: "an executable")
            let record = try #require(BuildRecord.read(of: program))
            #expect(record.commit == Self.commit && record.compiler.hasPrefix("6."), "\(record)")
            let copy = folder.appendingPathComponent("copy").path
            for ending in ["", BuildRecord.ending] {
                try FileManager.default.copyItem(atPath: program + ending, toPath: copy + ending)
            }
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: copy)
            #expect(BuildRecord.read(of: copy) == record)
        }
    }

    @Test func `is none for an executable that was built later`() throws {
        try Program.withFolder { folder in
            let program = try made(in: folder, of: "an executable")
            // As long as it was, and longer.
            for text in ["AN EXECUTABLE", "a longer executable"] {
                try text.write(toFile: program, atomically: true, encoding: .utf8)
                #expect(BuildRecord.read(of: program) == nil)
            }
        }
    }

    @Test(arguments: [
        "", "commit \(commit)\n", "commit ; rm -rf\n", "\u{0}\u{0}", String(repeating: "commit ", count: 10_000),
    ])
    func `is none where its file is damaged`(text: String) throws {
        try Program.withFolder { folder in
            let program = try made(in: folder, of: "an executable")
            try text.write(toFile: program + BuildRecord.ending, atomically: true, encoding: .utf8)
            #expect(BuildRecord.read(of: program) == nil)
        }
    }

    @Test func `is none where neither git nor the archive knows the commit`() throws {
        try Program.withFolder { folder in
            let made = try stamp(in: folder, archive: "$Format:%H$")
            #expect(made.isEmpty)
        }
    }

    /// An executable with its record.
    private func made(in folder: URL, of text: String) throws -> String {
        try #require(try stamp(in: folder, archive: Self.commit, program: text).first)
    }

    /// Runs `.ci/stamp` as in the files of an archive, which are in no repository.
    ///
    /// - Returns: the executable, where it has a record.
    private func stamp(in folder: URL, archive: String, program text: String = "x") throws -> [String] {
        let scripts = folder.appendingPathComponent(".ci")
        try FileManager.default.createDirectory(at: scripts, withIntermediateDirectories: true)
        let script = Project.root.appendingPathComponent(".ci/stamp")
        try FileManager.default.copyItem(at: script, to: scripts.appendingPathComponent("stamp"))
        try (archive + "\n").write(
            to: scripts.appendingPathComponent("commit"), atomically: true, encoding: .utf8)
        let program = folder.appendingPathComponent("program").path
        try text.write(toFile: program, atomically: true, encoding: .utf8)
        let ended = try Program.run(scripts.appendingPathComponent("stamp"), [program])
        #expect(ended.code == 0, "\(ended.complaint)")
        return FileManager.default.fileExists(atPath: program + BuildRecord.ending) ? [program] : []
    }
}
