import Accounts
import Policy
import Records
import Registry
import Settlement
import Testing

/// CQ-30: what a month brings, to whom.
@Suite struct `The monthly credit` {
    static func rule(_ yearMonth: Int32 = 2024_01, region: String = "chongqing") throws -> CreditRule {
        try CreditRule(try MemoryLedger().rules(region), month: month(yearMonth))
    }

    static func facts(
        _ membership: Membership, _ status: WorkStatus, base: Fen = 0, born: Int32 = 1980_01,
        lumpSumUntil: Int32 = 0, insurance: Insurance = .employee, covered: DateRange = DateRange()
    ) -> CreditFacts {
        CreditFacts(
            person: 1, insurance: insurance, membership: membership, status: status, covered: covered,
            contributionBase: base, lumpSumUntil: CalendarDate(lumpSumUntil), birthMonth: born)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        var facts: CreditFacts
        var yearMonth: Int32 = 2024_01
        var decision: CreditDecision
        var testDescription: String { rule }
    }

    // Base in fen. 2 % of 5,000.24 元 is 100.0048, of 5,000.25 元 100.005.
    static let cases = [
        Case(
            rule: "CQ-30 active with an employer: 2 % of the base", facts: facts(.employer, .active, base: 5_000_00),
            decision: .credit(100_00, .active)),
        Case(
            rule: "CQ-30 active, tier 2", facts: facts(.tier2, .active, base: 4_450_00),
            decision: .credit(89_00, .active)),
        Case(
            rule: "CQ-30 below half a fen", facts: facts(.employer, .active, base: 5_000_24),
            decision: .credit(100_00, .active)),
        Case(
            rule: "CQ-30 half a fen goes up", facts: facts(.employer, .active, base: 5_000_25),
            decision: .credit(100_01, .active)),
        Case(
            rule: "CQ-30 a base of 24 fen", facts: facts(.employer, .active, base: 24), decision: .credit(0, .active)),
        Case(
            rule: "CQ-30 a base of 25 fen", facts: facts(.employer, .active, base: 25), decision: .credit(1, .active)),
        Case(
            rule: "CQ-30 the largest base", facts: facts(.employer, .active, base: 1_000_000_000_000),
            decision: .credit(20_000_000_000, .active)),
        Case(
            rule: "CQ-30 retired", facts: facts(.employer, .retired, born: 1962_01), decision: .credit(105_00, .retired)),
        Case(
            rule: "CQ-30 retired, tier 2", facts: facts(.tier2, .retired, born: 1962_01),
            decision: .credit(105_00, .retired)),
        Case(
            rule: "CQ-30 I-07 the month before the 70th birthday", facts: facts(.employer, .retired, born: 1954_02),
            decision: .credit(105_00, .retired)),
        Case(
            rule: "CQ-30 I-07 the month of the 70th birthday", facts: facts(.employer, .retired, born: 1954_01),
            decision: .credit(115_00, .retiredElder)),
        Case(
            rule: "CQ-30 I-07 born in December, in December", facts: facts(.tier2, .retired, born: 1954_12),
            yearMonth: 2024_12, decision: .credit(115_00, .retiredElder)),
        Case(
            rule: "CQ-30 I-07 born in December, in November", facts: facts(.tier2, .retired, born: 1954_12),
            yearMonth: 2024_11, decision: .credit(105_00, .retired)),
        Case(
            rule: "CQ-30 70 but active", facts: facts(.employer, .active, base: 100_00, born: 1940_01),
            decision: .credit(2_00, .active)),
        Case(
            rule: "CQ-30 趸缴 in its last month",
            facts: facts(.tier2, .active, base: 4_000_00, born: 1960_01, lumpSumUntil: 2024_01_31),
            decision: .credit(80_00, .lumpSum)),
        Case(
            rule: "CQ-30 趸缴 to the first day of the month",
            facts: facts(.tier2, .retired, base: 4_000_00, born: 1960_01, lumpSumUntil: 2024_01_01),
            decision: .credit(80_00, .lumpSum)),
        Case(
            rule: "CQ-30 after the 趸缴 period as retired",
            facts: facts(.tier2, .active, base: 4_000_00, born: 1960_01, lumpSumUntil: 2023_12_31),
            decision: .credit(105_00, .retired)),
        Case(
            rule: "CQ-30 after the 趸缴 period from 70",
            facts: facts(.tier2, .active, born: 1950_01, lumpSumUntil: 2023_12_31),
            decision: .credit(115_00, .retiredElder)),
        Case(
            rule: "CQ-30 a lump sum means nothing with an employer",
            facts: facts(.employer, .active, base: 100_00, lumpSumUntil: 2030_12_31), decision: .credit(2_00, .active)),
        Case(
            rule: "I-24 tier 1, active", facts: facts(.tier1, .active, base: 5_000_00), decision: .none(.membership)),
        Case(rule: "I-24 tier 1, retired", facts: facts(.tier1, .retired, born: 1950_01), decision: .none(.membership)),
        Case(
            rule: "I-24 tier 1 with a lump sum",
            facts: facts(.tier1, .active, base: 5_000_00, lumpSumUntil: 2030_12_31), decision: .none(.membership)),
        Case(
            rule: "CQ-30 residents have no account", facts: facts(.tier2, .active, insurance: .resident),
            decision: .none(.notEmployee)),
        Case(
            rule: "CQ-30 not insured", facts: facts(.employer, .active, insurance: .unspecified),
            decision: .none(.notCovered)),
        Case(
            rule: "CQ-30 CQ-45 covered from the month's second day",
            facts: facts(.employer, .active, base: 1_00, covered: DateRange(from: CalendarDate(2024_01_02))),
            decision: .none(.notCovered)),
        Case(
            rule: "CQ-30 CQ-45 covered on the month's first day only",
            facts: facts(
                .employer, .active, base: 1_00,
                covered: DateRange(from: CalendarDate(2024_01_01), until: CalendarDate(2024_01_01))),
            decision: .credit(2, .active)),
    ]

