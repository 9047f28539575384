import LedgerFormat
import Settlement
import Synchronization

/// A chunk of some thousand visits in memory, in order, with the changes made meanwhile to these or earlier visits.
///
/// The sequencer's thread adds; other threads read published rows in a view. Rows never move, and a published row is
/// never overwritten (a roll-back copies into another chunk).
final class VisitChunk: @unchecked Sendable {
    // Unchecked: only the sequencer accesses rows and parts behind the published ones; published ones are never
    // written.

    let capacity: Int
    let partsCapacity: Int
    let rows: UnsafeMutablePointer<VisitRow>
    let parts: UnsafeMutablePointer<VisitPart>
    private let published = Atomic<Int>(0)
    private let changed = Mutex<[VisitChange]>([])

    /// Number of rows and of parts; accessed by the sequencer only.
    @exclusivity(unchecked) private(set) var count = 0
    @exclusivity(unchecked) private(set) var partCount = 0

    init(capacity: Int, partsCapacity: Int) {
        self.capacity = capacity
        self.partsCapacity = partsCapacity
        rows = .allocate(capacity: capacity)
        parts = .allocate(capacity: partsCapacity)
    }

    deinit {
        rows.deallocate()
        parts.deallocate()
    }

    var isFull: Bool {
        @inline(__always) get { count == capacity || partsCapacity - partCount < VisitTerms.partsMax }
    }

    /// The memory for the next row's parts, with room for `VisitTerms.partsMax`.
    var nextParts: UnsafeMutablePointer<VisitPart> {
        @inline(__always) get { parts + partCount }
    }

    /// Adds a row whose parts are in `nextParts`; sets its `partsEnd`.
    @inline(__always)
    func append(_ row: VisitRow, parts: Int) {
        partCount &+= parts
        var row = row
        row.partsEnd = UInt32(truncatingIfNeeded: partCount)
        (rows + count).initialize(to: row)
        count &+= 1
        published.store(count, ordering: .releasing)
    }

    func append(_ change: VisitChange) { changed.withLock { $0.append(change) } }

    /// Removes the rows and changes of blocks after `block`; their memory is not reused.
    func cut(after block: UInt64) {
        while count > 0, rows[count - 1].block > block { count -= 1 }
        partCount = count == 0 ? 0 : Int(rows[count - 1].partsEnd)
        published.store(count, ordering: .releasing)
        changed.withLock { $0.removeAll { $0.position.block > block } }
    }

    /// A new chunk with the rows and changes of blocks after `first` up to `last`.
    func copy(after first: UInt64, through last: UInt64, room: Int = 0) -> VisitChunk {
        let chunk = VisitChunk(
            capacity: max(capacity, room), partsCapacity: max(partsCapacity, room * Self.partsPerRow))
        for index in 0..<count where rows[index].block > first && rows[index].block <= last {
            let from = index == 0 ? 0 : Int(rows[index - 1].partsEnd)
            let parts = Int(rows[index].partsEnd) - from
            chunk.nextParts.update(from: self.parts + from, count: parts)
            chunk.append(rows[index], parts: parts)
        }
        for change in changed.withLock({ $0 })
        where change.position.block > first && change.position.block <= last { chunk.append(change) }
        return chunk
    }

    /// Parts allocated for each row: most visits have two.
    static let partsPerRow = 4

    var isEmpty: Bool { count == 0 && changeCount == 0 }
    var changeCount: Int { changed.withLock { $0.count } }

    /// A consistent view: the number of rows, and the changes up to the last of them.
    func snapshot() -> (count: Int, changes: [VisitChange]) {
        while true {
            let before = published.load(ordering: .acquiring)
            let changes = changed.withLock { $0 }
            // Retry if a row came in between: it would be missing while a later change is included.
            if published.load(ordering: .acquiring) == before { return (before, changes) }
        }
    }
}
