import Policy
import Settlement
import Testing

/// The registry of parameters: a pack says nothing that nobody reads.
@Suite struct `The registry of parameters` {
    private static func problems(_ name: String, _ value: String) -> [String] {
        Mutation.problems(of: ParameterTestPack.yaml(ParameterTestPack.entry(value, name: name))).map(\.message)
    }

    /// A misspelt name and the one that was meant.
    static let misspelt: [(String, String, String)] = [
        ("prescription.long_term.weks", "12", "prescription.long_term.weeks"),
        ("prescription.longterm.weeks", "12", "prescription.long_term.weeks"),
        ("prescription.long_term.weeks2", "12", "prescription.long_term.weeks"),
        ("perscription.long_term.weeks", "12", "prescription.long_term.weeks"),
        ("account.use.premium.residnet", "[own]", "resident"),
        ("enrolment.employe.2023.tier1", "1 元", "employee"),
        ("enrollment.resident.2023.tier1", "1 元", "enrolment.resident.2023.tier1"),
        ("entitlement.identities.civil_affair", "[destitute]", "civil_affairs"),
    ]

    @Test(arguments: misspelt)
    func `a misspelt name is refused with the one that was meant`(_ name: String, _ value: String, _ meant: String) {
        let said = Self.problems(name, value)
        #expect(said.count == 1 && said[0].contains("there is no parameter '\(name)'"), "\(said)")
        #expect(said.first?.contains("did you mean '\(meant)'?") == true, "\(said)")
    }

    @Test func `a name that is near none is refused with the command that lists them`() {
        #expect(
            Self.problems("weather.tomorrow", "12")
                == ["there is no parameter 'weather.tomorrow'; 'jiesuan policy parameters' lists them all"])
        // A year is four digits.
        #expect(Self.problems("enrolment.resident.23.tier1", "1 元").count == 1)
        // What stands in angle brackets is no name itself.
        let pattern = ParameterTestPack.yaml("  filing.papers.<paper>: { value: [a] }")
        #expect(!Mutation.problems(of: pattern).isEmpty)
    }

    static let words: [(String, String, String)] = [
        (
            "prescription.pharmacy.kinds", "[outpatient, outpatint]",
            "'prescription.pharmacy.kinds' has no word 'outpatint', did you mean 'outpatient'?"
        ),
        ("account.use.pharmacy", "[own, cousin]", "no word 'cousin'"),
        ("account.cash.grounds", "[whim]", "The words are deregistration"),
        ("account.credit.memberships", "[employer]", "no word 'employer'; The words are tier1, tier2"),
        ("recognition.kinds", "[inpatients]", "did you mean 'inpatient'?"),
        ("subsidy.resident.identities", "[near_low_income]", "no word 'near_low_income'"),
        ("filing.certified_in_county", "[diabetis]", "did you mean 'diabetes'?"),
        ("out_of_area.documents", "[identity, recept]", "'recept': did you mean 'receipt'?"),
        ("filing.appraisal.titles", "[deputy_cheif_physician]", "did you mean 'deputy_chief_physician'?"),
    ]

    @Test(arguments: words)
    func `a word outside its vocabulary is refused`(_ name: String, _ value: String, _ says: String) {
        let said = Self.problems(name, value)
        #expect(said.count == 1 && said[0].contains(says), "\(said)")
    }

    @Test func `a pack's own words are its own`() {
        #expect(Self.problems("out_of_area.documents", "[identity, marriage_certificate]") == [])
        #expect(Self.problems("filing.appraisal.titles", "[professor]") == [])
    }

    @Test func `AH-1: a paper has its list only where it is asked for`() {
        func problems(_ paper: String) -> [String] {
            Mutation.problems(
                of: ParameterTestPack.yaml(
                    ParameterTestPack.entry("[identity, photograph]", name: "filing.papers") + "\n"
                        + ParameterTestPack.entry("[insurance_card]", name: "filing.papers.\(paper)"))
            ).map(\.message)
        }
        #expect(problems("identity") == [] && problems("photograph") == [])
        #expect(problems("identty").first?.contains("did you mean 'identity'?") == true)
    }

    static let kinds: [(String, String, String)] = [
        ("prescription.long_term.weeks", "12 元", "is a whole number (12): weeks, not an amount"),
        ("account.credit.retired", "105", "is an amount (105 元), not a whole number"),
        ("account.credit.active", "2 元", "is a ratio (60 %), not an amount"),
        ("account.credit.from", "2024", "is a date (2023-01-01), not a whole number"),
        ("filing.asked_for", "special", "is none of an amount"),
        ("recognition.kinds", "12", "is a list of words ([a, b]), not a whole number"),
        (
            "filing.appraisal.passed_on_by_day", "32",
            "'filing.appraisal.passed_on_by_day' (day of the month) is 1 … 31, not 32"
        ),
        ("filing.screening.level", "4", "1 … 3, not 4"),
        ("subsidy.resident.ratio", "101 %", "is at most 100 %"),
    ]

    @Test(arguments: kinds)
    func `a wrong kind of value is refused`(_ name: String, _ value: String, _ says: String) {
        let said = Self.problems(name, value)
        #expect(said.count == 1 && said[0].contains(says), "\(said)")
    }

    @Test func `a pack that a ledger keeps is read with the parameters that it has`() throws {
        let yaml = ParameterTestPack.yaml(ParameterTestPack.entry("12", name: "prescription.long_term.weks"))
        #expect(Mutation.problems(of: yaml).count == 1)
        let pack = try PolicyPack.read(bytes: Array(yaml.utf8), file: "kept", isKept: true)
        #expect(pack.parameters["prescription.long_term.weks"]?.value == .number(12))
        #expect(pack.number("prescription.long_term.weeks") == nil)
    }

    @Test func `names are there once, and every rule id is one`() {
        let names = ParameterRegistry.all.map(\.name)
        #expect(Set(names).count == names.count && names.count > 40)
        for definition in ParameterRegistry.all {
            #expect(ParameterRegistry[definition.name] == definition)
            #expect(definition.rule.wholeMatch(of: /[A-Z]{1,2}-\d+/) != nil && !definition.reader.isEmpty)
        }
    }

    /// Distances by hand.
    @Test func `the nearest name is at most one mistake in three letters away`() {
        let names = ["weeks", "months", "deregistration"]
        #expect(NearestName.of("weks", among: names) == "weeks")
        #expect(NearestName.of("wekes", among: names) == "weeks")
        #expect(NearestName.of("months", among: names) == "months")
        #expect(NearestName.of("deregistraton", among: names) == "deregistration")
        #expect(NearestName.of("registration", among: names) == "deregistration")
        #expect(NearestName.of("days", among: names) == nil)
        #expect(NearestName.of("", among: names) == nil && NearestName.of("weeks", among: []) == nil)
    }
}
