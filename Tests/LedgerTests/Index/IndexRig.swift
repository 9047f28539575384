import Foundation
import LedgerIndex
import Population
import TestSupport

/// Blocks of index entries, kept as the journal would keep them: the truth that indexes are compared with.
final class IndexJournal {
    struct Block {
        var ids: [IndexEntry]
        var institutions: [IndexEntry]
        var mark: UInt64
    }

    /// Block 1 is the first; those after `durable` may be taken back.
    var blocks: [Block] = []
    var durable = 0

    var last: UInt64 { UInt64(blocks.count) }
    func mark(_ block: UInt64) -> UInt64? {
        block >= 1 && block <= UInt64(durable) ? blocks[Int(block) - 1].mark : nil
    }

    var asked: DerivedFiles.Journal {
        DerivedFiles.Journal(last: { UInt64(self.durable) }, mark: { self.mark($0) })
    }

    func entries(_ kind: IndexKind) -> [IndexEntry] {
        blocks.flatMap { kind == .ids ? $0.ids : $0.institutions }
    }

    /// By key, the newest of a key first.
    func ordered(_ kind: IndexKind) -> [IndexEntry] {
        let numbered = entries(kind).enumerated().map { (entry: $0.element, place: $0.offset) }
        return numbered.sorted { a, b in
            a.entry.key != b.entry.key ? a.entry.key < b.entry.key : a.place > b.place
        }.map(\.entry)
    }

    func values(_ kind: IndexKind) -> [IndexKey: [UInt64]] {
        var values: [IndexKey: [UInt64]] = [:]
        for entry in entries(kind).reversed() { values[entry.key, default: []].append(entry.value) }
        return values
    }
}

/// The path of a folder of its own, which whoever writes there first makes; it goes when nobody holds this any more.
final class IndexFolder {
    private let scratch = ScratchFolder()
    let path: String

    init() { path = scratch.file("index") }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path + "/" + name))) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
    }

    func copy() throws -> IndexFolder {
        let copy = IndexFolder()
        try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        return copy
    }
}

/// Settings in which a few thousand entries make many runs.
func smallIndexes(tableEntries: Int, fanIn: Int = 4) -> (IndexKind) -> RunSettings {
    { kind in
        var settings = RunSettings(tableEntries: tableEntries, bloomBitsPerEntry: kind == .ids ? 10 : 0)
        settings.fanIn = fanIn
        return settings
    }
}

extension DerivedFiles {
    /// Inserts, seals and confirms the blocks after `replayStart`, as a ledger does when it starts.
    func replay(_ journal: IndexJournal) {
        for number in Int(replayStart)..<max(Int(replayStart), journal.durable) {
            add(journal.blocks[number], number: UInt64(number + 1))
            confirm(UInt64(number + 1), mark: journal.blocks[number].mark)
        }
    }

    func add(_ block: IndexJournal.Block, number: UInt64) {
        for entry in block.ids { ids.insert(entry) }
        for entry in block.institutions { institutions.insert(entry) }
        seal(number)
    }

    func index(_ kind: IndexKind) -> SortedRunIndex { kind == .ids ? ids : institutions }
}

extension SortedRunIndex {
    func values(_ key: IndexKey) throws(DerivedFailure) -> [UInt64] {
        var values: [UInt64] = []
        try find(high: key.high, low: key.low) {
            values.append($0)
            return true
        }
        return values
    }

    func all(
        from first: IndexKey = IndexKey(high: 0, low: 0), to last: IndexKey = IndexKey(high: .max, low: .max)
    ) throws(DerivedFailure) -> [IndexEntry] {
        var entries: [IndexEntry] = []
        try scan(from: first, to: last) {
            entries.append($0)
            return true
        }
        return entries
    }
}

extension RandomStream {
    /// A key of a small space, so that keys have several values.
    mutating func key(of space: Int64) -> IndexKey {
        IndexKey(high: UInt64(below(space)), low: UInt64(below(3)))
    }

    mutating func block(entries: Int64, space: Int64) -> IndexJournal.Block {
        func some(_ stream: inout RandomStream) -> [IndexEntry] {
            (0..<stream.within(0...entries)).map { _ in
                let key = stream.key(of: space)
                return IndexEntry(high: key.high, low: key.low, value: stream.next())
            }
        }
        let ids = some(&self)
        return IndexJournal.Block(ids: ids, institutions: some(&self), mark: next())
    }

    static func fresh() -> (stream: RandomStream, seed: UInt64) {
        let seed = UInt64.random(in: 1...UInt64(UInt32.max))
        return (RandomStream(seed: seed), seed)
    }
}
