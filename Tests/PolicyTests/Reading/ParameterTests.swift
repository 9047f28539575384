import Policy
import Settlement
import Testing

/// The minimal pack with parameters.
enum ParameterTestPack {
    static func yaml(_ entries: String) -> String { Mutation.minimal + "\nparameters:\n" + entries + "\n" }

    static func entry(_ value: String, name: String, rule: String = "TT-13") -> String {
        """
          \(name):
            value: \(value)
            rule: \(rule)
            source: { document: "100", article: 第十三条, words: 计入 }
        """
    }
}

/// The section `parameters` of a pack.
@Suite struct `Parameters of a pack` {
    static func yaml(_ entries: String) -> String { ParameterTestPack.yaml(entries) }

    static func entry(_ value: String, name: String = "account.credit.active", rule: String = "TT-13") -> String {
        ParameterTestPack.entry(value, name: name, rule: rule)
    }

    static func pack(_ entries: String) throws -> PolicyPack {
        try PolicyPack.read(bytes: Array(yaml(entries).utf8), file: "minimal.yaml")
    }

    static let kinds: [(name: String, text: String, value: ParameterValue)] = [
        ("account.credit.retired", "105 元", .money(105_00)), ("recognition.limit", "0.01元", .money(1)),
        ("enrolment.resident.2023.tier1", "4.7万元", .money(47_000_00)),
        ("account.credit.active", "2 %", .ratio(200)), ("subsidy.resident.ratio", "62.5%", .ratio(6_250)),
        ("monitoring.share.others", "150 %", .ratio(15_000)), ("monitoring.share.others", "1000 %", .ratio(100_000)),
        ("prescription.long_term.weeks", "12", .number(12)), ("enrolment.switch.gap_months", "0", .number(0)),
        ("account.credit.from", "2023-01-01", .date(CalendarDate(2023_01_01))),
        ("account.use.premium.resident", "[spouse, child]", .names(["spouse", "child"])),
    ]

