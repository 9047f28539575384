import Accounts
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// SeededRandom credits, uses, settlements, reversals, transfers, inheritances, deregistrations, on few accounts.
struct Interleaving {
    var steps: Int
    /// Owners 1 … 6.
    private static let owners: ClosedRange<Int> = 1...6

    /// Plays it and keeps books beside; gives the balances that simple addition comes to.
    func run() throws -> (MemoryLedger, [UInt64: Fen]) {
        var random = SeededRandom.printed("interleaving")
        let ledger = try MemoryLedger()
        let rules = try ledger.chongqing
        var balances: [UInt64: Fen] = [:]
        /// Settlements that stand: id, owner, amount.
        var standing: [(String, UInt64, Fen)] = []
        for step in 0..<steps {
            let owner = UInt64(random.number(Self.owners))
            let amount = Fen(random.number(1...300_00))
            ledger.now.milliseconds += Int64(random.number(0...40_000_000))
            let book = ledger.accounts
            let held = balances[owner] ?? 0
            switch random.number(0...9) {
            case 0...2:
                let when = CreditMonth(index: 1_488 + random.number(0...60))!
                if record(
                    ledger,
                    { () throws(DomainRefusal) in
                        try book.monthlyCredit(when, amount, .active, to: owner)
                    })
                {
                    balances[owner] = held + amount
                }
            case 3...4:
                let command = UseCommand(owner: owner, amount: amount, purpose: .yukuaibaoPremium, beneficiary: 99)
                if record(
                    ledger,
                    { () throws(DomainRefusal) in
                        try book.use(command, UseFacts(beneficiary: .other), rules)
                    })
                {
                    balances[owner] = held - amount
                }
            case 5...6:
                let taken = ledger.settle("S\(step)", amount, of: owner)
                if taken > 0 { standing.append(("S\(step)", owner, taken)) }
                balances[owner] = held - taken
            case 7:
                guard let (id, owner, taken) = standing.popLast() else { continue }
                ledger.settle(id, -taken, of: owner)
                balances[owner, default: 0] += taken
            case 8:
                if record(
                    ledger,
                    { () throws(DomainRefusal) in
                        try book.transferIn(amount, to: owner, from: "四川", rules)
                    })
                {
                    balances[owner] = held + amount
                }
            default:
                if close(ledger, owner, heir: UInt64(random.number(Self.owners)), &random, rules, &balances) { continue }
            }
            let isRight = balances.allSatisfy { owner, balance in
                balance >= 0 && ledger.accounts.held(of: owner) == balance
            }
            if !isRight { Issue.record("step \(step): the balances are not what simple addition comes to") }
        }
        return (ledger, balances)
    }

    private func close(
        _ ledger: MemoryLedger, _ owner: UInt64, heir: UInt64, _ random: inout SeededRandom, _ rules: AccountRules,
        _ balances: inout [UInt64: Fen]
    ) -> Bool {
        let book = ledger.accounts
        let held = balances[owner] ?? 0
        // Rarely for good, so that the accounts live on.
        if random.number(0...19) == 0 {
            let shares = held > 0 ? [InheritedShare(heir: heir, amount: held)] : []
            guard
                record(
                    ledger,
                    { () throws(DomainRefusal) in
                        try book.inherit(from: owner, shares, inCash: 0, reason: "继承", rules)
                    })
            else { return false }
            balances[owner] = 0
            if held > 0 { balances[heir, default: 0] += held }
            return true
        }
        guard record(ledger, { () throws(DomainRefusal) in try book.transferOut(owner, to: "四川", rules) })
        else { return false }
        balances[owner] = 0
        return true
    }

    private func record(
        _ ledger: MemoryLedger, _ decide: () throws(DomainRefusal) -> [AccountEvent]
    ) -> Bool {
        do throws(DomainRefusal) {
            try ledger.record(try decide())
            return true
        } catch { return false }
    }
}

@Suite struct `Any interleaving` {
    @Test func `CQ-31, CQ-32: no balance is ever below zero, and all movements together are the balances`() throws {
        for _ in 0..<20 {
            let (ledger, balances) = try Interleaving(steps: 2_000).run()
            #expect(ledger.accounts.mismatch == nil)
            #expect(ledger.accounts.total == balances.values.reduce(0, +))
            for owner in ledger.accounts.owners {
                let entries = try Self.whole(ledger, owner)
                #expect(entries.reduce(0) { $0 + $1.amount } == ledger.accounts.account(of: owner)?.balance)
                #expect(entries.allSatisfy { $0.balance >= 0 })
            }
        }
    }

    @Test func `replay, snapshots, and a replay on top of snapshots give the same books`() throws {
        let (ledger, _) = try Interleaving(steps: 5_000).run()
        let replayed = ledger.replayed()
        #expect(replayed.snapshots == ledger.accounts.snapshots && replayed.mismatch == nil)
        #expect(try ledger.accounts.reread().snapshots == ledger.accounts.snapshots)
    }

    /// An account's entries, page after page.
    static func whole(_ ledger: MemoryLedger, _ owner: UInt64) throws -> [AccountEntry] {
        var entries: [AccountEntry] = []
        var query = StatementQuery(owner: owner, limit: 37)
        var closing: Fen?
        repeat {
            let part = try ledger.statement(query)
            #expect(part.opening + part.credits - part.uses == part.closing)
            if let closing { #expect(part.closing == closing, "the parts meet") }
            closing = part.opening
            entries = part.entries + entries
            query.before = part.before
        } while query.before != 0
        #expect(closing == 0)
        return entries
    }

    @Test func `a statement's pages are in order, without a gap, with the balance after each`() throws {
        let (ledger, _) = try Interleaving(steps: 3_000).run()
        for owner in ledger.accounts.owners {
            let entries = try Self.whole(ledger, owner)
            var balance: Fen = 0
            var position: UInt64 = 0
            for entry in entries {
                balance += entry.amount
                #expect(entry.balance == balance && entry.previous == position && entry.position > position)
                position = entry.position
            }
            #expect(position == ledger.accounts.account(of: owner)?.lastPosition)
        }
    }

    @Test func `a statement of some days has exactly theirs`() throws {
        let (ledger, _) = try Interleaving(steps: 1_000).run()
        for owner in ledger.accounts.owners {
            let all = try Self.whole(ledger, owner)
            let days = DateRange(from: CalendarDate(2024_04_10), until: CalendarDate(2024_06_20))
            let part = try ledger.statement(StatementQuery(owner: owner, days: days))
            #expect(part.entries == all.filter { days.contains($0.recorded.date) })
            #expect(part.closing == all.last { $0.recorded.date <= days.until }?.balance ?? 0)
        }
    }

    @Test func `a statement refuses an unknown account and a number that is not the account's`() throws {
        let (ledger, _) = try Interleaving(steps: 500).run()
        let unknown = refusal { () throws(DomainRefusal) in _ = try ledger.statement(StatementQuery(owner: 77)) }
        #expect(unknown?.code == .accountUnknown)
        // One row of the journal may be an entry of both: of a transfer, or a claim that both paid for.
        let own = Set(try Self.whole(ledger, 1).map(\.position))
        let foreign = try #require(try Self.whole(ledger, 2).last { !own.contains($0.position) }?.position)
        for before in [foreign, 1 << 40] {
            let refused = refusal { () throws(DomainRefusal) in
                _ = try ledger.statement(StatementQuery(owner: 1, before: before))
            }
            #expect(refused?.code == .recordUnknown)
        }
    }
}