    @Test(arguments: cases) func `CQ-30, I-07, I-24: a person's month comes to`(_ one: Case) throws {
        #expect(try Self.rule(one.yearMonth).decide(one.facts) == one.decision)
    }

    static let missing: [(CreditFacts, String)] = [
        (facts(.employer, .active), "contribution_base"), (facts(.employer, .retired, born: 0), "birth_month"),
        (facts(.employer, .retired, born: 1954_13), "birth_month"), (facts(.employer, .unspecified), "status"),
        (facts(.unspecified, .active), "membership"),
        (facts(.tier2, .active, lumpSumUntil: 2030_12_31), "contribution_base"),
        (facts(.tier2, .active, born: 0, lumpSumUntil: 2020_12_31), "birth_month"),
    ]

    @Test(arguments: missing) func `CQ-30: what the rule needs is asked for`(_ facts: CreditFacts, _ field: String) throws {
        let rule = try Self.rule()
        let refused = refusal { () throws(DomainRefusal) in _ = try rule.decide(facts) }
        #expect(refused?.code == .factMissing && refused?.field == field && refused?.rule == "CQ-30")
    }

    @Test func `CQ-30: a base beyond G-1 is refused`() throws {
        let rule = try Self.rule()
        let refused = refusal { () throws(DomainRefusal) in
            _ = try rule.decide(Self.facts(.employer, .active, base: 1_000_000_000_001))
        }
        #expect(refused?.code == .amountOutOfRange)
    }

    @Test func `CQ-30: before 2024, and in other regions, the documents have no rule, and none is made up`() throws {
        let rules = try MemoryLedger().chongqing
        #expect(throws: Never.self) { _ = try CreditRule(rules, month: month(2024_01)) }
        let before = refusal { () throws(DomainRefusal) in _ = try CreditRule(rules, month: month(2023_12)) }
        #expect(before?.code == .noRule && before?.field == "month" && before?.value == "2023-12")
        for region in ["yantai", "shenyang", "anhui"] {
            let other = try MemoryLedger().rules(region)
            let refused = refusal { () throws(DomainRefusal) in _ = try CreditRule(other, month: month(2024_01)) }
            #expect(refused?.code == .noRule && refused?.value == region)
        }
    }

    /// The sources' worked examples: yearly credits. 003-2 and 003-3 round to the yuan; their bases are those that fit.
    static let examples: [(id: String, facts: CreditFacts, year: Fen, within: Fen)] = [
        ("003-1", facts(.employer, .retired, born: 1962_01), 1_260_00, 0),
        ("003-2", facts(.employer, .active, base: 8_333_33), 2_000_00, 1_00),
        ("003-3", facts(.employer, .active, base: 4_120_83), 989_00, 1_00),
        ("003-4", facts(.employer, .retired, born: 1948_01), 1_380_00, 0),
        ("003-5", facts(.tier2, .active, base: 4_450_00), 1_068_00, 0),
    ]

    @Test(arguments: examples)
    func `CQ-30: twelve months of the sources' persons`(id: String, facts: CreditFacts, year: Fen, within: Fen) throws {
        let ledger = try MemoryLedger()
        for number in Int32(1)...12 {
            let rule = try CreditRule(try ledger.chongqing, month: month(2024_00 + number))
            let sums = try CreditRun.run(rule, [facts], on: ledger) { _ in }
            #expect(sums.credited == 1)
        }
        #expect(abs(ledger.accounts.balance(of: 1) - year) <= within, "\(id)")
    }

    @Test func `months are 1900-01 … 2999-12`() {
        #expect(CreditMonth(yearMonth: 1900_01)?.index == 0)
        #expect(CreditMonth(yearMonth: 2999_12)?.index == CreditMonth.indexMax)
        for bad in [0, 1899_12, 3000_01, 2024_00, 2024_13, -2024_01] as [Int32] { #expect(CreditMonth(yearMonth: bad) == nil) }
        #expect(CreditMonth(index: -1) == nil && CreditMonth(index: 13_200) == nil)
        for index in 0...13_199 {
            let one = CreditMonth(index: index)
            if one == nil || one.flatMap({ CreditMonth($0.firstDay) }) != one { Issue.record("\(index)") }
        }
        #expect(month(2024_03).description == "2024-03" && month(2024_11) > month(2024_10))
    }
}
