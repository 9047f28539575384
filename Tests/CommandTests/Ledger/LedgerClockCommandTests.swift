import Foundation
import Testing

/// A clock that was 400 days ahead for one command, seen by who runs the program.
@Suite struct `A wrong clock from the command line` {
    private static let ahead = ["--clock-shift", "\(400 * 86_400)"]

    @Test func `nothing is recorded until the clock was accepted, the server says so at its start, then all goes on`() throws {
        let rig = try LedgerRig()
        try rig.settle("before")
        try rig.settle("other", "100", person: "32")
        #expect(rig.server.stop() == 0)
        let wrong = try Program.run(["reverse", "before", "--ledger", rig.path] + Self.ahead)
        #expect(wrong.code == 0, "\(wrong.complaint)")

        let refused = try Program.run("reverse", "other", "--ledger", rig.path)
        #expect(refused.code == 1)
        #expect(refused.complaint.contains("4107") && refused.complaint.contains("accept-clock"), "\(refused.complaint)")
        #expect(try Program.run("get", "before", "--ledger", rig.path).output.contains("已撤销 reversed"))
        let log = URL(fileURLWithPath: try rig.file("server.log"))
        let server = try Server(ledger: rig.path, log: log)
        let open = try Program.run("ledger", "accept-clock", rig.path, "--yes")
        #expect(open.code == 3 && open.complaint.contains("process \(server.processID)"), "\(open.complaint)")
        #expect(server.stop() == 0)
        let lines = try String(contentsOf: log, encoding: .utf8)
        #expect(lines.contains(" ledger clock behind: the ledger's last record is of "), "\(lines)")

        let shown = try Program.run("ledger", "accept-clock", rig.path)
        #expect(shown.code == 2 && shown.output.contains("newest time of the ledger"), "\(shown.output)\(shown.complaint)")
        #expect(try Program.run("reverse", "other", "--ledger", rig.path).code == 1)
        let accepted = try Program.run("ledger", "accept-clock", rig.path, "--yes")
        #expect(accepted.code == 0 && accepted.output.contains("Accepted: "), "\(accepted.output)\(accepted.complaint)")
        let again = try Program.run("ledger", "accept-clock", rig.path, "--yes")
        #expect(again.code == 0 && again.output.contains("nothing is to be accepted"))

        let done = try Program.run("reverse", "other", "--ledger", rig.path)
        #expect(done.code == 0 && done.output.contains(LedgerRig.today), "\(done.output)\(done.complaint)")
        // The one that was reversed under the wrong clock, and one under the right one.
        let doubtful = try Program.run("get", "before", "--ledger", rig.path)
        #expect(doubtful.output.contains("时间存疑 not to be trusted"), "\(doubtful.output)")
        #expect(!(try Program.run("get", "other", "--ledger", rig.path).output.contains("时间存疑")))
        let asJSON = try Program.run("get", "before", "--json", "--ledger", rig.path).output
        #expect(asJSON.contains("\"settled_at_untrusted\":false,\"reversed_at_untrusted\":true"), "\(asJSON)")
        let verified = try Program.run("ledger", "verify", rig.path)
        #expect(verified.code == 0, "\(verified.output)")
        let csv = try rig.file("csv")
        #expect(try Program.run("ledger", "export", rig.path, "--csv", csv).code == 0)
        let table = try String(contentsOfFile: csv + "/clock_acceptance.csv", encoding: .utf8).split(separator: "\n")
        #expect(table.count == 2 && table[1].contains(",\(LedgerRig.today)"), "\(table)")
    }

    @Test func `how far ahead the ledger may be is the operator's to say`() throws {
        let rig = try LedgerRig(opening: nil)
        try rig.settle("before", person: "32")
        #expect(rig.server.stop() == 0)
        let behind = ["reverse", "before", "--ledger", rig.path, "--clock-shift=-400"]
        #expect(try Program.run(behind).code == 1)
        #expect(try Program.run(behind + ["--clock-ahead-max", "500"]).code == 0)
        #expect(try Program.run(behind + ["--clock-ahead-max", "-1"]).code == 2)
    }
}
