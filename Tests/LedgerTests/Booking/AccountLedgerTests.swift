import Accounts
import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import Testing

/// Accounts in the ledger: what settlements use of them, and what else moves them, in one journal.
@Suite struct `Accounts in the ledger` {
    static let retired = World.retired

    /// Credits January … `last` of 2024 by the rule.
    static func run(_ world: World, through last: Int32) throws {
        for number in Int32(1)...last {
            let month = try #require(CreditMonth(yearMonth: 2024_00 + number))
            let part = try CreditRoll().run(month, region: "chongqing", after: 0, limit: 10_000, on: world.ledger)
            #expect(part.sums.credited == 2 && part.sums.none == 1 && part.next == 0)
        }
    }

    @Test func `003-1, CQ-30, CQ-31: a year's credits, the settlement, and what is left`() throws {
        let world = try World()
        world.clock.move(to: CalendarDate(2024_12_01))
        try Self.run(world, through: 12)
        #expect(world.ledger.accounts.balance(of: Self.retired) == 1_260_00)
        _ = try world.settle("S-1", world.outpatient(2_800_00, of: Self.retired))
        #expect(world.entry.outcome.pointee.accountPaid == 910_00)
        #expect(world.ledger.accounts.balance(of: Self.retired) == 350_00)
        let statement = try world.ledger.statement(StatementQuery(owner: Self.retired))
        #expect(statement.entries.count == 13 && statement.credits == 1_260_00 && statement.uses == 910_00)
        #expect(statement.entries.last?.kind == .settlement(id: "S-1") && statement.closing == 350_00)
    }

    @Test func `CQ-31, CQ-32, G-12: statements, closing and reversals are the same after the ledger is opened anew`() throws {
        let world = try World()
        try Self.run(world, through: 6)
        _ = try world.settle("S-1", world.outpatient(500_00, of: Self.retired))
        let used = world.entry.outcome.pointee.accountPaid
        #expect(used > 0)
        let moved = try world.ledger.transfer("T-1", Self.retired, out: true, region: "四川", amount: 0)
        #expect(moved.events.map(\.amount) == [-(630_00 - used)])
        try world.reverse("S-1")
        #expect(world.reversal.accounts.map(\.balanceAfter) == [used])
        #expect(world.ledger.accounts.balance(of: Self.retired) == 0)
        #expect(world.ledger.accounts.held(of: Self.retired) == used)
        let kinds = try world.ledger.statement(StatementQuery(owner: Self.retired)).entries.suffix(3).map(\.kind)
        #expect(kinds == [.settlement(id: "S-1"), .movement(.transferredOut(region: "四川")), .reversal(id: "S-1")])
        let before = try world.ledger.statement(StatementQuery(owner: Self.retired))
        #expect(try world.commit())
        try world.reopen()
        #expect(try world.ledger.statement(StatementQuery(owner: Self.retired)) == before)
        #expect(world.ledger.accounts.mismatch == nil)
        // The same request again, by the reopened ledger: the same row; then the rest moves along.
        let again = try world.ledger.transfer("T-1", Self.retired, out: true, region: "四川", amount: 0)
        #expect(again == moved)
        let rest = try world.ledger.transfer("T-2", Self.retired, out: true, region: "四川", amount: 0)
        #expect(rest.events.map(\.amount) == [-used])
        let closed = #expect(throws: DomainRefusal.self) {
            try world.ledger.transfer("T-3", Self.retired, out: true, region: "四川", amount: 0)
        }
        #expect(closed?.code == .accountClosed)
    }

    @Test func `a number that is no entry of the account is refused, whatever stands there`() throws {
        let world = try World()
        try Self.run(world, through: 1)
        _ = try world.settle("S-1", world.outpatient(100_00, of: World.resident))
        let wrong: [UInt64] = [world.entry.position.number, 1 << 16, 7, UInt64.max, 99 << 16 | 3]
        for before in wrong {
            let refused = #expect(throws: DomainRefusal.self) {
                try world.ledger.statement(StatementQuery(owner: Self.retired, before: before))
            }
            #expect(refused?.code == .recordUnknown)
        }
    }
}
