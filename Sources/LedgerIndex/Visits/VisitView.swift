import LedgerFormat
import Records
import Registry
import Settlement

/// The visits of a ledger up to one moment: what is added later is not in it. Any thread may read it, several at once.
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

    /// A chunk as it is walked over: where its columns come from.
    fileprivate enum Source {
        case file(VisitFile, VisitHead)
        case memory(Memory)
    }

    private var sources: [Source] {
        files.flatMap { file in file.heads.map { .file(file.file, $0) } } + memory.map { .memory($0) }
    }

    /// Hands over every chunk that may have a service date of `days`, with what changed later of its visits by the
    /// settlement's position; `columns` are there, and those that `load` asks for.
    ///
    /// - Throws: where a file is damaged; what `body` was given before is right. The shelf knows of it then.
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

    /// Everything that changed in some chunks, by the settlement's position, and of one in the order of changing.
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

    /// One chunk, to be read whenever it is its turn.
    struct Chunk {
        fileprivate let source: Source

        /// Begins `columns` with this chunk and brings those that are wanted.
        func read(_ wanted: [VisitColumn], into columns: VisitColumns) throws(DerivedFailure) {
            let load = Load(source: source, columns: columns)
            load.begin()
            try load(wanted)
        }
    }

    /// All of them, the oldest first.
    var chunks: [Chunk] { sources.map { Chunk(source: $0) } }

    /// Everything that changed, by the settlement's position, and of one in the order of changing.
    func changes() throws(DerivedFailure) -> [VisitChange] { try Self.changes(sources[...]) }

    /// Brings columns of the chunk at hand.
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
    /// Those of a chunk's settlements; the array is in their order.
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
