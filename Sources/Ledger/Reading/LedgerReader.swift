import LedgerFormat
import LedgerStore
import Records
import Registry
import Synchronization

/// Why reading beside the sequencer came to no answer.
package enum ReadingFailure: Error {
    case refused(DomainRefusal)
    case damaged(LedgerDamage)
    /// Nobody waits for the answer any more.
    case stopped
}

/// Reads the journal beside the sequencer, for one thread at a time.
///
/// What only the sequencer knows (where a person's year begins, which records an institution made) is taken there as a
/// value in microseconds, and names rows that are durable by the time they are read. So an answer is the one that the
/// sequencer would have given at that moment, and it holds nobody up.
package final class LedgerReader {
    /// Rows after which it looks whether anybody still waits.
    package static let rowsPerCheck = 256
    /// Bytes of blocks that each reader keeps at hand.
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

/// The readers of a ledger: each question takes one, and gives it back with the blocks that it has at hand.
package final class LedgerReaders: Sendable {
    /// Kept between questions.
    private static let keptMax = 2

    private let store: any LedgerStore
    private let kept = Mutex<[Handover]>([])

    /// A reader on its way from one thread to another, neither of which keeps it.
    private struct Handover: @unchecked Sendable {
        let reader: LedgerReader
    }

    package init(_ ledger: Ledger) { store = ledger.store }

    /// Runs `body` with a reader that nobody else has.
    package func read<Value, Failure: Error>(
        _ body: (LedgerReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let reader = kept.withLock { $0.popLast() }?.reader ?? LedgerReader(store)
        defer {
            // Its connection is the store's, which may be closed before the next question.
            reader.rows.letGo()
            let back = Handover(reader: reader)
            kept.withLock { kept in
                if kept.count < Self.keptMax { kept.append(back) }
            }
        }
        return try body(reader)
    }
}
