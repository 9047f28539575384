import LedgerFormat
import Records
import Registry
import Settlement

/// A difference that a year-end run booked on a settlement (年终调整, rules G-13, I-21); the settlement itself stays as
/// it was recorded.
package struct AdjustmentEntry: Equatable, Sendable {
    package var position = Position.none
    package var adjustedAt = Moment(milliseconds: 0)
    /// Number of the run that found it: the same for everything that one run posts.
    package var run: UInt64 = 0
    package var settlement = Position.none
    /// The settlement's id.
    package var id = ""
    package var person: UInt64 = 0
    package var institution: UInt32 = 0
    package var year: Int32 = 0
    /// Number of the pack whose slots `yearChange` is in.
    package var pack: UInt32 = 0
    package var funds: [FundChange] = []
    /// Change of what the person bears in cash, in fen: 0 or less.
    package var cash: Fen = 0
    /// Change of what is to be recovered from the person (应退), in fen.
    package var recoverable: Fen = 0
    /// What accounts got back (`paid`), the one used last first, and their balances afterwards.
    package var accounts: [SettlementEntry.Account] = []
    /// What the person's accumulators change by, by slot.
    package var yearChange: [Fen] = []
    /// What it changes of the settlement's place in a recognition (YT-7).
    package var recognition = RecognitionChange()
    /// Why: "FACT", "YEAR" (the accumulators), or the refusal of the final facts: "NOT_COVERED".
    package var reason = ""
    package var previousRecord = Position.none
    /// The adjustment of the same settlement before this one.
    package var previousAdjustment = Position.none

    /// What a recognition of poverty through illness counts of the settlement, and pays with it: changes, in fen.
    package struct RecognitionChange: Equatable, Sendable {
        /// Of W: the settlement's burden, 0 where it was assisted.
        package var counted: Fen = 0
        /// Of the part of the recognition that the settlement carries.
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

    /// What the funds pay more, somebody else bears less (rule G-7).
    package var isConserving: Bool { fundTotal + cash + recoverable - accountTotal == 0 }
}

/// An adjustment as a row of the journal.
enum AdjustmentRow {
    /// 1 did not say what changes for a recognition, and changed nothing there.
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
