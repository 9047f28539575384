import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `Coding of adjustments` {
    private static func random(_ random: inout SeededRandom) -> AdjustmentEntry {
        var entry = AdjustmentEntry()
        entry.run = random.next()
        entry.settlement = Position(number: random.next() >> 8)
        entry.id = "id\(random.next())"
        entry.person = random.next()
        entry.institution = UInt32.random(in: 0...UInt32.max, using: &random)
        entry.year = Int32.random(in: 1900...2999, using: &random)
        entry.pack = UInt32.random(in: 1...9, using: &random)
        func amount() -> Fen { Fen.random(in: -1_000_000_000_000_000...1_000_000_000_000_000, using: &random) }
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let category = FundCategory.allCases.randomElement(using: &random) ?? .pool
            entry.funds.append(FundChange(category, "fund\(entry.funds.count)", amount()))
        }
        entry.cash = amount()
        entry.recoverable = amount()
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            var account = SettlementEntry.Account()
            account.owner = random.next()
            account.relation = UInt8.random(in: 0...3, using: &random)
            account.paid = abs(amount())
            account.balanceAfter = amount()
            account.previous = random.next()
            entry.accounts.append(account)
        }
        entry.yearChange = (0..<Int.random(in: 0...32, using: &random)).map { _ in amount() }
        entry.reason = ["FACT", "YEAR", "NOT_COVERED", ""].randomElement(using: &random) ?? ""
        entry.previousRecord = Position(number: random.next() >> 8)
        entry.previousAdjustment = Position(number: random.next() >> 8)
        entry.recognition.counted = amount()
        entry.recognition.part = amount()
        return entry
    }

    private static func bytes(_ entry: AdjustmentEntry) -> [UInt8] {
        var writer = ByteWriter()
        entry.write(to: &writer)
        return [UInt8](writer.bytes)
    }

    @Test func `G-13: a row reads back as it was written`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<2_000 {
            let entry = Self.random(&random)
            let read = try Self.bytes(entry).withUnsafeBytes { try AdjustmentEntry(row: $0) }
            #expect(read == entry)
        }
    }

    @Test func `G-13: a row of an older ledger, which says nothing of recognitions, still reads`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<200 {
            var entry = Self.random(&random)
            entry.recognition = AdjustmentEntry.RecognitionChange()
            var older = Array(Self.bytes(entry).dropLast(2))
            older[1] = 1
            #expect(try older.withUnsafeBytes { try AdjustmentEntry(row: $0) } == entry)
        }
    }

    @Test func `a row that is cut short or garbled is refused, or is another row, and never ends the process`() {
        var random = SeededRandom.printed()
        for _ in 0..<200 {
            let bytes = Self.bytes(Self.random(&random))
            for count in bytes.indices {
                #expect(throws: DamagedBytes.self) {
                    try bytes[..<count].withUnsafeBytes { try AdjustmentEntry(row: $0) }
                }
            }
            for _ in 0..<50 {
                var garbled = bytes
                let place = Int.random(in: 2..<garbled.count, using: &random)
                garbled[place] = UInt8.random(in: 0...255, using: &random)
                let read = garbled.withUnsafeBytes { try? AdjustmentEntry(row: $0) }
                // What reads is whole: it can be written and added up.
                if let read { #expect(read.fundTotal &+ read.accountTotal == read.fundTotal + read.accountTotal) }
            }
        }
    }
}
