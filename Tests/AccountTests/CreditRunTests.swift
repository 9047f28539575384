import Accounts
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// CQ-30: a month is credited once, however often and in how many parts it is run.
@Suite struct `The monthly run` {
    static func active(_ person: UInt64, base: Fen) -> CreditFacts {
        CreditFacts(person: person, insurance: .employee, membership: .employer, status: .active, contributionBase: base)
    }

    static func run(
        _ ledger: MemoryLedger, _ facts: [CreditFacts], _ yearMonth: Int32 = 2024_03
    ) throws -> (sums: CreditSums, outcomes: [CreditOutcome]) {
        var outcomes: [CreditOutcome] = []
        let rule = try CreditRule(try ledger.chongqing, month: month(yearMonth))
        let sums = try CreditRun.run(rule, facts, on: ledger) { outcomes.append($0) }
        return (sums, outcomes)
    }

    @Test func `CQ-30: a run repeated credits nobody twice`() throws {
        let ledger = try MemoryLedger()
        let facts = (1...2_500).map { Self.active($0, base: 1_000_00 + Fen($0) * 100) }
        let first = try Self.run(ledger, facts).sums
        #expect(first.credited == 2_500 && first.creditedFen == ledger.accounts.total)
        #expect(ledger.rows.count == 3, "2,500 credits are three rows of at most 1,024")
        let again = try Self.run(ledger, facts).sums
        #expect(again.credited == 0 && again.already == 2_500 && again.alreadyFen == first.creditedFen)
        #expect(ledger.rows.count == 3 && ledger.accounts.total == first.creditedFen)
        let next = try Self.run(ledger, facts, 2024_04).sums
        #expect(next.creditedFen == first.creditedFen && ledger.accounts.total == 2 * first.creditedFen)
    }

    @Test func `CQ-30: a run broken off after any row is taken up where it stopped`() throws {
        let facts = (1...5_000).map { Self.active($0, base: 1_000_00) }
        for rows in 0...5 {
            let ledger = try MemoryLedger()
            ledger.recordsLeft = rows
            #expect((try? Self.run(ledger, facts)) == nil || rows == 5)
            ledger.recordsLeft = Int.max
            let rest = try Self.run(ledger, facts).sums
            #expect(rest.credited + rest.already == 5_000 && rest.already == min(5_000, rows * 1_024))
            #expect(ledger.accounts.total == 5_000 * 20_00 && ledger.accounts.mismatch == nil)
        }
    }

    @Test func `CQ-30: a late enrolment is credited by the next run of the month, also of an earlier month`() throws {
        let ledger = try MemoryLedger()
        _ = try Self.run(ledger, [Self.active(1, base: 100_00)])
        _ = try Self.run(ledger, [Self.active(1, base: 100_00)], 2024_04)
        let late = try Self.run(ledger, [Self.active(1, base: 100_00), Self.active(2, base: 200_00)])
        #expect(late.sums.already == 1 && late.sums.credited == 1 && late.sums.creditedFen == 4_00)
        let both = [Self.active(2, base: 200_00), Self.active(1, base: 150_00)]
        let earlier = try Self.run(ledger, both, 2024_02)
        #expect(earlier.sums.credited == 2 && earlier.sums.creditedFen == 7_00)
        #expect(ledger.accounts.credited(month(2024_02), to: 1) == 3_00)
        #expect(ledger.accounts.credited(month(2024_03), to: 1) == 2_00)
        #expect(ledger.accounts.credited(month(2024_05), to: 1) == nil)
    }

    @Test func `CQ-30: a month credited with another amount stays as it is and is reported`() throws {
        let ledger = try MemoryLedger()
        _ = try Self.run(ledger, [Self.active(1, base: 100_00), Self.active(2, base: 100_00)])
        let gone = CreditFacts(person: 2, insurance: .resident, membership: .tier2, status: .active)
        let again = try Self.run(ledger, [Self.active(1, base: 200_00), gone])
        #expect(again.sums.refused == 2 && again.sums.persons == 2 && ledger.accounts.total == 4_00)
        for outcome in again.outcomes {
            guard case .refused(let refused) = outcome.kind else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(refused.code == .periodAlreadyCredited && refused.value == "2024-03" && outcome.amount == 2_00)
        }
    }

    @Test func `CQ-30: one person's missing fact or closed account does not stop the others`() throws {
        let ledger = try MemoryLedger()
        _ = try Self.run(ledger, [Self.active(2, base: 100_00)])
        try ledger.record(try ledger.accounts.deregister(2, reason: "注销", try ledger.chongqing))
        let facts = [Self.active(1, base: 0), Self.active(2, base: 1_00), Self.active(3, base: 100_00)]
        let run = try Self.run(ledger, facts, 2024_04)
        let codes = run.outcomes.map { outcome in
            if case .refused(let refused) = outcome.kind { return refused.code as DomainCode? } else { return nil }
        }
        #expect(codes == [.factMissing, .accountClosed, nil])
        #expect(run.sums.refused == 2 && run.sums.creditedFen == 2_00 && ledger.accounts.balance(of: 3) == 2_00)
    }

    @Test func `CQ-30: sums of parts are the sums of the whole`() throws {
        let facts = (1...300).map { person in
            CreditFacts(
                person: person, insurance: person % 3 == 0 ? .resident : .employee, membership: .employer,
                status: .active, contributionBase: person % 5 == 0 ? 0 : Fen(person) * 77)
        }
        let whole = try Self.run(try MemoryLedger(), facts).sums
        let ledger = try MemoryLedger()
        var parts = CreditSums()
        for start in stride(from: 0, to: 300, by: 7) {
            parts = parts + (try Self.run(ledger, Array(facts[start..<min(300, start + 7)])).sums)
        }
        #expect(parts == whole && whole.none == 100 && whole.refused == 40 && whole.credited == 160)
    }

    @Test func `CQ-30: months credited in any order are known, each with its amount`() throws {
        var random = SeededRandom.printed("months in any order")
        for _ in 0..<50 {
            let ledger = try MemoryLedger()
            let months: [Int32] = (0..<40).map { (number: Int32) in 2024_01 + number / 12 * 100 + number % 12 }
                .shuffled(using: &random)
            var amounts: [Int32: Fen] = [:]
            for yearMonth in months {
                let base = Fen(random.number(1...3)) * 50_00
                amounts[yearMonth] = base / 50
                #expect(try Self.run(ledger, [Self.active(1, base: base)], yearMonth).sums.credited == 1)
            }
            let book = try ledger.accounts.reread()
            for yearMonth in months {
                #expect(ledger.accounts.credited(month(yearMonth), to: 1) == amounts[yearMonth])
                #expect(book.credited(month(yearMonth), to: 1) == amounts[yearMonth])
            }
            #expect(ledger.accounts.balance(of: 1) == amounts.values.reduce(0, +))
            #expect(ledger.accounts.mismatch == nil)
        }
    }
}
