import Accounts
import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import Testing

@Suite struct `Reversing what a year's end adjusted` {
    @Test func `G-12, I-03: the adjustments are taken back along with the settlement, accounts and accumulators too`() throws {
        let world = try World()
        try `Accounts in the ledger`.run(world, through: 6)
        try world.settle("S1", world.outpatient(500_00))
        let before = try #require(world.ledger.yearAmounts(person: World.retired, year: 2024, region: nil)).amounts
        // The pool pays 1,610 of it, the account 690.
        try world.settle("S2", world.outpatient(2_300_00))
        let held = world.ledger.accounts.balance(of: World.retired) + world.entry.accountTotal
        #expect(try world.adjust("S2", by: 70_00, account: 30_00, run: 7) == .posted)
        #expect(try world.adjust("S2", by: 20_00, account: 20_00, run: 8) == .posted)
        // Taken back last first, as any other.
        #expect(throws: DomainRefusal.self) { try world.reverse("S1") }
        try world.reverse("S2")
        let reversal = world.reversal
        #expect(reversal.adjusted.funds.map(\.amount) == [-90_00] && reversal.adjusted.cash == 40_00)
        #expect(reversal.adjusted.accounts.map(\.paid) == [50_00] && reversal.adjusted.isConserving)
        #expect(world.ledger.accounts.balance(of: World.retired) == held)
        for _ in 0..<2 {
            #expect(world.ledger.yearAmounts(person: World.retired, year: 2024, region: nil)?.amounts == before)
            let (lines, _) = try world.ledger.listYear(person: World.retired, year: 2024, limit: 10)
            #expect(lines.map(\.isReversal) == [false, false, false, false, true])
            // What the funds had paid in the end, and what everybody had borne.
            #expect(lines[4].fundTotal == lines[1].fundTotal + 90_00)
            #expect(lines[4].accountTotal == lines[1].accountTotal - 50_00)
            #expect(lines[4].cash == lines[1].cash - 40_00)
            #expect(try world.differences() == [])
            try world.reopen()
        }
        try world.reverse("S1")
        #expect(try world.differences() == [])
    }

    @Test func `G-12: a reversal of an older ledger, which says nothing of adjustments, still reads`() throws {
        let world = try World()
        try world.settle("S1", world.outpatient(500_00))
        try world.reverse("S1")
        var rows: [[UInt8]] = []
        try JournalScan(store: world.store, end: try world.sealed()).forEach { row in
            if row.kind == .reversal { rows.append([UInt8](row.bytes)) }
        }
        var older = Array(try #require(rows.first).dropLast())
        older[1] = 1
        let read = ReversalEntry()
        read.adjusted.cash = 5
        try older.withUnsafeBytes { try read.read($0) }
        #expect(read.id == "S1" && read.reason == "wrong person" && read.adjusted.isNone)
    }

    @Test func `G-12, G-13: the amount to be recovered is cancelled`() throws {
        let world = try World()
        try world.settle("S1", world.outpatient(500_00))
        #expect(try world.adjust("S1", by: -120_00, run: 7) == .posted)
        try world.reverse("S1")
        #expect(world.reversal.adjusted.recoverable == -120_00)
        let (lines, _) = try world.ledger.listYear(person: World.retired, year: 2024, limit: 10)
        #expect(lines.map(\.recoverable) == [0, 120_00, 120_00])
        try world.commit()
        try world.reopen()
        #expect(try world.standing(of: "S1") == true)
        #expect(world.reversal.adjusted.recoverable == -120_00)
        #expect(try world.differences() == [])
    }
}
