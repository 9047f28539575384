import Accounts
import Records
import Registry
import Settlement
import Testing

/// CQ-32: what becomes of a balance: the year's end, inheritance, another region, deregistration.
@Suite struct `The end of an account` {
    static func ledger(_ balances: [UInt64: Fen] = [1: 500_00]) throws -> MemoryLedger {
        let ledger = try MemoryLedger()
        for (owner, balance) in balances {
            try ledger.record(try ledger.accounts.credit(balance, .openingBalance, reason: "历年结余", to: owner))
        }
        return ledger
    }

    /// Whether every way into and out of `owner`'s account refuses with ACCOUNT_CLOSED.
    static func isClosed(_ ledger: MemoryLedger, _ owner: UInt64) throws -> Bool {
        let rules = try ledger.chongqing
        let book = ledger.accounts
        let use = UseCommand(owner: owner, amount: 1, purpose: .yukuaibaoPremium, beneficiary: owner)
        let refusals = [
            refusal { () throws(DomainRefusal) in _ = try book.use(use, UseFacts(), rules) },
            refusal { () throws(DomainRefusal) in _ = try book.credit(1, .correction, reason: "补记", to: owner) },
            refusal { () throws(DomainRefusal) in
                _ = try book.monthlyCredit(month(2024_03), 1, .active, to: owner)
            },
            refusal { () throws(DomainRefusal) in _ = try book.transferOut(owner, to: "四川", rules) },
            refusal { () throws(DomainRefusal) in _ = try book.deregister(owner, reason: "注销", rules) },
            refusal { () throws(DomainRefusal) in
                _ = try book.inherit(from: owner, [], inCash: 0, reason: "继承", rules)
            },
        ]
        return refusals.allSatisfy { $0?.code == .accountClosed } && book.balance(of: owner) == 0
    }

    @Test func `CQ-32: nothing happens at New Year; the year's statement shows what it began and ended with`() throws {
        let ledger = try Self.ledger()
        ledger.now = Moment(startOf: CalendarDate(2024_12_31))
        ledger.settle("S1", 100_00, of: 1)
        ledger.now = Moment(startOf: CalendarDate(2025_01_01))
        try ledger.record(try ledger.accounts.monthlyCredit(month(2025_01), 115_00, .retiredElder, to: 1))
        ledger.settle("S2", 15_00, of: 1)
        #expect(ledger.accounts.balance(of: 1) == 500_00)
        func year(_ year: Int32) throws -> AccountStatement {
            let days = DateRange(
                from: CalendarDate(year: year, month: 1, day: 1), until: CalendarDate(year: year, month: 12, day: 31))
            return try ledger.statement(StatementQuery(owner: 1, days: days))
        }
        let first = try year(2024)
        #expect(first.opening == 0 && first.credits == 500_00 && first.uses == 100_00 && first.closing == 400_00)
        let second = try year(2025)
        #expect(second.opening == 400_00 && second.credits == 115_00 && second.uses == 15_00)
        #expect(second.closing == 500_00 && second.entries.count == 2)
        let none = try year(2026)
        #expect(none.opening == 500_00 && none.closing == 500_00 && none.entries.isEmpty && none.before == 0)
        #expect(try year(2023).closing == 0)
    }

    @Test func `CQ-32: heirs get the balance, to the fen, and the account closes`() throws {
        let ledger = try Self.ledger([1: 500_01, 2: 10_00, 3: 1])
        let shares = [InheritedShare(heir: 2, amount: 250_01), InheritedShare(heir: 3, amount: 200_00)]
        let before = ledger.accounts.total
        let rules = try ledger.chongqing
        try ledger.record(
            try ledger.accounts.inherit(from: 1, shares, inCash: 50_00, reason: "公证书 12 号", rules))
        #expect(ledger.accounts.balance(of: 2) == 260_01 && ledger.accounts.balance(of: 3) == 200_01)
        #expect(ledger.accounts.total == before - 50_00)
        #expect(try Self.isClosed(ledger, 1))
        let heir = try ledger.statement(StatementQuery(owner: 2)).entries
        #expect(heir.last?.kind == .movement(.inherited(from: 1)) && heir.last?.amount == 250_01)
        let back = refusal { () throws(DomainRefusal) in
            _ = try ledger.accounts.transferIn(1, to: 1, from: "四川", rules)
        }
        #expect(back?.code == .accountClosed, "who has died does not move back")
    }

    static let badShares: [([InheritedShare], Fen, DomainCode)] = [
        ([], 0, .factInvalid), ([], 499_99, .factInvalid), ([], 500_01, .factInvalid),
        ([InheritedShare(heir: 2, amount: 499_99)], 0, .factInvalid),
        ([InheritedShare(heir: 2, amount: 250_00), InheritedShare(heir: 2, amount: 250_00)], 0, .factInvalid),
        ([InheritedShare(heir: 1, amount: 500_00)], 0, .factInvalid),
        ([InheritedShare(heir: 2, amount: 0)], 500_00, .amountOutOfRange),
        ([InheritedShare(heir: 2, amount: 600_00)], -100_00, .amountOutOfRange),
        ([InheritedShare(heir: 2, amount: Fen.max), InheritedShare(heir: 3, amount: Fen.max)], 2, .amountOutOfRange),
        ([], Fen.max, .amountOutOfRange), ([InheritedShare(heir: 9, amount: 500_00)], 0, .accountUnknown),
        ((2...66).map { InheritedShare(heir: $0, amount: 1) }, 499_35, .factInvalid),
    ]

