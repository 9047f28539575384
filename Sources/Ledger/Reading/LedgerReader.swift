import LedgerFormat
import LedgerStore
import Records
import Registry
import Synchronization

/// Failure of a read beside the sequencer.
package enum ReadingFailure: Error {
    case refused(DomainRefusal)
    case damaged(LedgerDamage)
    /// The caller no longer waits for the answer.
    case stopped
}

/// Reads the journal on a thread beside the sequencer; used by one thread at a time.
///
/// State known only to the sequencer (the last record of a person's year, the positions of an institution's records) is
/// copied there within microseconds, and names rows that are durable by the time they are read. So an answer equals the
/// sequencer's at that moment, and does not block it.
package final class LedgerReader {
    /// Rows between two checks whether the caller still waits.
    package static let rowsPerCheck = 256
    /// Bytes of blocks that each reader caches.
    static let cachedBytesMax = 8 << 20

    let rows: RowReader
    let reading: RecordReading<RowReader>

    fileprivate init(_ store: any LedgerStore) {
        rows = RowReader(cachedBytesMax: Self.cachedBytesMax) { () throws(StoreFailure) in try store.ownReader() }
        reading = RecordReading(source: rows, settlement: SettlementEntry(), reversal: ReversalEntry())
    }

    /// Reads the settlement at a position; valid until the next is read.
    package func settlement(at position: Position) throws(ReadingFailure) -> SettlementEntry {
        do throws(LedgerDamage) { try reading.load(position) } catch { throw .damaged(error) }
        return reading.settlement
    }
}

/// A pool of a ledger's readers: each read takes one, and returns it with its cached blocks.
package final class LedgerReaders: Sendable {
    /// Idle readers kept in the pool.
    private static let keptMax = 2

    private let store: any LedgerStore
    private let kept = Mutex<[Handover]>([])

    /// A reader handed from one thread to another; only one of them holds it.
    private struct Handover: @unchecked Sendable {
        let reader: LedgerReader
    }

    package init(_ ledger: Ledger) { store = ledger.store }

    /// Runs `body` with exclusive use of a reader.
    package func read<Value, Failure: Error>(
        _ body: (LedgerReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let reader = kept.withLock { $0.popLast() }?.reader ?? LedgerReader(store)
        defer {
            // The connection belongs to the store, which may be closed before the next read.
            reader.rows.letGo()
            let back = Handover(reader: reader)
            kept.withLock { kept in
                if kept.count < Self.keptMax { kept.append(back) }
            }
        }
        return try body(reader)
    }
}
