import Foundation
import Testing

/// Files that offices have, imported one after the other (cases 01, 05 and 14 of the reports that people sent).
@Suite struct `Files of an office with corrections and exits` {
    private static func persons(_ born: String) -> String { "person,region,birth_month\n21,chongqing,\(born)\n" }
    private static let enrolments = "person,insurance,membership,status,covered_from\n21,employee,employer,retired,2020-01-01\n"

    private func imported(
        _ rig: LedgerRig, _ table: String, _ text: String, _ more: String...
    ) throws -> Program.Ended {
        try Program.run(
            ["registry", "import", table, "-", "--server", rig.server.address] + more, input: text)
    }

    @Test func `case 01: a person corrected to another month of birth and back gets the credit of CQ-30 by the first`() throws {
        let rig = try LedgerRig(opening: nil)
        _ = try imported(rig, "persons", Self.persons("1950-01"))
        _ = try imported(rig, "enrolments", Self.enrolments)
        #expect(try imported(rig, "persons", Self.persons("1960-01")).output == "persons: 1 recorded, 0 unchanged, 0 refused\n")
        #expect(try imported(rig, "persons", Self.persons("1950-01")).output == "persons: 1 recorded, 0 unchanged, 0 refused\n")
        #expect(try imported(rig, "persons", Self.persons("1950-01")).output == "persons: 0 recorded, 1 unchanged, 0 refused\n")
        let credit = try rig.run("account", "credit", "21", "--id", "c21", "--month", "2024-06", "--json")
        let answer = try object(credit.output)
        #expect((answer["changes"] as? [[String: Any]])?.first?["amount"] as? Int == 115_00, "\(credit.complaint)")
    }

    @Test func `case 05: the monthly list with who left ends identities (G-11) and enrolments (CQ-45)`() throws {
        let rig = try LedgerRig(opening: nil)
        _ = try imported(rig, "persons", "person,region,birth_month\n4,yantai,1970-01\n2,chongqing,1990-01\n")
        _ = try imported(rig, "enrolments", "person,insurance,membership,status,covered_from\n2,employee,employer,active,2020-01-01\n")
        let header = "person,identity,given,ended,department\n"
        #expect(try imported(rig, "identities", header + "4,low_income,2024-01-10,,civil_affairs\n").code == 0)
        let ended = header + "4,low_income,2024-01-10,2024-05-10,civil_affairs\n"
        #expect(try imported(rig, "identities", ended).output == "identities: 1 recorded, 0 unchanged, 0 refused\n")
        #expect(try imported(rig, "identities", ended).output == "identities: 0 recorded, 1 unchanged, 0 refused\n")
        let person = try rig.run("person", "4").output
        #expect(person.contains("low_income, 2024-01-10 … 2024-05-10"), "\(person)")
        let left = "person,insurance,membership,status,covered_from,covered_until\n2,employee,employer,active,2020-01-01,2024-06-30\n"
        #expect(try imported(rig, "enrolments", left).output == "enrolments: 1 recorded, 0 unchanged, 0 refused\n")
        let late = try rig.run(
            "quote", "--person", "2", "--institution", "H2", "--kind", "outpatient", "--service-date", "2024-07-01",
            "--in-policy", "100")
        #expect(late.code == 1 && late.complaint.contains("CQ-45"), "\(late.complaint)")
    }

    @Test func `case 14: a second opening balance of an account is refused (CQ-32)`() throws {
        let rig = try LedgerRig(opening: nil)
        func open(_ id: String) throws -> Program.Ended {
            try rig.run("account", "credit", "32", "--id", id, "--kind", "opening", "--amount", "500", "--reason", "brought")
        }
        #expect(try open("o1").code == 0)
        let again = try open("o2")
        #expect(again.code == 1 && again.complaint.contains("RECORD_CONFLICT kind=opening_balance"), "\(again.complaint)")
        #expect(try open("o1").code == 0, "the same request again is answered alike")
        try rig.restart()
        #expect(try open("o3").code == 1)
        #expect(try rig.run("account", "balance", "32").output.contains("500.00"))
    }

    @Test func `a dry run says what an import would do, and records nothing`() throws {
        let rig = try LedgerRig(opening: nil)
        let file = "person,region,birth_month\n31,chongqing,1962-05\n50,chongqing,1990-01\n51,nowhere,1990-01\n"
        let trial = try imported(rig, "persons", file, "--dry-run")
        #expect(trial.code == 1)
        #expect(
            trial.output
                == "persons: 1 would be recorded, 1 stand so already, 1 would be refused; nothing was recorded\n")
        #expect(trial.complaint.contains("line 4, column region, value \"nowhere\""), "\(trial.complaint)")
        #expect(try rig.run("person", "50").code == 1)
        let real = try imported(rig, "persons", file)
        #expect(real.output == "persons: 1 recorded, 1 unchanged, 1 refused\n")
        // Each row is tried after those before it.
        let rows = "person,insurance,covered_from\n50,employee,2020-01-01\n50,resident,2021-01-01\n"
        let second = try imported(rig, "enrolments", rows, "--dry-run")
        #expect(second.output.hasPrefix("enrolments: 1 would be recorded, 0 stand so already, 1 would be refused"))
        #expect(second.complaint.contains("line 3") && second.complaint.contains("CQ-45"))
        // On a file that is not there nothing is made either.
        let path = try rig.file("new.db")
        let absent = try Program.run("registry", "import", "persons", "-", "--dry-run", "--ledger", path, input: file)
        #expect(absent.code == 3 && !FileManager.default.fileExists(atPath: path))
    }

    @Test func `rows exported with their numbers correct those records when they are changed`() throws {
        let rig = try LedgerRig(opening: nil)
        let exported = try rig.run("registry", "export", "enrolments", "--numbers").output
        #expect(exported.contains("32,employee,employer,active") && exported.contains(",2,,\n"))
        let changed = exported.replacing("8000.00", with: "9000.00")
        #expect(try imported(rig, "enrolments", changed).output == "enrolments: 1 recorded, 2 unchanged, 0 refused\n")
        let now = try rig.run("registry", "export", "enrolments").output
        #expect(now.contains("9000.00") && !now.contains("8000.00"))
        #expect(try imported(rig, "enrolments", now).output == "enrolments: 0 recorded, 3 unchanged, 0 refused\n")
    }
}