    @Test(arguments: kinds)
    func `the form says the kind`(_ name: String, _ text: String, _ value: ParameterValue) throws {
        let parameter = try #require(try Self.pack(Self.entry(text, name: name)).parameters[name])
        #expect(parameter.value == value)
        #expect(
            parameter.citation
                == Citation(rule: "TT-13", document: "100", article: "第十三条", words: "计入"))
    }

    @Test func `a parameter is found by its name and kind only`() throws {
        let pack = try Self.pack(
            Self.entry("105 元", name: "account.credit.retired") + "\n"
                + Self.entry("7", name: "prescription.long_term.weeks") + "\n"
                + Self.entry("350 元", name: "enrolment.resident.2023.tier1"))
        #expect(pack.money("account.credit.retired") == 105_00 && pack.number("prescription.long_term.weeks") == 7)
        #expect(pack.ratio("account.credit.retired") == nil && pack.number("account.credit.retired") == nil)
        #expect(pack.date("prescription.long_term.weeks") == nil && pack.names("prescription.long_term.weeks") == nil)
        #expect(pack.parameter("account.credit.active") == nil)
        let premium = "enrolment.<insurance>.<year>.<membership>"
        #expect(pack.money(premium, "resident", "2023", "tier1") == 350_00)
        // What a caller may send as a year is looked for, and not there.
        for year in ["2022", "", "99999", "-1", "2023.tier1"] {
            #expect(pack.money(premium, "resident", year, "tier1") == nil)
        }
        #expect(pack.rules.contains("TT-13"))
    }

    /// What is wrong, the line after `parameters:` at which it is reported (1: the name's), what is said.
    static let wrong: [(String, Int, String)] = [
        (entry("2 %"), 0, ""),
        (entry("105 yuan"), 2, "'105 yuan' is none of an amount (105 元), a ratio (2 %), a whole number (12)"),
        (entry("-1"), 2, "'-1' is none of"), (entry("012"), 2, "'012' is none of"), (entry("1.5"), 2, "is none of"),
        (entry("1000000001"), 2, "above 1000000000, the largest number"),
        (entry("99999999999999999999"), 2, "the largest number"),
        (entry("1.234 元"), 2, "is not an amount"), (entry("10000000000.01 元"), 2, "above 10^12 fen"),
        (entry("2.125 %"), 2, "is not a ratio"), (entry("1000.01 %"), 2, "above 1000 %"),
        (entry("2023-02-29"), 2, "is not a date of the calendar"),
        (entry("[]"), 2, "empty list"), (entry("[spouse, spouse]"), 2, "'spouse' stands twice"),
        (entry("[Spouse]"), 2, "value: 'Spouse' is not a name"), (entry("{ a: b }"), 2, "value is a text"),
        (entry("''"), 2, "value is empty"),
        (entry("1", name: "Account.credit"), 1, "is not a name"), (entry("1", name: "credit"), 1, "has no topic"),
        (entry("1", name: "account..credit"), 1, "has no topic"), (entry("1", name: "account."), 1, "has no topic"),
        (entry("1", rule: "TT13"), 3, "'TT13' is not a rule id"),
        ("  a.b: 12", 1, "the parameter 'a.b' is a table of 'key: value' lines"),
        ("  a.b: { value: 12, rule: TT-13 }", 1, "the parameter 'a.b' has no source"),
        ("  a.b: { rule: TT-13, source: { document: \"100\", article: a, words: w } }", 1, "needs 'value'"),
        ("  a.b: { value: 12, unit: week }", 1, "has no key 'unit'"),
        (entry("2 %") + "\n" + entry("3 %"), 1, "'account.credit.active' stands twice"),
        ("  - a.b", 1, "parameters is a table of 'name: …' lines"),
    ]

    @Test(arguments: wrong)
    func `a parameter that is none is refused at its line`(_ entries: String, _ line: Int, _ says: String) throws {
        let problems = Mutation.problems(of: Self.yaml(entries))
        if line == 0 { return #expect(problems == []) }
        let before = Mutation.minimal.split(separator: "\n", omittingEmptySubsequences: false).count + 1
        let isSaid = problems.contains { problem in
            // A table that is written in several lines has its problem at its first or second line.
            (before + line - 1...before + line + 1).contains(problem.line) && problem.message.contains(says)
        }
        #expect(isSaid, "expected line \(before + line): …\(says)…; got \(problems.map(\.description))")
    }

    @Test func `a list of names may rest on an interpretation, a number may not`() throws {
        func entry(_ name: String, _ value: String) -> String {
            "  \(name): { value: \(value), rule: TT-13, interpretation: { id: I-24, zh: 定, en: Decided } }"
        }
        let names = try #require(try Self.pack(entry("filing.asked_for", "[special]")).parameter("filing.asked_for"))
        #expect(names.citation.interpretations == ["I-24"] && names.citation.document.isEmpty)
        let number = entry("prescription.long_term.weeks", "12")
        #expect(Mutation.problems(of: Self.yaml(number)).contains { $0.message.contains("has no source") })
    }

    @Test func `512 parameters, 128 names of one, not one more of either`() {
        func premiums(_ count: Int) -> String {
            Self.yaml(
                (0..<count).map { Self.entry("1 元", name: "enrolment.resident.\(1900 + $0).tier1") }
                    .joined(separator: "\n"))
        }
        func papers(_ count: Int) -> String {
            let list = "[" + (0..<count).map { "p\($0)" }.joined(separator: ", ") + "]"
            return Self.yaml(Self.entry(list, name: "filing.papers"))
        }
        #expect(Mutation.problems(of: premiums(PackLimit.parametersMax)) == [])
        #expect(
            Mutation.problems(of: premiums(PackLimit.parametersMax + 1)).map(\.message)
                == ["more than 512 parameters"])
        #expect(Mutation.problems(of: papers(PackLimit.parameterNamesMax)) == [])
        #expect(
            Mutation.problems(of: papers(PackLimit.parameterNamesMax + 1)).map(\.message)
                == ["value: more than 128 names"])
    }

    @Test func `CQ-30, CQ-31: Chongqing's account parameters stand in the pack with their words`() throws {
        let pack = try Packs.builtIn("chongqing")
        #expect(pack.ratio("account.credit.active") == 200)
        #expect(pack.money("account.credit.retired") == 105_00)
        #expect(pack.money("account.credit.retired_elder") == 115_00)
        #expect(pack.date("account.credit.from") == CalendarDate(2024_01_01))
        for (name, parameter) in pack.parameters {
            #expect(!parameter.citation.words.isEmpty && pack.documents[parameter.citation.document] != nil, "\(name)")
            #expect(pack.rules.contains(parameter.citation.rule))
        }
    }
}
