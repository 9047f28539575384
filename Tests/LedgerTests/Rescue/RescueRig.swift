import Foundation
import Ledger
import LedgerStore
import Settlement
import TestSupport
import Testing

/// A ledger with one settlement a block, as a kill leaves it: the first four are in the main file, the others in the
/// log.
struct RescueRig {
    static let settled = (1...9).map { "rescued-\($0)" }
    private static let inMainFile = 4

    let directory = ScratchFolder(inMemory: true)
    /// Main file, log and witness, by `LedgerFiles.suffixes`.
    let sound: [[UInt8]?]
    /// The log's size when so many of the settlements were acknowledged, from the first in the log on.
    let logSizes: [(settlements: Int, bytes: Int)]
    let packs: [KeptPack]

    init() throws {
        let path = directory.file("made.db")
        var store = try SQLiteStore(path: path, mode: .create)
        var world = try World(store: store)
        for id in Self.settled.prefix(Self.inMainFile) { try Self.settle(id, world) }
        store.close()
        store = try SQLiteStore(path: path, mode: .open)
        world = try World(store: store)
        var sizes: [(Int, Int)] = []
        for (index, id) in Self.settled.enumerated().dropFirst(Self.inMainFile) {
            try Self.settle(id, world)
            sizes.append((index + 1, store.status().logBytes + 32))
        }
        logSizes = sizes
        packs = try store.packs()
        sound = LedgerFiles.suffixes.map { fileBytes(path + $0) }
    }

    private static func settle(_ id: String, _ world: World) throws {
        #expect(try world.settle(id, world.outpatient(100_00)).isNone)
        #expect(try world.commit())
    }

    /// Lays changed files and says what a rescue would keep; asks that the files are only read.
    func look(_ change: (inout [[UInt8]?]) -> Void = { _ in }) throws -> (ledger: DamagedLedger, path: String) {
        var bytes = sound
        change(&bytes)
        let path = directory.file("\(UUID().uuidString).db")
        for (suffix, content) in zip(LedgerFiles.suffixes, bytes) {
            if let content { writeFile(path + suffix, content) }
        }
        let ledger = try DamagedLedger(path: path)
        #expect(LedgerFiles.suffixes.map { fileBytes(path + $0) } == bytes)
        return (ledger, path)
    }

    /// Which of the settlements a ledger has, which must be sound and take a settlement more.
    static func found(_ path: String) throws -> [String] {
        let store = try SQLiteStore(path: path, mode: .open)
        defer { store.close() }
        let world = try World(store: store)
        let found = try settled.filter { try world.standing(of: $0) != nil }
        #expect(world.ledger.settlementCount == found.count)
        let verification = try Verifier(store: store, library: World.library).verify { _ in }
        #expect(verification.isClean, "\(verification.differences)")
        #expect(try store.check() == [])
        try settle("after-the-rescue", world)
        return found
    }
}
