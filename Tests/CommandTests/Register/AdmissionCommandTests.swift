import Foundation
import Testing

/// Who may settle what, where and when, by the command line alone.
@Suite struct `Admission from the command line` {
    private func claim(_ arguments: [String]) -> [String] {
        ["--kind", "outpatient", "--service-date", "2024-06-30", "--in-policy", "1000"] + arguments
    }

    @Test func `CQ-16: a pharmacy is marked by its file's row, and settles a prescription once`() throws {
        let rig = try LedgerRig(opening: nil)
        let marked = """
            code,region,kind,level,门诊统筹定点药店,outpatient_pooling_from,outpatient_pooling_until
            P1,chongqing,pharmacy,,1,2024-01-01,2024-12-31

            """
        #expect(try rig.run("registry", "import", "institutions", "-", input: marked).code == 0)
        let exported = try rig.run("registry", "export", "institutions")
        #expect(exported.output.contains("P1,chongqing,pharmacy") && exported.output.contains("2024-01-01"))
        func settle(_ id: String, _ more: [String]) throws -> Program.Ended {
            try Program.run(["settle", id, "--server", rig.server.address] + claim(["--person", "32", "--institution"] + more))
        }
        let bare = try settle("a", ["P1"])
        #expect(bare.code == 1 && bare.complaint.contains("FACT_MISSING prescribing_institution="), "\(bare.complaint)")
        let prescription = ["--prescribing", "H2", "--prescription", "RX-1", "--prescription-date", "2024-06-28"]
        let settled = try settle("a", ["P1"] + prescription)
        #expect(settled.code == 0 && settled.output.contains("480.00"), "\(settled.complaint)")
        #expect(try rig.run("get", "a").output.contains("RX-1, 2024-06-28"))
        let again = try settle("b", ["P1"] + prescription)
        #expect(again.code == 1 && again.complaint.contains("PRESCRIPTION_USED"), "\(again.complaint)")
        // P0 has no mark.
        let unmarked = try settle("c", ["P0", "--prescribing", "H2", "--prescription", "RX-2", "--prescription-date", "2024-06-28"])
        #expect(unmarked.code == 1 && unmarked.complaint.contains("INSTITUTION_NOT_DESIGNATED institution=P0"))
    }

    @Test func `G-16: a typing error in the year is refused, and a birth of another century too`() throws {
        let rig = try LedgerRig(opening: nil)
        let late = try rig.run(
            "settle", "x", "--person", "31", "--institution", "H2", "--kind", "inpatient", "--service-date",
            "2142-06-03", "--in-policy", "100")
        #expect(late.code == 1 && late.complaint.contains("DATE_IN_FUTURE claim.service_date=2142-06-03 [G-16]"))
        let born = try rig.run(
            "registry", "import", "persons", "-", input: "person,region,birth_month\n77,chongqing,2199-01\n")
        #expect(born.code == 1, "\(born.complaint)")
        #expect(born.complaint.contains("column birth_month") && born.complaint.contains("DATE_IN_FUTURE"))
    }

    @Test func `a wrong day of a row is told by its own column`() throws {
        let rig = try LedgerRig(opening: nil)
        for (table, header, row, column) in [
            ("identities", "person,identity,given,ended,department", "31,low_income,2024-05-01,2024-01-01,civil_affairs", "ended"),
            ("enrolments", "person,insurance,membership,covered_from,covered_until", "31,resident,tier1,2018-05-01,2018-01-01", "covered_until"),
            ("institutions", "code,kind,level,designated_from,designated_until", "H8,hospital,1,2024-05-01,2024-01-01", "designated_until"),
        ] {
            let ended = try rig.run("registry", "import", table, "-", input: header + "\n" + row + "\n")
            #expect(ended.code == 1 && ended.complaint.contains("column \(column), value"), "\(ended.complaint)")
        }
    }
}
