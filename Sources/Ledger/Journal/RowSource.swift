import Accounts
import LedgerFormat
import Records
import Registry

/// A source of journal rows by position, for one thread: the journal itself on the sequencer, a `RowReader` on other
/// threads.
protocol RowSource: AnyObject {
    /// Calls `body` with a row and its block's time; the bytes are valid only during the call.
    func read<Value>(
        _ position: Position, _ body: (UnsafeRawBufferPointer, Moment) throws(LedgerDamage) -> Value
    ) throws(LedgerDamage) -> Value

    /// In whose name the row at a position was recorded; nil: nobody is named.
    ///
    /// Looks at the rows of its block back to where that is said: some nanoseconds each.
    func origin(of position: Position) throws(LedgerDamage) -> RecordOrigin?
}

extension Position {
    /// The origin of the row here, by the rows of its block.
    func origin(_ row: (Int) -> UnsafeRawBufferPointer?) throws(LedgerDamage) -> RecordOrigin? {
        do throws(DamagedBytes) { return try OriginRow.origin(ofRow: self.row, row) } catch {
            throw .row(self, "is recorded in a name that cannot be read")
        }
    }
}

/// The record at a position.
enum JournalRecord {
    /// A settlement, read into the caller's entry.
    case settlement
    case reversal
    case booked(BookedRow)
    case accounts(AccountRow)
    /// A recognition's payment of an older ledger, which has no entry of its own.
    case earlierRecognition(RecognitionPayment)
    /// A row of no single claim or account.
    case other
}

extension RowSource {
    /// Reads the record at a position in one access: a settlement into `settlement`, a reversal into `reversal`.
    @inline(__always)
    func record(
        _ position: Position, _ settlement: SettlementEntry, _ reversal: ReversalEntry
    ) throws(LedgerDamage) -> JournalRecord {
        try read(position) { row, time throws(LedgerDamage) in
            do throws(DamagedBytes) {
                switch row.first.flatMap(RowKind.init) {
                case .settlement:
                    try settlement.read(row, at: position, time)
                    return .settlement
                case .reversal:
                    try reversal.read(row, at: position, time)
                    return .reversal
                case .adjustment, .secondRound, .recognitionPayment:
                    return try BookedRow(row, at: position, time: time).map(JournalRecord.booked) ?? .other
                case .accounts: return .accounts(try AccountRow(row, at: position, time))
                case .recognition:
                    guard var payment = try RecognitionPayment(earlier: row) else { return .other }
                    payment.position = position
                    payment.paidAt = time
                    return .earlierRecognition(payment)
                default: return .other
                }
            } catch { throw LedgerDamage.row(position, "cannot be read") }
        }
    }

    /// Reads the settlement at a position.
    @inline(__always)
    func load(_ position: Position, into entry: SettlementEntry) throws(LedgerDamage) {
        try read(position) { row, time throws(LedgerDamage) in
            do throws(DamagedBytes) { try entry.read(row, at: position, time) } catch {
                throw LedgerDamage.row(position, "is no settlement")
            }
        }
    }

    /// Reads the reversal at a position.
    func load(_ position: Position, into reversal: ReversalEntry) throws(LedgerDamage) {
        try read(position) { row, time throws(LedgerDamage) in
            do throws(DamagedBytes) { try reversal.read(row, at: position, time) } catch {
                throw LedgerDamage.row(position, "is no reversal")
            }
        }
    }

    /// The booking at a position; nil for a row of another kind.
    func booked(_ position: Position) throws(LedgerDamage) -> BookedRow? {
        try read(position) { row, time throws(LedgerDamage) in
            do throws(DamagedBytes) { return try BookedRow(row, at: position, time: time) } catch {
                throw LedgerDamage.row(position, "cannot be read")
            }
        }
    }

    /// The row of accounts at a position.
    func accounts(_ position: Position) throws(LedgerDamage) -> AccountRow {
        try read(position) { row, time throws(LedgerDamage) in
            do throws(DamagedBytes) { return try AccountRow(row, at: position, time) } catch {
                throw LedgerDamage.row(position, "is no row of accounts")
            }
        }
    }
}

extension SettlementEntry {
    @inline(__always)
    fileprivate func read(
        _ row: UnsafeRawBufferPointer, at position: Position, _ time: Moment
    ) throws(DamagedBytes) {
        try SettlementRow.read(row, into: self)
        self.position = position
        settledAt = time
    }
}

extension ReversalEntry {
    fileprivate func read(
        _ row: UnsafeRawBufferPointer, at position: Position, _ time: Moment
    ) throws(DamagedBytes) {
        try ReversalRow.read(row, into: self)
        self.position = position
        reversedAt = time
        isDuplicate = false
    }
}

extension AccountRow {
    init(_ row: UnsafeRawBufferPointer, at position: Position, _ time: Moment) throws(DamagedBytes) {
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.accounts.rawValue else { throw DamagedBytes() }
        var events: [AccountEvent] = []
        for _ in 0..<(try reader.count(upTo: row.count)) { events.append(try AccountEvent(from: &reader)) }
        self.init(position: position.number, recorded: time, events: events)
    }
}
