import Foundation
import Testing

@Suite struct `A server without the pack of a region that its ledger has` {
    @Test func `starts, shows the records, and names the pack for everything else (G-12)`() throws {
        try Program.withFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let shown = try Program.run("policy", "show", "anhui")
            try FileManager.default.createDirectory(atPath: path("packs"), withIntermediateDirectories: true)
            try shown.output.replacing("\nregion: anhui", with: "\nregion: hefei")
                .write(toFile: path("packs/hefei.yaml"), atomically: true, encoding: .utf8)
            let ledger = path("ledger.db")
            let requests = [
                (
                    "RegistryService/PutInstitution",
                    """
                    {"institution":
                      {"code": "A2", "region": "hefei", "kind": "INSTITUTION_KIND_HOSPITAL", "level": "LEVEL_2"}}
                    """
                ),
                ("RegistryService/RegisterPerson", #"{"person": 5, "region": "hefei", "birthMonth": 196001}"#),
                (
                    "RegistryService/Enrol",
                    #"{"person": 5, "enrolment": {"insurance": "INSURANCE_RESIDENT", "coveredFrom": 20200101}}"#
                ),
                ("SettlementService/Settle", Self.claim("h1")),
            ]
            let whole = try Server(ledger: ledger, "--policies", path("packs"))
            for (method, json) in requests {
                let ended = try Program.run("call", method, json, "--server", whole.address)
                #expect(ended.code == 0, "\(method): \(ended.complaint)")
            }
            #expect(whole.stop() == 0)

            let log = folder.appendingPathComponent("log")
            let server = try Server(ledger: ledger, log: log)
            #expect(try Program.run("get", "h1", "--server", server.address).output.contains("100.00"))
            let person = try Program.run("person", "5", "--year", "2024", "--server", server.address)
            #expect(person.code == 0 && person.output.contains("h1"), "\(person.complaint)")
            for arguments in [
                ["call", "SettlementService/Settle", Self.claim("h2")], ["reverse", "h1", "--reason", "mistake"],
            ] {
                let refused = try Program.run(arguments + ["--server", server.address])
                #expect(refused.code == 1 && refused.complaint.contains("'hefei'"), "\(refused.complaint)")
            }
            let verified = try Program.run("ledger", "verify", ledger)
            #expect(verified.code == 0, "\(verified.output)")
            #expect(server.stop() == 0)
            #expect(try String(contentsOf: log, encoding: .utf8).contains("no policy pack of that region"))
        }
    }

    private static func claim(_ id: String) -> String {
        """
        {"settlementId": "\(id)", "person": 5, "institution": "A2", "claim": {"kind": "CLAIM_KIND_OUTPATIENT",
          "serviceDate": 20240630, "cost": {"total": 10000, "inPolicy": 10000}}}
        """
    }
}
