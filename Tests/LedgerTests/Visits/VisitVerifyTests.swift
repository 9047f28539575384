import Foundation
import Ledger
import LedgerIndex
import LedgerStore
import Policy
import Settlement
import TestSupport
import Testing

/// `ledger verify` compares the index of visits with the one that the journal makes.
@Suite struct `A verification of the index of visits` {
    private static let visitsPerChunk = 16

    /// A closed ledger with some hundred visits in a file, some of them taken back.
    private static func make(_ store: MemoryStore, _ folder: String) throws {
        let world = try World(store: store, directory: folder, visitsPerChunk: visitsPerChunk)
        for number in 0..<120 {
            #expect(try world.settle("v-\(number)", world.outpatient(10_000 + Fen(number))).isNone)
            if number % 7 == 6 { try world.commit() }
        }
        try world.reverse("v-119")
        try world.reverse("v-118")
        try world.commit()
        world.ledger.close()
    }

    private static func verify(_ store: MemoryStore, _ folder: String) throws -> [String] {
        let ledger = try Ledger(
            store: store, library: World.library, clock: TestClock(), directory: folder, access: .reader,
            visitsPerChunk: visitsPerChunk)
        let verifier = try Verifier(store: store, library: World.library)
        #expect(try verifier.verify(through: ledger.lastBlock) { _ in }.isClean)
        return verifier.compare(with: ledger).differences
    }

    @Test func `a sound one is the same wherever its chunks begin, and each turned column is found`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("visits-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = MemoryStore()
        try Self.make(store, folder)
        #expect(try Self.verify(store, folder) == [])
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".vis") })
        let file = URL(fileURLWithPath: folder + "/" + name)
        let sound = try Data(contentsOf: file)
        var random = SeededRandom.printed()
        var found = 0
        let tries = 30
        for _ in 0..<tries {
            var bytes = sound
            bytes[Int.random(in: 0..<sound.count, using: &random)] ^= 16
            try bytes.write(to: file)
            // A head is checked when the file is opened, and made anew then; a column when it is compared.
            if try Self.verify(store, folder).contains(where: { $0.hasPrefix("the index of visits: ") }) { found += 1 }
        }
        #expect(found > tries / 4)
        try sound.write(to: file)
        #expect(try Self.verify(store, folder) == [])
    }

    @Test func `what is appended while it is verified is no difference`() throws {
        let store = MemoryStore()
        let world = try World(store: store)
        try world.settle("before", world.outpatient(100_00))
        try world.commit()
        let seen = try Ledger(
            store: store, library: World.library, clock: TestClock(), directory: nil, access: .reader)
        try world.settle("meanwhile", world.outpatient(100_00))
        try world.commit()
        let verifier = try Verifier(store: store, library: World.library)
        #expect(try verifier.verify(through: seen.lastBlock) { _ in }.settlements == 1)
        #expect(verifier.compare(with: seen).differences == [])
        // The harness finds a state that has more than was recomputed.
        #expect(verifier.compare(with: world.ledger).differences.contains { $0.hasPrefix("the index of visits: 2 visits, 1") })
    }

    @Test func `a ledger that keeps no pack yet, or not the present one, is read and verified as it is`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        try SQLiteStore(path: path, mode: .create).close()
        let before = fileBytes(path)
        let store = try SQLiteStore(path: path, mode: .readOnly)
        let ledger = try Ledger(
            store: store, library: World.library, clock: TestClock(), directory: nil, access: .reader)
        let verifier = try Verifier(store: store, library: World.library)
        #expect(try verifier.verify { _ in }.isClean)
        #expect(verifier.compare(with: ledger).isClean)
        #expect(try store.packs() == [] && fileBytes(path) == before)
    }

    @Test func `a disk with less room than is asked for is warned of`() throws {
        let directory = ScratchFolder()
        let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create)
        #expect(store.diskWarning(lowBytes: .max)?.contains("bytes free, less than \(Int.max)") == true)
        #expect(store.diskWarning(lowBytes: 0) == nil)
    }
}
