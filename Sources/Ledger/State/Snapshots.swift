import Accounts
import Dispatch
import LedgerIndex
import Records
import Registry
import Settlement

/// Writes the state of all persons into a snapshot, some persons at a time, while settlements go on.
///
/// Each chunk is of its own moment; a replay from the snapshot's start applies to a person only what came after the
/// person's chunk. What belongs to no person comes last, in one piece.
final class SnapshotRun {
    /// Persons of one chunk: some hundred kilobytes, half a millisecond.
    private static let personsPerChunk = 1_000

    private let writer: SnapshotWriter
    private let books: Books
    /// Every person that has any state, as of the start; who comes later is made by the replay.
    private let persons: [UInt64]
    /// Owners of accounts, who are registered persons too; here in case one is not.
    private let owners: [UInt64]
    private var next = 0
    private var buffer = ByteWriter(capacity: 1 << 16)

    init(_ writer: SnapshotWriter, _ books: Books) {
        self.writer = writer
        self.books = books
        persons = books.registry.people.numbers
        owners = books.accounts.owners
    }

    /// Writes the next chunk, as of the last sealed block; false: the snapshot is handed over or given up.
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
    /// Settlements after which a new snapshot is written: what a restart replays at most, some seconds.
    package static let settlementsPerSnapshot = 1_000_000

    /// A chunk of persons is written for so many settlements: some hundredths of the time, whether they come one by
    /// one or in large batches.
    private static let settlementsPerChunk = 2_000

    /// Begins a snapshot when it is time, and writes pieces of the one that is under way.
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

    /// Begins a snapshot of the present state; false: one is being written, or there is nowhere to write it.
    @discardableResult
    package func beginSnapshot() -> Bool {
        guard snapshot == nil, let writer = derived.beginSnapshot() else { return false }
        settlementsAtSnapshot = books.settlementCount
        settlementsAtChunk = books.settlementCount
        snapshot = SnapshotRun(writer, books)
        return true
    }

    /// Lets go of the ledger's files as they are, without a last snapshot.
    package func abandon() { derived.close() }

    /// Closes the ledger when everything is durable: writes a snapshot, so that opening it again takes a moment.
    ///
    /// - Parameter end: what is not written by then of the snapshot and the indexes is left out, because the journal
    ///   has it: the next start reads that. What is being written at that moment is waited for.
    package func close(until end: DispatchTime = .distantFuture) {
        _ = journal.seal()
        queue.commit()
        // Sees that the last block is durable.
        _ = journal.seal()
        // One that is under way began earlier: the next start would replay what came since.
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

/// What is in a snapshot.
enum Snapshots {
    /// 2 has the areas, 3 who is owed what, 4 when the clock was accepted, 5 totals by insurance. An older one is made
    /// anew from the journal: what it added up cannot be taken apart.
    private static let version: UInt8 = 5

    /// - Parameter numbers: of the regions' present packs, whose slots the years are in.
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
