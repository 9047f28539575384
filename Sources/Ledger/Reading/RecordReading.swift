import LedgerFormat
import Registry

/// Reads records of the journal and the records they refer to, on the sequencer or beside it; the last ones read are in
/// `settlement` and `reversal`.
struct RecordReading<Source: RowSource> {
    let source: Source
    let settlement: SettlementEntry
    let reversal: ReversalEntry

    /// Reads the record at a position in one access.
    @inline(__always)
    func record(_ position: Position) throws(LedgerDamage) -> JournalRecord {
        try source.record(position, settlement, reversal)
    }

    /// Reads a settlement that another record refers to.
    @inline(__always)
    func load(_ position: Position) throws(LedgerDamage) { try source.load(position, into: settlement) }
}

extension Ledger {
    /// A reading of the sequencer's journal that does not overwrite `entry`.
    var reading: RecordReading<Journal> {
        RecordReading(source: journal, settlement: other, reversal: reversal)
    }
}
