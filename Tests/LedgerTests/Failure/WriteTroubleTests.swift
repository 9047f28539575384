import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Settlement
import TestSupport
import Testing

/// What is written beside a commit and cannot be: told once when it begins and once when it ends, however many commits
/// there are meanwhile.
@Suite struct `Trouble beside a commit` {
    @Test func `a witness that cannot be written is told of once, and when it is again; the commits stand`() throws {
        let directory = ScratchFolder(inMemory: true)
        let disk = FaultDisk(seed: 11)
        let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create, vfs: disk.vfs)
        defer { store.close() }
        var next: UInt64 = 1
        /// Appends a block; the last thing that is written is the witness.
        func append(spoilsWitness: Bool, writes: Int = 0) throws -> Int {
            let before = disk.count(.write)
            if spoilsWitness { disk.fail(.write, number: writes, .input) }
            try store.append([testBlock(next)])
            next += 1
            return disk.count(.write) - before
        }
        _ = try append(spoilsWitness: false)
        let writes = try append(spoilsWitness: false)
        #expect(try append(spoilsWitness: false) == writes)
        var told: [LedgerIncident] = []
        for _ in 0..<20 {
            _ = try append(spoilsWitness: true, writes: writes)
            #expect(store.status().witnessFailure != nil)
            told += store.maintain()
        }
        for _ in 0..<20 {
            _ = try append(spoilsWitness: false)
            told += store.maintain()
        }
        told.removeAll { $0.kind == .diskNearlyFull || $0.kind == .diskHasRoom }
        #expect(told.map(\.kind) == [.witnessNotWritten, .witnessWritten])
        #expect(told.first?.text.contains("ledger.db") == true && told.first?.text.contains("I/O") == true)
        #expect(try store.allBlocks() == (1..<next).map { testBlock($0) })
    }

    @Test func `an index of visits that cannot be written is told of once, not once for every commit`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(directory: folder, visitsPerChunk: 4)
        // Nothing can be made in the folder any more.
        try FileManager.default.removeItem(atPath: folder)
        for number in 0..<40 {
            #expect(try world.settle("s\(number)", world.outpatient(100_00)).isNone)
            #expect(try world.commit())
        }
        let incidents = world.incidents
        func told(_ kind: LedgerIncident.Kind) -> Int {
            incidents.all.count { $0.kind == kind && $0.text.contains("index of visits") }
        }
        // The writer works beside, and tries every chunk that waits ten times a second.
        while told(.indexNotWritten) == 0 { usleep(1_000) }
        usleep(500_000)
        #expect(told(.indexNotWritten) == 1 && told(.indexWritten) == 0)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        while told(.indexWritten) == 0 { usleep(1_000) }
        #expect(told(.indexNotWritten) == 1 && told(.indexWritten) == 1)
        #expect(world.ledger.settlementCount == 40)
        world.ledger.abandon()
    }
}
