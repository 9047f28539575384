import Foundation
import Testing

@Suite struct `The command line` {
    @Test(arguments: [
        ["--help"], ["serve", "--help"], ["calculate", "--help"], ["explain", "--help"], ["policy", "--help"],
        ["policy", "list", "--help"], ["policy", "show", "--help"], ["policy", "check", "--help"],
        ["examples", "--help"], ["generate", "--help"], ["demo", "--help"], ["settle", "--help"], ["quote", "--help"],
        ["reverse", "--help"], ["get", "--help"], ["reconcile", "--help"], ["person", "--help"], ["filing", "--help"],
        ["filing", "put", "--help"], ["filing", "correct", "--help"], ["filing", "show", "--help"],
        ["filing", "designate", "--help"], ["account", "--help"], ["account", "balance", "--help"],
        ["account", "statement", "--help"], ["account", "credit", "--help"], ["account", "run-credits", "--help"],
        ["account", "use", "--help"], ["registry", "--help"], ["registry", "import", "--help"],
        ["registry", "export", "--help"], ["ledger", "--help"], ["ledger", "verify", "--help"],
        ["ledger", "backup", "--help"], ["ledger", "export", "--help"], ["ledger", "rescue", "--help"],
        ["ledger", "accept-clock", "--help"], ["year-end", "--help"], ["monitor", "--help"],
        ["year-end-runs", "--help"], ["year-end-runs", "list", "--help"], ["year-end-runs", "stop", "--help"],
        ["year-end-runs", "resume", "--help"], ["year-end-runs", "fetch", "--help"], ["call", "--help"],
        ["load", "--help"], ["report", "--help"], ["audit", "--help"], ["audit", "verify", "--help"],
        ["audit", "show", "--help"], ["status", "--help"], ["top", "--help"], ["log", "--help"],
        ["metrics", "--help"], ["metrics", "list", "--help"], ["config", "--help"], ["config", "check", "--help"],
        ["config", "show", "--help"], ["access", "--help"], ["access", "add", "--help"], ["access", "revoke", "--help"],
        ["access", "list", "--help"], ["maintenance", "--help"], ["maintenance", "on", "--help"],
        ["maintenance", "off", "--help"], ["maintenance", "status", "--help"],
    ])
    func `every command's help names its exit codes and ends with 0`(arguments: [String]) throws {
        let ended = try Program.run(arguments)
        #expect(ended.code == 0)
        #expect(ended.output.contains("EXIT CODES"))
        #expect(arguments == ["policy", "--help"] || ended.output.contains("EXAMPLES"))
    }

