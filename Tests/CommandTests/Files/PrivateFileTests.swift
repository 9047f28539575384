import Foundation
import TestSupport
import Testing

/// What the program leaves on the disk is its user's and nobody else's, whatever the umask.
@Suite struct `Files are closed to other users` {
    /// Runs the program as a shell with this umask does.
    private func run(umask: String, _ arguments: [String], input: String = "") throws {
        let ended = try Program.run(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "umask \(umask); exec \"$0\" \"$@\"", Product.program.path] + arguments, input: input)
        #expect(ended.code == 0, "\(arguments): \(ended.complaint)")
    }

    /// The modes of everything below a folder that others may read, write or enter.
    private func open(below folder: URL) throws -> [String] {
        let found = try #require(FileManager.default.enumerator(atPath: folder.path))
        return try found.compactMap { entry -> String? in
            guard let name = entry as? String else { return nil }
            var status = stat()
            try #require(lstat(folder.path + "/" + name, &status) == 0)
            return status.st_mode & 0o077 == 0 ? nil : "\(name) \(String(status.st_mode & 0o7777, radix: 8))"
        }
    }

    @Test(arguments: ["000", "022"]) func `of every command that writes some`(umask: String) throws {
        try Program.withFolder { folder in
            let ledger = folder.path + "/ledger.db"
            for file in LedgerRig.files {
                try run(umask: umask, ["registry", "import", file.table, "-", "--ledger", ledger], input: file.text)
            }
            try run(
                umask: umask,
                [
                    "settle", "a", "--person", "31", "--institution", "H2", "--kind", "outpatient", "--service-date",
                    "2024-06-30", "--in-policy", "2800", "--ledger", ledger,
                ])
            let out = folder.path + "/out"
            for arguments in [
                ["ledger", "backup", ledger, folder.path + "/copy.db"],
                ["ledger", "export", ledger, "--csv", folder.path + "/rows"],
                ["ledger", "export", ledger, "--sqlite", folder.path + "/rows.db"],
                ["year-end", "--year", "2024", "--ledger", ledger, "--out", folder.path + "/year", "--xlsx"],
                ["generate", "--claims", "10", "--out", out + ".csv"],
                ["calculate", out + ".csv", "--out", out + "-results.csv", "--errors", out + "-errors.csv"],
            ] { try run(umask: umask, arguments) }
            #expect(try open(below: folder) == [])
            #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).count > 40)
        }
    }

    @Test func `canary: a file of somebody else's making is seen`() throws {
        try Program.withFolder { folder in
            let path = folder.path + "/open"
            let files = FileManager.default
            #expect(files.createFile(atPath: path, contents: Data(), attributes: [.posixPermissions: 0o644]))
            let found = try open(below: folder)
            #expect(found == ["open 644"])
        }
    }

    @Test func `an older ledger that was open is closed at the start of a server, with its log, and that is said`() throws {
        try Program.withFolder { folder in
            let ledger = folder.path + "/ledger.db"
            try run(
                umask: "000", ["registry", "import", "institutions", "-", "--ledger", ledger],
                input: LedgerRig.files[0].text)
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                var status = stat()
                let path = folder.path + "/" + name
                #expect(lstat(path, &status) == 0 && chmod(path, status.st_mode & 0o7777 | 0o044) == 0)
            }
            let log = folder.appendingPathComponent("log")
            let server = try Server(ledger: ledger, log: log)
            #expect(try open(below: folder).filter { !$0.hasPrefix("log ") } == [])
            #expect(server.stop() == 0)
            #expect(try String(contentsOf: log, encoding: .utf8).contains("could be read by other users"))
            #expect(try open(below: folder).filter { !$0.hasPrefix("log ") } == [])
        }
    }

    @Test func `a server leaves no core dump`() throws {
        let server = try Server()
        defer { _ = server.stop() }
        let limits = try String(contentsOfFile: "/proc/\(server.processID)/limits", encoding: .utf8)
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(line.split(separator: " ").suffix(3) == ["0", "0", "bytes"])
    }
}

/// Arguments that other users of the machine are not to read.
@Suite struct `Arguments from a file or standard input` {
    @Test func `stand for what they say, an option and its value a line`() throws {
        let rig = try LedgerRig()
        let secret = """
            # a claim
            --person 31
            --institution   H2

            --kind outpatient
            --service-date 2024-06-30
            --in-policy 2800
            """
        let input = try rig.run("settle", "a", "@-", input: secret)
        #expect(input.code == 0, "\(input.complaint)")
        let file = try rig.file("claim", secret)
        #expect(try rig.run("settle", "a", "@\(file)", "--json").output.contains("\"settled_before\":true"))
        #expect(try rig.run("get", "a").code == 0)
        // An argument alone on its line.
        #expect(try rig.run("get", "@-", input: "a\n").output == rig.run("get", "a").output)
    }

    @Test func `that cannot be read are named`() throws {
        let missing = try Program.run("get", "@/no/such", "--server", "127.0.0.1:1")
        #expect(missing.code == 3 && missing.complaint.contains("@/no/such"))
        let twice = try Program.run("get", "@-", "@-", "--server", "127.0.0.1:1")
        #expect(twice.code == 2 && twice.complaint.contains("read once"))
        try Program.withFolder { folder in
            let path = folder.path + "/bytes"
            try Data([0x2D, 0xFF]).write(to: URL(fileURLWithPath: path))
            #expect(try Program.run("get", "@\(path)", "--server", "127.0.0.1:1").code == 3)
        }
    }

    @Test func `the operator stands with the settlement and with its reversal`() throws {
        let rig = try LedgerRig()
        try rig.settle("a")
        #expect(try !rig.run("get", "a").output.contains("recorded by"))
        let named = [
            "settle", "b", "--person", "31", "--institution", "H2", "--kind", "outpatient", "--service-date",
            "2024-06-30", "--in-policy", "100", "--operator", "0017", "--server", rig.server.address,
        ]
        #expect(try Program.run(named).code == 0)
        #expect(try rig.run("reverse", "b", "--operator", "0018").code == 0)
        let shown = try rig.run("get", "b").output
        #expect(shown.contains("recorded by") && shown.contains("0017") && shown.contains("0018"))
        let json = try object(rig.run("get", "b", "--json").output)
        #expect((json["recorded_by"] as? [String: String])?["operator_code"] == "0017")
        #expect((json["reversal_recorded_by"] as? [String: String])?["operator_code"] == "0018")
        #expect(try rig.run("get", "b", "--operator", "王芳").code == 2)
    }

    @Test func `a reason that begins with the sign is a reason`() throws {
        let rig = try LedgerRig()
        try rig.settle("a")
        #expect(try rig.run("reverse", "a", "--reason", "@home").code == 0)
        #expect(try rig.run("get", "a").output.contains("@home"))
    }
}
