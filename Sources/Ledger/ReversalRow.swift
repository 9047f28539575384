import Registry
import Settlement

/// A reversal (撤销/冲正) with all that is known of it, as it is made and as it is read back.
package final class ReversalEntry {
    package var position = Position.none
    package var reversedAt = Moment(milliseconds: 0)
    package var isDuplicate = false
    /// The settlement that was taken back.
    package var settlement = Position.none
    package var id = ""
    package var person: UInt64 = 0
    package var institution: UInt32 = 0
    package var year: Int32 = 0
    package var pack: UInt32 = 0
    package var reason = ""
    /// The year's accumulators afterwards, by slot.
    package var yearAfter: [Fen] = []
    /// What each account got back (`paid`), and its balance afterwards.
    package var accounts: [SettlementEntry.Account] = []
    package var previousRecord = Position.none

    package init() {}
}

/// A reversal as a row of the journal.
enum ReversalRow {
    private static let version: UInt8 = 1
    /// Longest reason, in bytes.
    static let reasonBytesMax = 256

    static func write(_ entry: ReversalEntry, to writer: inout ByteWriter) {
        writer.byte(RowKind.reversal.rawValue)
        writer.byte(version)
        writer.number(entry.settlement.number)
        writer.text(entry.id)
        writer.number(entry.person)
        writer.number(UInt64(entry.institution))
        writer.signed(Int64(entry.year))
        writer.number(UInt64(entry.pack))
        writer.number(entry.previousRecord.number)
        writer.text(entry.reason)
        writer.number(entry.yearAfter.count)
        for amount in entry.yearAfter { writer.signed(amount) }
        writer.number(entry.accounts.count)
        for account in entry.accounts {
            writer.byte(account.relation)
            writer.number(account.owner)
            writer.number(UInt64(account.paid))
            writer.number(UInt64(account.balanceAfter))
            writer.number(account.previous)
        }
    }

    static func read(_ bytes: UnsafeRawBufferPointer, into entry: ReversalEntry) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == RowKind.reversal.rawValue, try reader.byte() == version else {
            throw DamagedBytes()
        }
        entry.settlement = Position(number: try reader.number())
        entry.id = try reader.text()
        entry.person = try reader.number()
        entry.institution = UInt32(try reader.count(upTo: Int(UInt32.max)))
        guard let year = Int32(exactly: try reader.signed()) else { throw DamagedBytes() }
        entry.year = year
        entry.pack = UInt32(try reader.count(upTo: Int(UInt32.max)))
        entry.previousRecord = Position(number: try reader.number())
        entry.reason = try reader.text()
        entry.yearAfter.removeAll(keepingCapacity: true)
        for _ in 0..<(try reader.count(upTo: CalculatorLimit.slotsMax)) {
            entry.yearAfter.append(try reader.signed())
        }
        entry.accounts.removeAll(keepingCapacity: true)
        for _ in 0..<(try reader.count(upTo: CalculatorLimit.accountsMax)) {
            var account = SettlementEntry.Account()
            account.relation = try reader.byte()
            account.owner = try reader.number()
            account.paid = Fen(try reader.count(upTo: Int.max))
            account.balanceAfter = Fen(try reader.count(upTo: Int.max))
            account.previous = try reader.number()
            entry.accounts.append(account)
        }
        guard reader.isAtEnd else { throw DamagedBytes() }
    }
}
