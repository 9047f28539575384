import LedgerFormat
import Registry

/// Reads records of the journal and what they refer to, on the sequencer or beside it; what it reads last is in
/// `settlement` and `reversal`.
struct RecordReading<Source: RowSource> {
    let source: Source
    let settlement: SettlementEntry
    let reversal: ReversalEntry

    /// Reads what stands at a position, in one look.
    @inline(__always)
    func record(_ position: Position) throws(LedgerDamage) -> JournalRecord {
        try source.record(position, settlement, reversal)
    }

    /// Reads a settlement that another record refers to.
    @inline(__always)
    func load(_ position: Position) throws(LedgerDamage) { try source.load(position, into: settlement) }
}

extension Ledger {
    /// Reads the sequencer's journal; leaves `entry` alone.
    var reading: RecordReading<Journal> {
        RecordReading(source: journal, settlement: other, reversal: reversal)
    }
}
