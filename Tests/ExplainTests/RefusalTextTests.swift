import Policy
import Population
import Settlement
import Testing
import Text

@Suite struct `Refusals` {
    /// One claim for every code that a claims file can meet, spoilt from a worked example.
    static func spoilt() throws -> [(String, ClaimRow)] {
        func row(_ id: String, _ change: (inout ClaimRow) -> Void) throws -> ClaimRow {
            var row = try #require(WorkedExamples.all.first { $0.id == id })
            change(&row)
            return row
        }
        return [
            ("region", try row("003-1") { $0.region = "atlantis" }),
            ("disease code", try row("003-3") { $0.claim.disease = "headache" }),
            ("product code", try row("003-3") { $0.person.product = "gold" }),
            ("filing code", try row("003-3") { $0.person.filings = [FilingRecord(disease: "x", inForce: DateRange())] }),
            ("kind", try row("003-1") { $0.claim.claim.kind = .unspecified }),
            ("date", try row("003-1") { $0.claim.claim.serviceDate = CalendarDate(2024_02_30) }),
            ("amount", try row("003-1") { $0.claim.claim.cost.total = -1 }),
            ("sum", try row("003-1") { $0.claim.claim.cost.total += 1 }),
            ("special drug", try row("003-1") { $0.claim.claim.cost.specialDrug = 1 }),
            ("drug part", try row("003-1") { $0.claim.claim.cost.inPolicyDrug = $0.claim.claim.cost.inPolicy + 1 }),
            ("external part", try row("002-1") { $0.claim.claim.externalBasic = $0.claim.claim.cost.inPolicy + 1 }),
            ("force", try row("003-1") { $0.claim.claim.serviceDate = CalendarDate(2021_12_31) }),
            (
                "purchase day",
                try row("003-1") {
                    $0.person.product = "yukuaibao_2023_basic"
                    $0.person.facts.boughtOn = CalendarDate(2023_01_01)
                }
            ),
            ("insured", try row("003-1") { $0.person.facts.insurance = .unspecified }),
            ("period", try row("003-1") { $0.person.facts.covered.until = CalendarDate(2023_12_31) }),
            ("status", try row("003-1") { $0.person.facts.status = .unspecified }),
            ("level", try row("003-1") { $0.claim.claim.institution.level = .unspecified }),
            ("disease", try row("003-3") { $0.claim.disease = "" }),
            ("tier 1", try row("003-3") { $0.person.facts.membership = .tier1 }),
            ("external", try row("003-3") { $0.claim.claim.externalBasic = 1 }),
            ("account", try row("003-1") { $0.person.accounts[0].balance = -1 }),
        ]
    }

    @Test func `read as kept, each with field, value, rule and what to do`() throws {
        var text = ""
        for (name, row) in try Self.spoilt() {
            var settler = LocalSettler(try PolicyLibrary.load().packs)
            let problem = #expect(throws: RowProblem.self, "\(name)") { try settler.settle(row) }
            text += "== \(name)\n\(try #require(problem).text)\n"
        }
        try Snapshot.expect(text, is: "refusals.txt")
    }

    @Test func `every code and field has a text, and no text repeats a person's value (rule G-14)`() throws {
        let pack = try #require(try PolicyLibrary.load()["chongqing"])
        var claim = Claim(
            kind: .special, serviceDate: CalendarDate(2024_06_07), cost: CostSplit(total: 987_654_321),
            disease: try #require(pack.disease(code: "haemophilia")))
        claim.externalBasic = 987_654_321
        let facts = PersonFacts(insurance: .employee, boughtOn: CalendarDate(2024_06_07))
        for code in DomainCode.allCases where code != .none {
            for field in ClaimField.allCases {
                let text = RefusalText(refusal: Refusal(code, field), pack: pack, claim: claim, facts: facts)
                #expect(!text.message.isEmpty)
                #expect(!text.message.contains("987654321") && !text.message.contains("20240607"))
                #expect(text.line.hasPrefix(text.name))
                #expect(text.line.utf8.count <= 1024, "fits an error text of the wire")
                if field != .none { #expect(!text.field.isEmpty && !text.batchField.isEmpty) }
            }
        }
    }

    @Test func `names are those of the registry`() {
        #expect(DomainCode.notEntitled.name == "NOT_ENTITLED")
        #expect(DomainCode.amountsDoNotAddUp.name == "AMOUNTS_DO_NOT_ADD_UP")
    }

    @Test func `a caller's value and hint are handed on`() {
        let text = RefusalText(
            refusal: Refusal(.regionUnknown, .region), pack: nil, claim: nil, facts: nil, value: "x", hint: "try y")
        #expect(text.value == "x")
        #expect(text.line == "REGION_UNKNOWN region=x: no policy pack of that region; name one that is loaded; try y")
    }
}
