import LedgerFormat
import Records
import Registry
import Settlement

/// An adjustment of a settlement by a year-end run (年终调整, rules G-13, I-21); the settlement stays as recorded.
package struct AdjustmentEntry: Equatable, Sendable {
    package var position = Position.none
    package var adjustedAt = Moment(milliseconds: 0)
    /// Number of the year-end run, the same for all its postings.
    package var run: UInt64 = 0
    package var settlement = Position.none
    /// The settlement's id.
    package var id = ""
    package var person: UInt64 = 0
    package var institution: UInt32 = 0
    package var year: Int32 = 0
    /// Number of the pack whose slots `yearChange` uses.
    package var pack: UInt32 = 0
    package var funds: [FundChange] = []
    /// Change of the person's cash, in fen: 0 or less.
    package var cash: Fen = 0
    /// Change of the amount to be recovered from the person (应退), in fen.
    package var recoverable: Fen = 0
    /// Amounts credited back to accounts (`paid`), the one used last first, and their balances afterwards.
    package var accounts: [SettlementEntry.Account] = []
    /// Changes of the person's accumulators, by slot.
    package var yearChange: [Fen] = []
    /// Change of the settlement's burden and part in a recognition (YT-7).
    package var recognition = RecognitionChange()
    /// The reason: "FACT", "YEAR" (the accumulators), or the refusal of the final facts: "NOT_COVERED".
    package var reason = ""
    package var previousRecord = Position.none
    /// The previous adjustment of the same settlement.
    package var previousAdjustment = Position.none

    /// Changes of a settlement's burden and part in a recognition of poverty through illness, in fen.
    package struct RecognitionChange: Equatable, Sendable {
        /// Change of the settlement's burden in W, 0 where it was assisted.
        package var counted: Fen = 0
        /// Change of the part of the recognition that the settlement carries.
        package var part: Fen = 0

        package init() {}

        package var isNone: Bool { counted == 0 && part == 0 }

        static func += (left: inout RecognitionChange, right: RecognitionChange) {
            left.counted += right.counted
            left.part += right.part
        }
    }

    package init() {}

    package var fundTotal: Fen { funds.reduce(0) { $0 + $1.amount } }
    package var accountTotal: Fen { accounts.reduce(0) { $0 + $1.paid } }

    /// Rule G-7: an additional payment by funds lowers another payer's share by the same amount.
    package var isConserving: Bool { fundTotal + cash + recoverable - accountTotal == 0 }
}

/// An adjustment as a row of the journal.
enum AdjustmentRow {
    /// Version 1 had no recognition change, and changed nothing there.
    private static let version: UInt8 = 2

    static func write(_ entry: AdjustmentEntry, to writer: inout ByteWriter) {
        writer.byte(RowKind.adjustment.rawValue)
        writer.byte(version)
        writer.number(entry.run)
        writer.number(entry.settlement.number)
        writer.text(entry.id)
        writer.number(entry.person)
        writer.number(UInt64(entry.institution))
        writer.signed(Int64(entry.year))
        writer.number(UInt64(entry.pack))
        writer.number(entry.previousRecord.number)
        writer.number(entry.previousAdjustment.number)
        writer.text(entry.reason)
        writer.fundChanges(entry.funds)
        writer.signed(entry.cash)
        writer.signed(entry.recoverable)
        writer.accountChanges(entry.accounts)
        writer.number(entry.yearChange.count)
        for amount in entry.yearChange { writer.signed(amount) }
        writer.signed(entry.recognition.counted)
        writer.signed(entry.recognition.part)
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) -> AdjustmentEntry {
        var reader = ByteReader(bytes)
        guard try reader.byte() == RowKind.adjustment.rawValue else { throw DamagedBytes() }
        let found = try reader.byte()
        guard (1...version).contains(found) else { throw DamagedBytes() }
        var entry = AdjustmentEntry()
        entry.run = try reader.number()
        entry.settlement = Position(number: try reader.number())
        entry.id = try reader.bookedText()
        entry.person = try reader.number()
        entry.institution = try reader.number32()
        entry.year = try reader.year()
        entry.pack = try reader.number32()
        entry.previousRecord = Position(number: try reader.number())
        entry.previousAdjustment = Position(number: try reader.number())
        entry.reason = try reader.bookedText()
        entry.funds = try reader.fundChanges()
        entry.cash = try reader.bookedAmount()
        entry.recoverable = try reader.bookedAmount()
        entry.accounts = try reader.accountChanges()
        for _ in 0..<(try reader.count(upTo: CalculatorLimit.slotsMax)) {
            entry.yearChange.append(try reader.bookedAmount())
        }
        if found >= 2 {
            entry.recognition.counted = try reader.bookedAmount()
            entry.recognition.part = try reader.bookedAmount()
        }
        guard reader.isAtEnd else { throw DamagedBytes() }
        return entry
    }
}
