import Foundation
import Testing

/// Anhui's appraisal, Shenyang's contracts and surveys, Yantai's recognitions, by the command line alone.
@Suite struct `Filings from the command line` {
    private static let register: [(table: String, text: String)] = [
        (
            "institutions",
            """
            code,region,kind,level,special_diseases,county_area,public_health_and_pooling
            A1,anhui,primary,1,1,1,
            S1,shenyang,primary,1,,1,1
            S2,shenyang,primary,1,,1,1
            Y3,yantai,hospital,3,1,,

            """
        ),
        (
            "persons",
            """
            person,region,birth_month
            71,anhui,1950-01
            72,anhui,1955-01
            81,shenyang,1960-01
            91,yantai,1970-01

            """
        ),
        (
            "enrolments",
            """
            person,insurance,covered_from
            71,resident,2019-01-01
            72,resident,2019-01-01
            81,resident,2019-01-01
            91,resident,2020-01-01

            """
        ),
    ]

    private func rig() throws -> LedgerRig {
        let rig = try LedgerRig(opening: nil)
        for file in Self.register {
            let ended = try Program.run(
                ["registry", "import", file.table, "-", "--server", rig.server.address], input: file.text)
            #expect(ended.code == 0, "\(file.table): \(ended.complaint)")
        }
        return rig
    }

    @Test func `AH-1, AH-2, AH-3: from the papers to the card and its delivery, a refusal, a card without papers`() throws {
        let rig = try rig()
        #expect(try rig.run("filing", "designate", "A1", "--service-point").code == 0)
        #expect(try rig.run("filing", "designations").output.contains("A1"))
        let expert = try rig.run("filing", "expert", "put", "E1", "--region", "anhui", "--title", "deputy_chief_physician", "--from", "2020-01-01")
        #expect(expert.code == 0, "\(expert.complaint)")
        #expect(try rig.run("filing", "expert", "list").output.contains("deputy_chief_physician"))
        let papers = ["identity_document", "outpatient_record", "diagnosis_certificate", "examination_report"]
        func receive(_ person: String) throws -> Program.Ended {
            try Program.run(
                ["filing", "application", "receive", person, "--disease", "hypertension", "--at", "A1", "--server", rig.server.address]
                    + papers.flatMap { ["--paper", $0] })
        }
        let received = try receive("71")
        #expect(received.code == 0, "\(received.complaint)")
        #expect(try rig.run("filing", "application", "check", "71", "1").code == 0)
        let passed = try rig.run("filing", "application", "pass-on", "71", "1")
        #expect(passed.code == 0 && passed.output.contains("鉴定月份"), "\(passed.complaint)")
        let approved = try rig.run("filing", "application", "appraise", "71", "1", "--expert", "E1", "--green-channel")
        #expect(approved.code == 0 && approved.output.contains("慢性病证 card 1"), "\(approved.complaint)")
        #expect(try rig.run("filing", "application", "list", "--region", "anhui").output.contains("telling the result"))
        for recipient in ["family", "village"] {
            #expect(try rig.run("filing", "application", "deliver", "71", "1", "--to", recipient).code == 0)
        }
        #expect(try receive("72").code == 0)
        let returned = try rig.run("filing", "application", "check", "72", "1", "--return", "no record")
        #expect(returned.code == 0, "\(returned.complaint)")
        let shown = try rig.run("filing", "show", "72").output
        #expect(shown.contains("returned") && shown.contains("(no record)"))
        let reported = try rig.run("filing", "suspect", "report", "72", "--disease", "diabetes", "--source", "family_doctor")
        #expect(reported.code == 0, "\(reported.complaint)")
        #expect(try rig.run("filing", "suspect", "list", "--region", "anhui").output.contains("family_doctor"))
        let closed = try rig.run("filing", "suspect", "close", "72", "1", "--reason", "not met")
        #expect(closed.code == 0, "\(closed.complaint)")
        let json = try object(try rig.run("filing", "show", "71", "--json").output)
        #expect((json["cards"] as? [[String: Any]])?.first?["number"] as? Int == 1)
        #expect(try rig.run("filing", "list", "--region", "anhui").output.contains("人员 person 71"))
        // AH-4: the ledger, and the card withdrawn with its filing.
        #expect(try rig.run("lists", "chronic-ledger", "--region", "anhui").output.contains("71"))
        #expect(try rig.run("filing", "correct", "71", "1", "--withdraw").code == 0)
        #expect(try rig.run("filing", "show", "71").output.contains("作废 withdrawn"))
    }

