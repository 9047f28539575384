import Foundation
import TestSupport
import Testing

/// A full disk, or a reader that is gone, where the answer goes.
@Suite struct `An answer that cannot be written` {
    /// Runs a command whose standard output is full.
    private func runFull(_ arguments: [String]) throws -> Program.Ended {
        try Program.run(
            URL(fileURLWithPath: "/bin/sh"), ["-c", "exec \"$0\" \"$@\" >/dev/full", Product.program.path] + arguments)
    }

    @Test func `ends every command with 3, whatever it did`() throws {
        let rig = try LedgerRig()
        try rig.settle("003-1")
        let claims = try rig.file("claims.csv", try Program.run("examples", "--csv").output)
        let books = try rig.file("books.csv", "settlement_id,is_reversal,total,fund_total,account_total,cash\n")
        let persons = try rig.file("persons.csv", "person,region,birth_month\n77,chongqing,1990-01\n")
        let days = ["--from", LedgerRig.today, "--until", LedgerRig.today]
        let claim = [
            "--person", "32", "--institution", "H2", "--kind", "outpatient", "--service-date", "2024-06-30",
            "--in-policy", "10",
        ]
        let there = ["--server", rig.server.address]
        let commands: [[String]] = [
            ["--help"], ["examples"], ["examples", "--csv"], ["generate", "--claims", "5"], ["policy", "list"],
            ["policy", "show", "chongqing"], ["policy", "check"], ["calculate", claims],
            ["calculate", claims, "--json"], ["calculate", claims, "--out", "-"], ["calculate", claims] + there,
            ["explain", "--csv", claims, "--line", "2"], ["explain", "003-1"] + there,
            ["quote"] + claim + there, ["settle", "full"] + claim + there, ["get", "003-1"] + there,
            ["get", "003-1", "--json"] + there, ["person", "31"] + there, ["person", "31", "--year", "2024"] + there,
            ["reconcile", "--institution", "H2"] + days + there,
            ["reconcile", "--institution", "H2", "--rows", books] + days + there,
            ["filing", "show", "31"] + there, ["filing", "designate", "H3", "--certifier"] + there,
            ["account", "balance", "31"] + there, ["account", "statement", "31"] + there,
            ["registry", "import", "persons", persons] + there, ["registry", "export", "persons"] + there,
            ["reverse", "full"] + there,
        ]
        for command in commands {
            let ended = try runFull(command)
            #expect(ended.code == 3, "\(command): \(ended.code) \(ended.complaint)")
            #expect(ended.complaint.contains("standard output: cannot write: "), "\(command): \(ended.complaint)")
        }
        // What they did is done: the settlement was made, and taken back.
        #expect(try rig.run("get", "full").output.contains("reverse"))
        let copy = try rig.file("copy.db")
        for command in [["ledger", "verify", rig.path], ["ledger", "backup", rig.path, copy]] where rig.server.stop() == 0 {
            #expect(try runFull(command).code == 3, "\(command)")
        }
        let out = try rig.file("year")
        for command in [
            ["year-end", "--year", "2024", "--claims", claims, "--out", out],
            ["monitor", "--ledger", rig.path, "--month", "2024-03", "--disposable-income", "1", "--out", out + "2"],
            ["ledger", "export", rig.path, "--csv", out + "3"],
        ] {
            let ended = try runFull(command)
            #expect(ended.code == 3, "\(command): \(ended.code) \(ended.complaint)")
        }
    }
}
