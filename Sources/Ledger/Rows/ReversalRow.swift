import LedgerFormat
import Records
import Registry
import Settlement

/// A reversal (撤销/冲正) with all its values, as made and as read from the journal.
package final class ReversalEntry {
    package var position = Position.none
    package var reversedAt = Moment(milliseconds: 0)
    package var isDuplicate = false
    /// Position of the reversed settlement.
    package var settlement = Position.none
    package var id = ""
    package var person: UInt64 = 0
    package var institution: UInt32 = 0
    package var year: Int32 = 0
    package var pack: UInt32 = 0
    package var reason = ""
    /// The year's accumulators afterwards, by slot.
    package var yearAfter: [Fen] = []
    /// Total given back to each account (`paid`): the settlement's payment less amounts credited back by adjustments;
    /// and its balance afterwards.
    package var accounts: [SettlementEntry.Account] = []
    /// The settlement's year-end adjustments, taken back along with it (rule G-12).
    package var adjusted = Adjusted()
    package var previousRecord = Position.none

    /// Changes of accumulators by slot of a pack of the archive, in fen.
    package struct YearChange: Equatable, Sendable {
        package var pack: UInt32
        package var amounts: [Fen]
    }

    /// The negated sum of a settlement's adjustments, in fen.
    package struct Adjusted: Equatable, Sendable {
        package var funds: [FundChange] = []
        package var cash: Fen = 0
        /// The cancelled 应退.
        package var recoverable: Fen = 0
        /// Amounts credited to accounts (`paid`) and taken again; entries and balances are in the reversal's accounts.
        package var accounts: [SettlementEntry.Account] = []
        /// Changes of the person's accumulators, for each pack whose slots the adjustments used.
        package var yearChanges: [YearChange] = []
        /// Change of the settlement's burden and part in a recognition (YT-7).
        package var recognition = AdjustmentEntry.RecognitionChange()

        package init() {}

        /// The negated sum of `adjustments`.
        init(_ adjustments: [AdjustmentEntry]) {
            for adjustment in adjustments { add(adjustment) }
        }

        private mutating func add(_ adjustment: AdjustmentEntry) {
            for change in adjustment.funds {
                if let index = funds.firstIndex(where: { $0.fund == change.fund }) {
                    funds[index].amount -= change.amount
                } else {
                    funds.append(FundChange(change.category, change.fund, -change.amount))
                }
            }
            cash -= adjustment.cash
            recoverable -= adjustment.recoverable
            for account in adjustment.accounts where account.paid != 0 {
                if let index = accounts.firstIndex(where: { $0.owner == account.owner }) {
                    accounts[index].paid += account.paid
                } else {
                    accounts.append(account)
                }
            }
            recognition.counted -= adjustment.recognition.counted
            recognition.part -= adjustment.recognition.part
            let index =
                yearChanges.firstIndex { $0.pack == adjustment.pack }
                ?? {
                    yearChanges.append(YearChange(pack: adjustment.pack, amounts: []))
                    return yearChanges.count - 1
                }()
            for (slot, amount) in adjustment.yearChange.enumerated() {
                if slot == yearChanges[index].amounts.count { yearChanges[index].amounts.append(0) }
                yearChanges[index].amounts[slot] -= amount
            }
        }

        package var isNone: Bool { self == Adjusted() }
        package var accountTotal: Fen { accounts.reduce(0) { $0 + $1.paid } }
        /// Rule G-7.
        package var isConserving: Bool {
            funds.reduce(0) { $0 + $1.amount } + cash + recoverable + accountTotal == 0
        }
    }

    package init() {}
}

/// A reversal as a row of the journal.
enum ReversalRow {
    /// Version 1 had no adjustments.
    private static let version: UInt8 = 2
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
        writer.flag(!entry.adjusted.isNone)
        if !entry.adjusted.isNone { write(entry.adjusted, to: &writer) }
    }

    private static func write(_ adjusted: ReversalEntry.Adjusted, to writer: inout ByteWriter) {
        writer.fundChanges(adjusted.funds)
        writer.signed(adjusted.cash)
        writer.signed(adjusted.recoverable)
        writer.accountChanges(adjusted.accounts)
        writer.number(adjusted.yearChanges.count)
        for change in adjusted.yearChanges {
            writer.number(UInt64(change.pack))
            writer.number(change.amounts.count)
            for amount in change.amounts { writer.signed(amount) }
        }
        writer.signed(adjusted.recognition.counted)
        writer.signed(adjusted.recognition.part)
    }

    private static func readAdjusted(
        _ reader: inout ByteReader
    ) throws(DamagedBytes) -> ReversalEntry.Adjusted {
        var adjusted = ReversalEntry.Adjusted()
        adjusted.funds = try reader.fundChanges()
        adjusted.cash = try reader.bookedAmount()
        adjusted.recoverable = try reader.bookedAmount()
        adjusted.accounts = try reader.accountChanges()
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            var change = ReversalEntry.YearChange(pack: try reader.number32(), amounts: [])
            for _ in 0..<(try reader.count(upTo: CalculatorLimit.slotsMax)) {
                change.amounts.append(try reader.bookedAmount())
            }
            adjusted.yearChanges.append(change)
        }
        adjusted.recognition.counted = try reader.bookedAmount()
        adjusted.recognition.part = try reader.bookedAmount()
        return adjusted
    }

    static func read(_ bytes: UnsafeRawBufferPointer, into entry: ReversalEntry) throws(DamagedBytes) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == RowKind.reversal.rawValue else { throw DamagedBytes() }
        let found = try reader.byte()
        guard (1...version).contains(found) else { throw DamagedBytes() }
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
        entry.adjusted = ReversalEntry.Adjusted()
        if found >= 2, try reader.flag() { entry.adjusted = try readAdjusted(&reader) }
        guard reader.isAtEnd else { throw DamagedBytes() }
    }
}