    @Test(arguments: badShares) func `CQ-32: shares that do not fit the balance are refused, and nothing moves`(
        _ shares: [InheritedShare], _ inCash: Fen, _ code: DomainCode
    ) throws {
        let ledger = try Self.ledger([1: 500_00, 2: 1, 3: 1])
        let rules = try ledger.chongqing
        let refused = refusal { () throws(DomainRefusal) in
            _ = try ledger.accounts.inherit(from: 1, shares, inCash: inCash, reason: "继承", rules)
        }
        #expect(refused?.code == code)
        #expect(ledger.accounts.total == 500_02 && ledger.accounts.account(of: 1)?.status == .open)
    }

    @Test func `CQ-32: a balance moves to another region and back`() throws {
        let ledger = try Self.ledger()
        let rules = try ledger.chongqing
        try ledger.record(try ledger.accounts.transferOut(1, to: "四川成都", rules))
        #expect(try Self.isClosed(ledger, 1) && ledger.accounts.total == 0)
        try ledger.record(try ledger.accounts.transferIn(480_00, to: 1, from: "四川成都", rules))
        #expect(ledger.accounts.balance(of: 1) == 480_00)
        // Somebody new begins with what comes along, even with nothing.
        try ledger.record(try ledger.accounts.transferIn(0, to: 2, from: "湖北", rules))
        #expect(ledger.accounts.account(of: 2)?.status == .open)
        #expect(try ledger.statement(StatementQuery(owner: 1)).entries.map(\.amount) == [500_00, -500_00, 480_00])
    }

    @Test func `CQ-31, CQ-32: deregistration pays the balance out in cash`() throws {
        let ledger = try Self.ledger()
        try ledger.record(try ledger.accounts.deregister(1, reason: "出国定居注销", try ledger.chongqing))
        #expect(try Self.isClosed(ledger, 1) && ledger.accounts.total == 0)
        let last = try ledger.statement(StatementQuery(owner: 1)).entries.last
        #expect(last?.kind == .movement(.deregistered(reason: "出国定居注销")) && last?.amount == -500_00)
    }

    @Test func `CQ-32, G-12: what a reversal gives back to a closed account leaves it the way it closed`() throws {
        let ledger = try Self.ledger([1: 500_00, 2: 1])
        let rules = try ledger.chongqing
        ledger.settle("S1", 120_00, of: 1)
        try ledger.record(
            try ledger.accounts.inherit(
                from: 1, [InheritedShare(heir: 2, amount: 380_00)], inCash: 0, reason: "继承", rules))
        ledger.settle("S1", -120_00, of: 1)
        // It is held, but nothing can use it, and a settlement sees nothing.
        #expect(ledger.accounts.balance(of: 1) == 0)
        #expect(ledger.accounts.account(of: 1)?.balance == 120_00 && ledger.accounts.account(of: 1)?.status == .bequeathed)
        let use = UseCommand(owner: 1, amount: 1, purpose: .yukuaibaoPremium, beneficiary: 1)
        let refused = refusal { () throws(DomainRefusal) in _ = try ledger.accounts.use(use, UseFacts(), rules) }
        #expect(refused?.code == .accountClosed)
        try ledger.record(
            try ledger.accounts.inherit(
                from: 1, [InheritedShare(heir: 2, amount: 120_00)], inCash: 0, reason: "继承", rules))
        #expect(ledger.accounts.balance(of: 2) == 500_01)
        #expect(try Self.isClosed(ledger, 1))
        #expect(ledger.accounts.mismatch == nil && ledger.replayed().snapshots == ledger.accounts.snapshots)
    }

    @Test func `CQ-32: without a rule in the documents nothing of it happens, and nothing without its reason`() throws {
        let ledger = try Self.ledger()
        let yantai = try ledger.rules("yantai")
        let rules = try ledger.chongqing
        let book = ledger.accounts
        let silent = [
            refusal { () throws(DomainRefusal) in _ = try book.transferOut(1, to: "四川", yantai) },
            refusal { () throws(DomainRefusal) in _ = try book.transferIn(1, to: 1, from: "四川", yantai) },
            refusal { () throws(DomainRefusal) in _ = try book.deregister(1, reason: "注销", yantai) },
            refusal { () throws(DomainRefusal) in _ = try book.inherit(from: 1, [], inCash: 500_00, reason: "x", yantai) },
        ]
        #expect(silent.allSatisfy { $0?.code == .noRule })
        let reasons = [
            refusal { () throws(DomainRefusal) in _ = try book.deregister(1, reason: "", rules) },
            refusal { () throws(DomainRefusal) in _ = try book.inherit(from: 1, [], inCash: 500_00, reason: "", rules) },
            refusal { () throws(DomainRefusal) in _ = try book.credit(1, .refund, reason: "", to: 1) },
        ]
        #expect(reasons.allSatisfy { $0?.code == .reasonMissing })
        let long = String(repeating: "长", count: 86)
        let refused = refusal { () throws(DomainRefusal) in _ = try book.deregister(1, reason: long, rules) }
        #expect(refused?.code == .factInvalid)
        #expect(refusal { () throws(DomainRefusal) in _ = try book.transferOut(1, to: "", rules) }?.code == .factMissing)
        #expect(refusal { () throws(DomainRefusal) in _ = try book.transferOut(9, to: "四川", rules) }?.code == .accountUnknown)
    }

    @Test func `G-1: an account holds at most 10^15 fen`() throws {
        let ledger = try Self.ledger([:])
        for _ in 0..<1_000 {
            try ledger.record(try ledger.accounts.credit(AccountLimit.amountMax, .correction, reason: "x", to: 1))
        }
        #expect(ledger.accounts.balance(of: 1) == AccountLimit.balanceMax)
        let refused = refusal { () throws(DomainRefusal) in
            _ = try ledger.accounts.credit(1, .correction, reason: "x", to: 1)
        }
        #expect(refused?.code == .amountOutOfRange)
    }
}
