import LedgerFormat
import Settlement
import Synchronization

/// Some thousand visits in the memory in which they were recorded, in their order, with what changed meanwhile of these
/// or earlier ones.
///
/// One thread, the sequencer, adds; others read what is published, in a view: rows never move, and a row that was
/// published is never written again (what is taken back is taken back into another chunk).
final class VisitChunk: @unchecked Sendable {
    // Unchecked: rows and parts behind the published ones are the sequencer's alone, those before are never written.

    let capacity: Int
    let partsCapacity: Int
    let rows: UnsafeMutablePointer<VisitRow>
    let parts: UnsafeMutablePointer<VisitPart>
    private let published = Atomic<Int>(0)
    private let changed = Mutex<[VisitChange]>([])

    /// The sequencer's: rows, and parts.
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

    /// Where the parts of the next row go: room for `VisitTerms.partsMax`.
    var nextParts: UnsafeMutablePointer<VisitPart> {
        @inline(__always) get { parts + partCount }
    }

    /// Adds a row whose parts were written to `nextParts`; `partsEnd` is set here.
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

    /// Leaves only the rows and changes of blocks up to `block`; the rest of its memory is not used again.
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

    /// Room for parts that is made for each row: most visits have two.
    static let partsPerRow = 4

    var isEmpty: Bool { count == 0 && changeCount == 0 }
    var changeCount: Int { changed.withLock { $0.count } }

    /// What is in it at one moment: all rows and changes up to one of them.
    func snapshot() -> (count: Int, changes: [VisitChange]) {
        while true {
            let before = published.load(ordering: .acquiring)
            let changes = changed.withLock { $0 }
            // A row that came in between would be missing while a later change is there.
            if published.load(ordering: .acquiring) == before { return (before, changes) }
        }
    }
}
