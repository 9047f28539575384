import Registry
import Settlement

/// A difference that a year-end run booked on a settlement (年终调整, rules G-13, I-21); the settlement itself stays as
/// it was recorded.
package struct AdjustmentEntry: Equatable, Sendable {
    /// What one fund of the pack pays more (positive) or less, in fen.
    package struct FundChange: Equatable, Sendable {
        package var category: FundCategory
        /// The pack's id of the fund: "large_amount".
        package var fund: String
        package var amount: Fen

        package init(_ category: FundCategory, _ fund: String, _ amount: Fen) {
            self.category = category
            self.fund = fund
            self.amount = amount
        }
    }

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
    /// Why: "FACT", "YEAR" (the accumulators), or the refusal of the final facts: "NOT_COVERED".
    package var reason = ""
    package var previousRecord = Position.none
    /// The adjustment of the same settlement before this one.
    package var previousAdjustment = Position.none

    package init() {}

    package var fundTotal: Fen { funds.reduce(0) { $0 + $1.amount } }
    package var accountTotal: Fen { accounts.reduce(0) { $0 + $1.paid } }

    /// What the funds pay more, somebody else bears less (rule G-7).
    package var isConserving: Bool { fundTotal + cash + recoverable - accountTotal == 0 }
}

/// An adjustment as a row of the journal.
enum AdjustmentRow {
    private static let version: UInt8 = 1
    /// Funds of one adjustment: those of the old pack and of the new one.
    static let fundsMax = 64
    /// Longest reason and fund, in bytes.
    static let textBytesMax = 256

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
        writer.number(entry.funds.count)
        for change in entry.funds {
            writer.byte(change.category.rawValue)
            writer.text(change.fund)
            writer.signed(change.amount)
        }
        writer.signed(entry.cash)
        writer.signed(entry.recoverable)
        writer.number(entry.accounts.count)
        for account in entry.accounts {
            writer.byte(account.relation)
            writer.number(account.owner)
            writer.number(UInt64(account.paid))
            writer.signed(account.balanceAfter)
            writer.number(account.previous)
        }
        writer.number(entry.yearChange.count)
        for amount in entry.yearChange { writer.signed(amount) }
    }

    static func read(_ bytes: UnsafeRawBufferPointer) throws(DamagedBytes) -> AdjustmentEntry {
        var reader = ByteReader(bytes)
        guard try reader.byte() == RowKind.adjustment.rawValue, try reader.byte() == version else {
            throw DamagedBytes()
        }
        var entry = AdjustmentEntry()
        entry.run = try reader.number()
        entry.settlement = Position(number: try reader.number())
        entry.id = try text(&reader)
        entry.person = try reader.number()
        entry.institution = UInt32(try reader.count(upTo: Int(UInt32.max)))
        guard let year = Int32(exactly: try reader.signed()) else { throw DamagedBytes() }
        entry.year = year
        entry.pack = UInt32(try reader.count(upTo: Int(UInt32.max)))
        entry.previousRecord = Position(number: try reader.number())
        entry.previousAdjustment = Position(number: try reader.number())
        entry.reason = try text(&reader)
        for _ in 0..<(try reader.count(upTo: fundsMax)) {
            guard let category = FundCategory(rawValue: try reader.byte()) else { throw DamagedBytes() }
            entry.funds.append(AdjustmentEntry.FundChange(category, try text(&reader), try amount(&reader)))
        }
        entry.cash = try amount(&reader)
        entry.recoverable = try amount(&reader)
        for _ in 0..<(try reader.count(upTo: CalculatorLimit.accountsMax)) {
            var account = SettlementEntry.Account()
            account.relation = try reader.byte()
            account.owner = try reader.number()
            account.paid = Fen(try reader.count(upTo: Int(AmountLimit.accumulatorMax)))
            account.balanceAfter = try reader.signed()
            account.previous = try reader.number()
            entry.accounts.append(account)
        }
        for _ in 0..<(try reader.count(upTo: CalculatorLimit.slotsMax)) {
            entry.yearChange.append(try amount(&reader))
        }
        guard reader.isAtEnd else { throw DamagedBytes() }
        return entry
    }

    private static func text(_ reader: inout ByteReader) throws(DamagedBytes) -> String {
        let text = try reader.text()
        guard text.utf8.count <= textBytesMax else { throw DamagedBytes() }
        return text
    }

    /// Bounded, so that no sum of a row's amounts overflows.
    private static func amount(_ reader: inout ByteReader) throws(DamagedBytes) -> Fen {
        let amount = try reader.signed()
        guard amount.magnitude <= UInt64(AmountLimit.accumulatorMax) else { throw DamagedBytes() }
        return amount
    }
}
