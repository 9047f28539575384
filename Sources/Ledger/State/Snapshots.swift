import Accounts
import Dispatch
import LedgerIndex
import Records
import Registry
import Settlement

/// Writes the state of all persons into a snapshot, some persons at a time, while settlements go on.
///
/// A fuzzy checkpoint: each chunk is as of its own moment, and a replay from the snapshot's start applies to a person
/// only the blocks after the person's chunk. State of no person comes last, in one chunk.
final class SnapshotRun {
    /// Persons of one chunk: some hundred kilobytes, half a millisecond.
    private static let personsPerChunk = 1_000

    private let writer: SnapshotWriter
    private let books: Books
    /// All persons with state as of the start; later persons are made by the replay.
    private let persons: [UInt64]
    /// Owners of accounts; normally registered persons, listed in case one is not.
    private let owners: [UInt64]
    private var next = 0
    private var buffer = ByteWriter(capacity: 1 << 16)

    init(_ writer: SnapshotWriter, _ books: Books) {
        self.writer = writer
        self.books = books
        persons = books.registry.people.numbers
        owners = books.accounts.owners
    }

    /// Writes the next chunk, as of the last sealed block; false: the snapshot is complete or abandoned.
    func step(through sequence: UInt64, numbers: [UInt32]) -> Bool {
        guard writer.progress == .writing else { return false }
        guard writer.hasRoom else { return true }
        buffer.removeAll()
        if next < persons.count + owners.count {
            let chunk = takeChunk()
            buffer.number(chunk.count)
            for person in chunk { Snapshots.write(person, books, numbers, to: &buffer) }
            writer.append(through: sequence, [UInt8](buffer.bytes))
            return true
        }
        Snapshots.writeGlobal(books, to: &buffer)
        writer.finish(through: sequence, global: [UInt8](buffer.bytes))
        return false
    }
}

extension Ledger {
    /// Settlements between two snapshots: bounds the replay of a restart to some seconds.
    package static let settlementsPerSnapshot = 1_000_000

    /// Settlements between two chunks: snapshots take some hundredths of the time, for single claims and for batches.
    private static let settlementsPerChunk = 2_000

    /// Begins a snapshot when one is due, and writes chunks of the one in progress.
    func continueSnapshot() {
        if let run = snapshot {
            let chunks = max(1, (books.settlementCount - settlementsAtChunk) / Self.settlementsPerChunk)
            settlementsAtChunk = books.settlementCount
            let numbers = regions.map(\.number) + books.layouts.unserved.map(\.number)
            for _ in 0..<chunks where snapshot != nil {
                if !run.step(through: journal.lastSealed, numbers: numbers) { snapshot = nil }
            }
        } else if books.settlementCount - settlementsAtSnapshot >= Self.settlementsPerSnapshot {
            beginSnapshot()
        }
    }

    /// Begins a snapshot of the present state; false: one is in progress, or there is no folder.
    @discardableResult
    package func beginSnapshot() -> Bool {
        guard snapshot == nil, let writer = derived.beginSnapshot() else { return false }
        settlementsAtSnapshot = books.settlementCount
        settlementsAtChunk = books.settlementCount
        snapshot = SnapshotRun(writer, books)
        return true
    }

    /// Closes the ledger's derived files without a last snapshot.
    package func abandon() { derived.close() }

    /// Closes the ledger when everything is durable: writes a snapshot, so that opening it again takes a moment.
    ///
    /// - Parameter end: deadline; parts of the snapshot and the indexes not written by then are left out, and the next
    ///   start replays them from the journal. A write in progress is waited for.
    package func close(until end: DispatchTime = .distantFuture) {
        _ = journal.seal()
        queue.commit()
        // Confirms the last durable block.
        _ = journal.seal()
        // A snapshot in progress began earlier: the next start would replay all later blocks.
        snapshot = nil
        derived.abandonSnapshot()
        beginSnapshot()
        while snapshot != nil, DispatchTime.now() < end { continueSnapshot() }
        if snapshot != nil { derived.abandonSnapshot() }
        snapshot = nil
        derived.finish(until: end)
        derived.close()
    }
}