    @Test func `SY-8: contracts are signed, corrected, withdrawn, and surveys fill the tables`() throws {
        let rig = try rig()
        func table(_ name: String, _ day: String) throws -> String {
            try rig.run("lists", name, "--region", "shenyang", "--day", day).output
        }
        let signed = try rig.run("filing", "contract", "sign", "81", "--with", "S1", "--since", "2020-07-01")
        #expect(signed.code == 0, "\(signed.complaint)")
        #expect(try rig.run("filing", "contract", "sign", "81", "--with", "S2", "--since", "2020-09-01").code == 0)
        #expect(try table("contracts", "2020-08-01").contains("2020-07-01,2020-08-31"))
        #expect(try table("contracts", "2020-09-20").contains("S2"))
        // The second one was a mistake: the first one goes on.
        let show = try object(try rig.run("filing", "show", "81", "--json").output)
        let contracts = try #require(show["contracts"] as? [[String: Any]])
        #expect(contracts.map { $0["stands"] as? Bool } == [false, true, true])
        #expect(try rig.run("filing", "contract", "correct", "81", "2", "--open").complaint.contains("contract 3 stands"))
        #expect(try rig.run("filing", "contract", "correct", "81", "3", "--withdraw").code == 0)
        #expect(try table("contracts", "2020-09-20").contains("contract") == false)
        #expect(try rig.run("filing", "contract", "correct", "81", "2", "--open").code == 0)
        #expect(try table("contracts", "2020-09-20").contains(",2020-07-01,"))
        let moved = try rig.run("filing", "contract", "correct", "81", "5", "--since", "2020-06-01", "--with", "S2")
        #expect(moved.code == 0, "\(moved.complaint)")
        #expect(try table("contracts", "2020-06-15").contains(",2020-06-01,"))
        #expect(try rig.run("filing", "contract", "correct", "81", "1", "--withdraw").code == 1, "it does not stand")
        let survey = try rig.run(
            "filing", "survey", "81", "--area", "210102001", "--on", "2020-08-10", "--knows-policy", "yes",
            "--needs-two-disease", "yes", "--covered", "no", "--unsolved", "两病未备案")
        #expect(survey.code == 0, "\(survey.complaint)")
        let problems = try table("problems", "2020-09-20")
        #expect(problems.contains("81") && problems.contains("两病未备案"))
        try rig.restart()
        #expect(try table("contracts", "2020-06-15").contains(",2020-06-01,"))
    }

    @Test func `YT-7: an application, its refusal, and a recognition that pays for the past`() throws {
        let rig = try rig()
        let settled = try rig.run(
            "settle", "Y1", "--person", "91", "--institution", "Y3", "--kind", "inpatient", "--service-date", "2023-03-05",
            "--in-policy", "40000", "--external-basic", "20000")
        #expect(settled.code == 0, "\(settled.complaint)")
        let applied = try rig.run("filing", "recognition", "apply", "91", "--on", "2023-06-01")
        #expect(applied.code == 0, "\(applied.complaint)")
        let granted = try rig.run("filing", "recognition", "grant", "91", "--year", "2023", "--on", "2023-06-20", "--json")
        let answer = try object(granted.output)
        let burden = try #require(answer["burden"] as? Int)
        #expect(burden > 10_000_00, "\(granted.complaint)")
        #expect(answer["paid_now"] as? Int == min(30_000_00, (burden - 10_000_00) * 6 / 10))
        #expect(try rig.run("filing", "show", "91").output.contains("因病致贫 recognitions"))
        let again = try rig.run("filing", "recognition", "refuse", "91", "--year", "2023", "--reason", "x")
        #expect(again.code == 1)
        let taken = try rig.run("filing", "recognition", "take-back", "91", "--year", "2023", "--reason", "wrong papers")
        #expect(taken.code == 0, "\(taken.complaint)")
    }

    @Test func `SY-9: the same stay at two levels side by side`() throws {
        let rig = try rig()
        let given = try rig.run(
            "registry", "put", "identities", "person=81", "identity=registered_poor", "given=2019-12-01",
            "department=poverty_alleviation")
        #expect(given.code == 0, "\(given.complaint)")
        let stay = [
            "compare", "--person", "81", "--kind", "special", "--disease", "angina", "--service-date", "2020-08-20",
            "--in-policy", "6175", "--out-of-catalog", "89", "--external-basic", "4149", "--server", rig.server.address,
        ]
        let nowhere = try Program.run(stay)
        #expect(nowhere.code == 2 && nowhere.complaint.contains("--at"))
        let compared = try Program.run(stay + ["--level", "2", "--level", "3"])
        let lines = compared.output.split(separator: "\n")
        #expect(lines.first?.contains("level 2") == true || compared.code == 1, "\(compared.complaint)")
    }
}
