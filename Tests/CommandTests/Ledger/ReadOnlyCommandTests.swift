import Foundation
import TestSupport
import Testing

/// Commands that only read a ledger, run by somebody who may read its files and write nothing beside them.
@Suite struct `A ledger's file for who may only read` {
    /// Whether there is a way to be somebody else: as the administrator, who may write anywhere.
    private static let canBeNobody = geteuid() != 0 || access("/usr/bin/setpriv", X_OK) == 0

    /// Runs a command as nobody.
    private func run(_ arguments: String...) throws -> Program.Ended {
        guard geteuid() == 0 else { return try Program.run(arguments) }
        return try Program.run(
            URL(fileURLWithPath: "/usr/bin/setpriv"),
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--", Product.program.path] + arguments)
    }

    /// Copies files of a ledger into a folder that is then closed for writing.
    private func closedFolder(_ rig: LedgerRig, _ suffixes: [String]) throws -> (folder: String, ledger: String) {
        let folder = NSTemporaryDirectory() + "jiesuan-closed-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for suffix in suffixes where FileManager.default.fileExists(atPath: rig.path + suffix) {
            try FileManager.default.copyItem(atPath: rig.path + suffix, toPath: folder + "/ledger.db" + suffix)
        }
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            chmod(folder + "/" + name, isFolder.boolValue ? 0o555 : 0o444)
        }
        chmod(folder, 0o555)
        return (folder, folder + "/ledger.db")
    }

    private func remove(_ folder: String) {
        chmod(folder, 0o755)
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [] {
            chmod(folder + "/" + name, 0o755)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Verify, export and backup read all of it and write nothing there.
    private func expectReadable(_ path: String, settlements: Int) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let out = NSTemporaryDirectory() + "jiesuan-read-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        chmod(out, 0o777)
        defer { remove(out) }
        let verified = try run("ledger", "verify", path, "--json")
        #expect(verified.code == 0, "\(verified.output)\(verified.complaint)")
        if verified.code == 0 { #expect(try object(verified.output)["settlements"] as? Int == settlements) }
        let exported = try run("ledger", "export", path, "--sqlite", out + "/rows.db")
        #expect(exported.code == 0 && exported.output.contains("\(settlements) settlement"), "\(exported.complaint)")
        let backed = try run("ledger", "backup", path, out + "/copy.db")
        #expect(backed.code == 0, "\(backed.complaint)")
        let copy = try object(try Program.run("ledger", "verify", out + "/copy.db", "--json").output)
        #expect(copy["settlements"] as? Int == settlements)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == names)
    }

    @Test(.enabled(if: canBeNobody, "needs setpriv(1) to be somebody else"))
    func `a ledger that was closed, in a folder that may not be written`() throws {
        let rig = try LedgerRig(opening: nil)
        try rig.settle("a")
        #expect(rig.server.stop() == 0)
        let (folder, path) = try closedFolder(rig, ["", ".index"])
        defer { remove(folder) }
        try expectReadable(path, settlements: 1)
    }

    @Test(.enabled(if: canBeNobody, "needs setpriv(1) to be somebody else"))
    func `a ledger in use, whose server somebody else runs`() throws {
        let rig = try LedgerRig(opening: nil)
        try rig.settle("a")
        chmod(rig.folder.path, 0o755)
        for name in try FileManager.default.subpathsOfDirectory(atPath: rig.folder.path) {
            var isFolder: ObjCBool = false
            let whole = rig.folder.path + "/" + name
            _ = FileManager.default.fileExists(atPath: whole, isDirectory: &isFolder)
            chmod(whole, isFolder.boolValue ? 0o755 : 0o644)
        }
        try rig.settle("b")
        let verified = try run("ledger", "verify", rig.path, "--json")
        #expect(verified.code == 0, "\(verified.complaint)")
        if verified.code == 0 { #expect(try object(verified.output)["settlements"] as? Int == 2) }
    }

    @Test(.enabled(if: canBeNobody, "needs setpriv(1) to be somebody else"))
    func `a ledger whose server was killed, with and without the index of its log`() throws {
        let rig = try LedgerRig(opening: nil)
        try rig.settle("a")
        try rig.settle("b")
        kill(rig.server.processID, SIGKILL)
        _ = rig.server.stop()
        let all = try FileManager.default.contentsOfDirectory(atPath: rig.folder.path)
        let suffixes = all.filter { $0.hasPrefix("ledger.db") }.map { String($0.dropFirst("ledger.db".count)) }
        #expect(suffixes.contains("-wal") && suffixes.contains("-shm"))
        for left in [suffixes, suffixes.filter { $0 != "-shm" }] {
            let (folder, path) = try closedFolder(rig, left)
            defer { remove(folder) }
            try expectReadable(path, settlements: 2)
        }
    }
}