extension SnapshotRun {
    private func takeChunk() -> [UInt64] {
        let first = next
        if first < persons.count {
            next = min(first + Self.personsPerChunk, persons.count)
            return Array(persons[first..<next])
        }
        next = min(first + Self.personsPerChunk, persons.count + owners.count)
        let people = books.registry.people
        return owners[first - persons.count..<next - persons.count].filter { !people.contains($0) }
    }
}

/// The contents of a snapshot.
enum Snapshots {
    /// Version 2 added the areas, 3 the amounts owed, 4 the clock's eras, 5 totals by insurance. An older snapshot is
    /// dropped and the state replayed: its totals cannot be split.
    private static let version: UInt8 = 5

    /// - Parameter numbers: numbers of the regions' present packs, whose slots the years use.
    static func write(_ person: UInt64, _ books: Books, _ numbers: [UInt32], to writer: inout ByteWriter) {
        writer.number(person)
        let isRegistered = books.registry.people.contains(person)
        writer.flag(isRegistered)
        if isRegistered { books.registry.people.encodeSnapshot(of: person, to: &writer) }
        books.registry.filings.encodeSnapshot(of: person, to: &writer)
        let hasAccount = books.accounts.account(of: person) != nil
        writer.flag(hasAccount)
        if hasAccount { books.accounts.encodeSnapshot(of: person, to: &writer) }
        (books.recognitions[person] ?? RecognitionState()).encode(to: &writer)
        let indexes = books.years.indexes(of: person)
        writer.number(indexes.count)
        for yearIndex in indexes {
            books.years.encode(yearIndex, pack: numbers[Int(books.years.years[yearIndex].region)], to: &writer)
        }
    }

    static func writeGlobal(_ books: Books, to writer: inout ByteWriter) {
        writer.byte(version)
        writer.number(books.settlementCount)
        books.registry.areas.encodeSnapshot(to: &writer)
        books.registry.institutions.encodeSnapshot(to: &writer)
        books.registry.filings.encodeSnapshot(to: &writer)
        books.payees.encode(to: &writer)
        books.clockEras.encode(to: &writer)
    }

    static func read(_ reader: SnapshotReader, into books: Books, _ replay: inout Replay) throws {
        while let chunk = try reader.next() {
            try chunk.bytes.withUnsafeBytes { bytes in
                var bytes = ByteReader(bytes)
                if chunk.isGlobal {
                    try readGlobal(&bytes, into: books)
                    replay.global = chunk.through
                } else {
                    for _ in 0..<(try bytes.count(upTo: bytes.left)) {
                        let person = try readPerson(&bytes, into: books)
                        replay.persons[person] = chunk.through
                    }
                }
                guard bytes.isAtEnd else { throw DamagedBytes() }
            }
        }
    }

    private static func readPerson(_ reader: inout ByteReader, into books: Books) throws(DamagedBytes) -> UInt64 {
        let person = try reader.number()
        if try reader.flag() { try books.registry.people.decodeSnapshot(of: person, from: &reader) }
        try books.registry.filings.decodeSnapshot(of: person, from: &reader)
        if try reader.flag() { try books.accounts.decodeSnapshot(of: person, from: &reader) }
        books.setRecognitions(try RecognitionState(from: &reader), of: person)
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            try books.years.decode(person, books.layouts, from: &reader)
        }
        return person
    }

    private static func readGlobal(_ reader: inout ByteReader, into books: Books) throws(DamagedBytes) {
        let found = try reader.byte()
        guard found == version else { throw DamagedBytes() }
        books.setSettlementCount(try reader.count(upTo: Int.max))
        try books.registry.areas.decodeSnapshot(from: &reader)
        try books.registry.institutions.decodeSnapshot(from: &reader)
        try books.registry.filings.decodeSnapshot(from: &reader)
        try books.payees.decode(from: &reader)
        books.clockEras = try ClockEras(from: &reader)
    }
}
