import Foundation
import Glibc
import TestSupport
import Testing

/// The audit log of a server, written and read by the program as its operator does.
@Suite struct `The audit log of a server` {
    /// A folder with a ledger, its server and the audit log; the log's folder and the server are `body`'s.
    private func withAudited(_ body: (_ folder: URL, _ audit: String, _ start: () throws -> Server) throws -> Void) throws {
        try Program.withFolder { folder in
            let audit = folder.path + "/audit"
            try body(folder, audit) { try Server(ledger: folder.path + "/ledger.db", "--audit", audit) }
        }
    }

    private func put(_ code: String, _ server: Server, by operatorCode: String = "0017") throws {
        let ended = try Program.run(
            "registry", "put", "institutions", "code=\(code)", "region=chongqing", "kind=hospital", "level=2", "--operator", operatorCode,
            "--server", server.address)
        #expect(ended.code == 0, "\(ended.complaint)")
    }

    @Test func `says who did what, and each line is as it was written`() throws {
        try withAudited { _, audit, start in
            let server = try start()
            try put("H1", server)
            try put("H2", server, by: "0018")
            #expect(server.stop() == 0)
            let verified = try Program.run("audit", "verify", audit)
            #expect(verified.code == 0 && verified.output.hasPrefix("4 lines in 1 file, each as it was written\n"))
            let shown = try Program.run("audit", "show", audit, "--by-operator", "0018").output
            #expect(shown.contains("RegistryService/PutInstitution") && shown.split(separator: "\n").count == 1)
            let all = try Program.run("audit", "show", audit).output.split(separator: "\n")
            #expect(all.count == 4 && all.first?.hasSuffix("the log: opened") == true)
            #expect(try Program.run("audit", "show", audit, "--since", "2999-01-01").output.isEmpty)
            let hash = try #require(verified.output.split(separator: " ").last).dropLast()
            #expect(try Program.run("audit", "verify", audit, "--hash", String(hash)).code == 0)
            #expect(try Program.run("audit", "verify", audit, "--hash", String(hash.reversed())).code == 1)
            #expect(try Program.run("audit", "verify", audit, "--hash", "none").code == 2)
        }
    }

    @Test func `survives a kill at any moment and goes on`() throws {
        try withAudited { _, audit, start in
            for round in 0..<3 {
                let server = try start()
                try put("H\(round)", server)
                #expect(kill(server.processID, SIGKILL) == 0)
                _ = server.stop()
            }
            // As a kill in the middle of a write leaves it.
            let path = audit + "/audit-000001.jsonl"
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("{\"sequence\":9".utf8))
            try handle.close()
            #expect(try Program.run("audit", "verify", audit).code == 1)
            let server = try start()
            #expect(server.stop() == 0)
            let verified = try Program.run("audit", "verify", audit)
            #expect(verified.code == 0, "\(verified.output)\(verified.complaint)")
            #expect(try Program.run("audit", "show", audit).output.contains("the log: repaired 13"))
        }
    }

    @Test func `that was changed is named, and no server writes on to it; nor two to one`() throws {
        try withAudited { folder, audit, start in
            let server = try start()
            try put("H1", server)
            let second = try Program.run(
                "serve", "--port", "0", "--ledger", folder.path + "/other.db", "--audit", audit)
            #expect(second.code == 3 && second.complaint.contains("is written by another server"))
            #expect(server.stop() == 0)
            let path = audit + "/audit-000001.jsonl"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("\"operator\":\"0017\"", with: "\"operator\":\"0018\"").write(toFile: path, atomically: true, encoding: .utf8)
            let verified = try Program.run("audit", "verify", audit)
            #expect(verified.code == 1)
            #expect(verified.output == "\(audit)/audit-000001.jsonl line 2: number 2 was changed, or the line before it\n")
            let refused = try Program.run(
                "serve", "--port", "0", "--ledger", folder.path + "/ledger.db", "--audit", audit)
            #expect(refused.code == 3 && refused.complaint.contains("line 2"))
        }
    }
}