    /// A command that is added has its help tested above.
    @Test func `the root's help names every command that is tested here`() throws {
        let help = try Program.run("--help").output
        let part = try #require(help.split(separator: "SUBCOMMANDS:\n").last)
        let commands = part.split(separator: "\n").prefix { $0.hasPrefix("  ") }
            .filter { !$0.hasPrefix("   ") && !$0.hasPrefix("  See ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(
            Set(commands) == [
                "serve", "calculate", "explain", "policy", "examples", "generate", "demo", "settle", "quote", "reverse",
                "get", "compare", "reconcile", "clearing", "person", "filing", "account", "registry", "ledger",
                "year-end", "year-end-runs", "monitor", "lists", "call", "load", "report",
                "audit", "status", "top", "log", "metrics", "config", "access", "maintenance",
            ])
    }

    @Test(arguments: [
        ["fly"], ["calculate"], ["generate", "--claims", "many"], ["generate", "--claims", "-1"],
        ["generate", "--region", "atlantis"], ["generate", "--faulty", "2"], ["explain"], ["explain", "--csv", "x"],
        ["explain", "--region", "chongqing"], ["serve", "--port", "70000"], ["demo", "--batch", "0"],
        ["policy", "show", "atlantis"], ["calculate", "x.csv", "--server", "nowhere"],
        ["settle", "1", "--person", "1", "--institution", "H", "--kind", "outpatient", "--service-date", "20240101"],
        ["get", "1", "--server", ":1", "--ledger", "x.db"], ["reverse"], ["person", "nobody", "--server", ":1"],
        ["explain", "1"], ["explain", "1", "--region", "chongqing", "--server", ":1"],
        ["reconcile", "--institution", "H", "--from", "2024-02-30", "--until", "2024-02-30", "--server", ":1"],
        ["reconcile", "--institution", "H", "--from", "20240201", "--until", "20240201", "--type", "9", "--server", ":1"],
        ["account", "credit", "1", "--id", "a", "--server", ":1"],
        ["account", "credit", "1", "--id", "a", "--kind", "opening", "--server", ":1"],
        ["account", "use", "1", "--id", "a", "--amount", "1", "--purpose", "travel", "--server", ":1"],
        ["filing", "correct", "1", "1", "--server", ":1"], ["registry", "import", "cats", "x.csv", "--server", ":1"],
        ["ledger", "export", "x.db"], ["ledger", "export", "x.db", "--csv", "a", "--sqlite", "b"],
        ["explain", "--region", "chongqing", "--insurance", "private", "--kind", "outpatient", "--service-date", "20240101"],
    ])
    func `wrong usage ends with 2 and says why`(arguments: [String]) throws {
        let ended = try Program.run(arguments)
        #expect(ended.code == 2, "\(ended.complaint)")
        #expect(!ended.complaint.isEmpty)
        #expect(ended.output.isEmpty)
    }

    @Test(arguments: [
        ["calculate", "/no/such/file.csv"], ["policy", "check", "/no/such/pack.yaml"],
        ["policy", "list", "--policies", "/no/such/directory"], ["generate", "--out", "/no/such/directory/x.csv"],
        ["serve", "--port", "0", "--policies", "/no/such/directory"], ["audit", "verify", "/no/such"],
        ["audit", "show", "/no/such"], ["explain", "--csv", "/no/such", "--line", "2"],
    ])
    func `a file or policy problem ends with 3 and names it`(arguments: [String]) throws {
        let ended = try Program.run(arguments)
        #expect(ended.code == 3, "\(ended.complaint)")
        #expect(ended.complaint.contains("/no/such"))
    }

    @Test func `a header that is no claims file's ends with 3`() throws {
        let ended = try Program.run("calculate", "-", input: "a,b\n1,2\n")
        #expect(ended.code == 3)
        #expect(ended.complaint.contains("unknown column"))
    }

    @Test func `no server ends with 4`() throws {
        // Port 1 of this machine is nobody's.
        let ended = try Program.run("calculate", "-", "--server", "127.0.0.1:1", input: try examples())
        #expect(ended.code == 4)
        #expect(ended.complaint.contains("127.0.0.1:1"))
    }

    @Test func `the examples agree with their sources`() throws {
        let ended = try Program.run("examples")
        #expect(ended.code == 0)
        #expect(ended.output.components(separatedBy: "  agrees").count == 10)
        let calculated = try Program.run("calculate", "-", "--json", input: try examples())
        #expect(calculated.code == 0)
        let summary = try JSONSerialization.jsonObject(with: Data(calculated.output.utf8)) as? [String: Any]
        #expect(summary?["compared"] as? Int == 9)
        #expect(summary?["disagreeing"] as? Int == 0)
    }

    @Test func `a disagreement and a refused row end with 1`() throws {
        let wrong = try examples().replacing("1890.00", with: "1892.00")
        let disagreeing = try Program.run("calculate", "-", input: wrong)
        #expect(disagreeing.code == 1)
        #expect(disagreeing.complaint.contains("1 of 9"))
        let refused = try Program.run("calculate", "-", input: try examples().replacing("chongqing", with: "atlantis"))
        #expect(refused.code == 1)
        #expect(refused.complaint.contains("5 rows are not settled"))
    }

    @Test func `a bill comes from flags or from a file, as text and as JSON`() throws {
        let flags = [
            "explain", "--region", "chongqing", "--insurance", "employee", "--membership", "employer", "--status",
            "retired", "--kind", "outpatient", "--service-date", "2024-06-30", "--level", "2", "--in-policy", "2800",
            "--accounts", "self:1260",
        ]
        let text = try Program.run(flags)
        #expect(text.code == 0)
        #expect(text.output.contains("1,890.00") && text.output.contains("后 after 350.00"))
        let json = try Program.run(flags + ["--json"])
        #expect(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) is [String: Any])
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("examples.csv")
            try examples().write(to: file, atomically: true, encoding: .utf8)
            let line = try Program.run("explain", "--csv", file.path, "--line", "2")
            #expect(line.code == 0)
            #expect(line.output == text.output)
            #expect(try Program.run("explain", "--csv", file.path, "--line", "99").code == 2)
        }
        // Of 2,800 a fixed fee of 300 was paid outside (CQ-17, G-9): (2,500 − 100) × 70 % = 1,680 are pooling's.
        let fees = try Program.run(flags + ["--external-basic", "300"])
        #expect(fees.code == 0 && fees.output.contains("outside 300.00, 应付 owed 1,680.00  [G-9]"))
        let refused = try Program.run(flags + ["--external-large-amount", "1"])
        #expect(refused.code == 1)
        #expect(refused.output.contains("EXTERNAL_NOT_ALLOWED"))
    }

    @Test func `packs are listed, shown and checked`() throws {
        let list = try Program.run("policy", "list", "--json")
        let packs = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
        #expect(packs?.compactMap { $0["region"] as? String } == ["anhui", "chongqing", "shenyang", "yantai"])
        #expect(try Program.run("policy", "check").code == 0)
        try Program.withFolder { folder in
            let yaml = try Program.run("policy", "show", "anhui").output
            try yaml.write(to: folder.appendingPathComponent("good.yaml"), atomically: true, encoding: .utf8)
            #expect(try Program.run("policy", "check", folder.path).code == 0)
            try "region: [\n".write(to: folder.appendingPathComponent("bad.yaml"), atomically: true, encoding: .utf8)
            let checked = try Program.run("policy", "check", folder.path)
            #expect(checked.code == 3)
            #expect(checked.output.contains("bad.yaml:"))
            #expect(try Program.run("serve", "--port", "0", "--policies", folder.path).code == 3)
        }
    }

    @Test func `the pack of a running server is shown as it has it`() throws {
        try Program.withFolder { folder in
            let own = folder.appendingPathComponent("anhui.yaml")
            try ("# Ours.\n" + Program.run("policy", "show", "anhui").output)
                .write(to: own, atomically: true, encoding: .utf8)
            let server = try Server(ledger: nil, log: nil, "--policies", folder.path)
            let shown = try Program.run("policy", "show", "anhui", "--server", server.address)
            #expect(shown.code == 0, "\(shown.complaint)")
            #expect(shown.output == (try String(contentsOf: own, encoding: .utf8)))
            let unknown = try Program.run("policy", "show", "atlantis", "--server", server.address)
            #expect(unknown.code == 1 && unknown.complaint.contains("4001"), "\(unknown.complaint)")
            #expect(server.stop() == 0)
        }
    }

    private func examples() throws -> String { try Program.run("examples", "--csv").output }
}
