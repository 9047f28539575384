import LedgerFormat
import Settlement

/// Compares two ledgers' indexes of visits, visit by visit, independent of their chunks.
///
/// Reads each once; holds a chunk and the changes of each.
extension VisitIndex {
    /// The first difference from another ledger's present index, in words; nil: none.
    ///
    /// - Throws: where a file is damaged.
    package func difference(from other: VisitIndex) throws(DerivedFailure) -> String? {
        try shelf.view().difference(from: other.shelf.view())
    }
}

extension VisitView {
    /// The first difference from another view, in words; nil: none.
    ///
    /// - Throws: where a file is damaged.
    func difference(from other: VisitView) throws(DerivedFailure) -> String? {
        guard count == other.count else { return "\(count) visits, \(other.count) recomputed" }
        var mine = VisitCursor(self)
        var theirs = VisitCursor(other)
        while try mine.next() {
            guard try theirs.next() else { return "it has more visits than were recomputed" }
            guard mine.isSame(as: theirs) else { return "the visit of settlement \(theirs.position) is another" }
        }
        let (changed, recomputed) = (try changes(), try other.changes())
        for (left, right) in zip(changed, recomputed) where left != right {
            return "what changed of settlement \(right.settlement.number) is another"
        }
        guard changed.count == recomputed.count else {
            return "\(changed.count) changes of visits, \(recomputed.count) recomputed"
        }
        return nil
    }
}

/// A cursor over the visits of a view, in order.
private struct VisitCursor {
    private static let wanted = VisitColumn.allCases.filter { $0 != .changes }

    private let chunks: [VisitView.Chunk]
    private let columns = VisitColumns()
    private var nextChunk = 0
    private var row = -1

    init(_ view: VisitView) { chunks = view.chunks }

    /// Position of the visit's settlement.
    var position: UInt64 { columns.values(.position, as: UInt64.self)[row] }

    /// Moves to the next visit; false: there is none.
    mutating func next() throws(DerivedFailure) -> Bool {
        row += 1
        while row >= columns.head.rows {
            guard nextChunk < chunks.count else { return false }
            try chunks[nextChunk].read(Self.wanted, into: columns)
            nextChunk += 1
            row = 0
        }
        return true
    }

    func isSame(as other: VisitCursor) -> Bool {
        for column in VisitColumn.allCases where column.isOfRow {
            let width = column.width
            let mine = columns.bytes(column)[row * width..<(row + 1) * width]
            let theirs = other.columns.bytes(column)[other.row * width..<(other.row + 1) * width]
            guard mine.elementsEqual(theirs) else { return false }
        }
        return parts.elementsEqual(other.parts)
    }

    /// The visit's parts, as in the chunk.
    private var parts: Swift.Slice<UnsafeBufferPointer<UInt64>> {
        let ends = columns.values(.partsEnd, as: UInt32.self)
        return columns.values(.parts, as: UInt64.self)[(row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])]
    }
}

extension VisitColumn {
    /// Whether the column has one value for each visit, independent of its chunk.
    fileprivate var isOfRow: Bool {
        switch self {
        case .partsEnd, .parts, .changes: false
        default: true
        }
    }
}
