import Registry
import Settlement

/// A reusable buffer with the columns of one chunk, read from a file or made from rows. Used by one thread.
final class VisitColumns {
    private(set) var head = VisitHead()
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)
    /// Offset of each column in `memory`; nil: not loaded.
    private var offsets: [Int?] = []

    deinit { memory.deallocate() }

    /// Resets the buffer for another chunk, with no column loaded.
    func begin(_ head: VisitHead) {
        self.head = head
        offsets = Array(repeating: nil, count: VisitColumn.allCases.count)
        if memory.count < head.columnBytes {
            memory.deallocate()
            memory = .allocate(byteCount: head.columnBytes + head.columnBytes / 4, alignment: 64)
        }
    }

    func has(_ column: VisitColumn) -> Bool { offsets[column.rawValue] != nil }

    /// Memory for a column, to be filled by the caller.
    func room(_ column: VisitColumn) -> UnsafeMutableRawBufferPointer {
        let offset = head.columnOffset(column)
        offsets[column.rawValue] = offset
        return UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + head.bytes(column)])
    }

    /// All columns as in a file, once every one is filled.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<head.columnBytes]) }

    /// The bytes of a loaded column.
    func bytes(_ column: VisitColumn) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(room(column))
    }

    /// The values of a loaded column, by row.
    func values<Value: BitwiseCopyable>(_ column: VisitColumn, as type: Value.Type) -> UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(room(column).bindMemory(to: type))
    }

    // MARK: Out of rows

    /// Resets the buffer for the first `count` rows of a chunk; `fill` makes the columns.
    func begin(_ chunk: VisitChunk, count: Int, changes: [UInt8]) {
        var head = VisitHead()
        head.rows = count
        head.changeBytes = changes.count
        if count > 0 {
            head.parts = Int(chunk.rows[count - 1].partsEnd)
            head.first = chunk.rows[0].position
            head.last = chunk.rows[count - 1].position
            var (earliest, latest) = (chunk.rows[0].serviceDate, chunk.rows[0].serviceDate)
            for index in 1..<max(1, count) {
                earliest = min(earliest, chunk.rows[index].serviceDate)
                latest = max(latest, chunk.rows[index].serviceDate)
            }
            (head.earliest, head.latest) = (earliest, latest)
        }
        begin(head)
    }

    /// Makes a column from a chunk's rows.
    func fill(_ column: VisitColumn, _ chunk: VisitChunk, changes: [UInt8]) {
        func each<Value: BitwiseCopyable>(_ path: (VisitRow) -> Value) {
            let values = room(column).bindMemory(to: Value.self)
            for index in 0..<head.rows { values.initializeElement(at: index, to: path(chunk.rows[index])) }
        }
        switch column {
        case .serviceDate: each(\.serviceDate)
        case .pack: each(\.pack)
        case .kind: each(\.kind)
        case .level: each(\.level)
        case .disease: each(\.disease)
        case .person: each(\.person)
        case .total: each(\.total)
        case .burden: each(\.burden)
        case .inPolicy: each(\.inPolicy)
        case .borne: each(\.borne)
        case .position: each(\.position)
        case .partsEnd: each(\.partsEnd)
        case .parts: room(column).copyMemory(from: UnsafeRawBufferPointer(start: chunk.parts, count: head.parts * 8))
        case .changes: room(column).copyBytes(from: changes)
        }
    }

    /// Makes all columns and their checksums, to be written at `offset` of a file.
    func complete(_ chunk: VisitChunk, changes: [UInt8], at offset: Int, _ seeds: VisitSeeds) -> VisitHead {
        head.offset = offset
        // Zeros the padding between columns.
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        for column in VisitColumn.allCases {
            fill(column, chunk, changes: changes)
            head.sums[column.rawValue] = Checksum.of(bytes(column), seed: seeds.column(column, at: offset))
        }
        return head
    }
}
