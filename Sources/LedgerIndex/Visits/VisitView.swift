import LedgerFormat
import Records
import Registry
import Settlement

/// A point-in-time view of a ledger's visits; several threads may read it at once.
struct VisitView: Sendable {
    struct Memory: Sendable {
        var chunk: VisitChunk
        var count: Int
        var changes: [VisitChange]
    }

    let shelf: VisitShelf
    let generation: UInt64
    let files: [(file: VisitFile, heads: [VisitHead])]
    let memory: [Memory]

    var count: Int {
        files.reduce(memory.reduce(0) { $0 + $1.count }) { $0 + $1.heads.reduce(0) { $0 + $1.rows } }
    }

    /// The source of a chunk's columns.
    fileprivate enum Source {
        case file(VisitFile, VisitHead)
        case memory(Memory)
    }

    private var sources: [Source] {
        files.flatMap { file in file.heads.map { .file(file.file, $0) } } + memory.map { .memory($0) }
    }

    /// Calls `body` with every chunk whose service dates overlap `days`, and with the later changes of its visits,
    /// ordered by the settlement's position. `columns` are loaded; `load` loads further ones.
    ///
    /// - Throws: where a file is damaged, which is recorded in the shelf; chunks passed to `body` before are right.
    func forEachChunk(
        _ days: DateRange, _ wanted: [VisitColumn],
        _ body: (_ columns: VisitColumns, _ changes: ArraySlice<VisitChange>, _ load: Load) throws(DerivedFailure) ->
            Bool
    ) throws(DerivedFailure) {
        do throws(DerivedFailure) {
            let columns = VisitColumns()
            let sources = sources
            var changes: [VisitChange]?
            for (number, source) in sources.enumerated() {
                let load = Load(source: source, columns: columns)
                load.begin()
                guard columns.head.rows > 0, columns.head.overlaps(days) else { continue }
                if changes == nil { changes = try Self.changes(sources[number...]) }
                try load(wanted)
                guard try body(columns, (changes ?? [])[of: columns.head], load) else { return }
            }
        } catch {
            shelf.report(error, generation: generation)
            throw error
        }
    }

    /// The changes in some chunks, ordered by the settlement's position, then by their own.
    private static func changes(_ sources: ArraySlice<Source>) throws(DerivedFailure) -> [VisitChange] {
        let columns = VisitColumns()
        var changes: [VisitChange] = []
        for source in sources {
            switch source {
            case .memory(let memory): changes += memory.changes
            case .file(let file, let head):
                guard head.changeBytes > 0 else { continue }
                columns.begin(head)
                try file.read([.changes], into: columns)
                var reader = ByteReader(columns.bytes(.changes))
                do throws(DamagedBytes) {
                    while !reader.isAtEnd { changes.append(try VisitChange(from: &reader)) }
                } catch {
                    throw DerivedFailure(file: file.name, reason: "a change at byte \(head.offset) cannot be read")
                }
            }
        }
        changes.sort { ($0.settlement, $0.position) < ($1.settlement, $1.position) }
        return changes
    }

    /// One chunk, read on demand.
    struct Chunk {
        fileprivate let source: Source

        /// Resets `columns` for this chunk and loads the wanted ones.
        func read(_ wanted: [VisitColumn], into columns: VisitColumns) throws(DerivedFailure) {
            let load = Load(source: source, columns: columns)
            load.begin()
            try load(wanted)
        }
    }

    /// All chunks, the oldest first.
    var chunks: [Chunk] { sources.map { Chunk(source: $0) } }

    /// All changes, ordered by the settlement's position, then by their own.
    func changes() throws(DerivedFailure) -> [VisitChange] { try Self.changes(sources[...]) }

    /// Loads further columns of the current chunk.
    struct Load {
        fileprivate let source: Source
        fileprivate let columns: VisitColumns

        fileprivate func begin() {
            switch source {
            case .file(_, let head): columns.begin(head)
            case .memory(let memory): columns.begin(memory.chunk, count: memory.count, changes: [])
            }
        }

        func callAsFunction(_ wanted: [VisitColumn]) throws(DerivedFailure) {
            switch source {
            case .file(let file, _): try file.read(wanted, into: columns)
            case .memory(let memory):
                for column in wanted where !columns.has(column) { columns.fill(column, memory.chunk, changes: []) }
            }
        }
    }
}

extension VisitHead {
    fileprivate func overlaps(_ days: DateRange) -> Bool { days.overlaps(DateRange(from: earliest, until: latest)) }
}

extension [VisitChange] {
    /// The changes of a chunk's settlements; the array is ordered by settlement.
    fileprivate subscript(of head: VisitHead) -> ArraySlice<VisitChange> {
        func firstIndex(_ isBefore: (UInt64) -> Bool) -> Int {
            var (low, high) = (0, count)
            while low < high {
                let middle = (low + high) / 2
                if isBefore(self[middle].settlement.number) { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let first = firstIndex { $0 < head.first }
        return self[first..<Swift.max(first, firstIndex { $0 <= head.last })]
    }
}
