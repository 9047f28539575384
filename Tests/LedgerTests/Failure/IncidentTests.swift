import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Registry
import Settlement
import TestSupport
import Testing

/// Whatever fails is told of: with its kind and its reason, the first of each kind always.
@Suite struct `What goes wrong is told` {
    @Test(arguments: StoreFaultTests.Fault.all)
    func `every commit that fails, at any operation of the disk, has a line with the disk's reason`(
        fault: StoreFaultTests.Fault
    ) throws {
        var failed = 0
        var silent: [String] = []
        for point in 1...6 {
            let directory = ScratchFolder(inMemory: true)
            let disk = FaultDisk(seed: UInt64(point))
            let store = try SQLiteStore(path: directory.file("ledger.db"), mode: .create, vfs: disk.vfs)
            defer { store.close() }
            let world = try World(store: store)
            disk.fail(fault.kind, number: point, fault.failure, lasting: fault.isLasting)
            for number in 0..<6 {
                let before = world.incidents.kinds.count { $0 == .commitFailed }
                guard (try? world.settle("s\(number)", world.outpatient(300_00))) != nil else {
                    _ = world.ledger.seal()
                    world.clock.advance(milliseconds: 1_000)
                    continue
                }
                let isDurable = try world.commit()
                if !isDurable { failed += 1 }
                let lines = world.incidents.kinds.count { $0 == .commitFailed } - before
                if lines != (isDurable ? 0 : 1) { silent.append("\(point), \(number): \(lines) lines") }
                if !isDurable, world.incidents.text(.commitFailed)?.contains("SQLite") != true {
                    silent.append("\(point), \(number): no reason")
                }
                world.ledger.queue.maintain()
            }
        }
        print("\(fault.testDescription): \(failed) commits failed, \(silent.count) without their line")
        #expect(silent == [])
        #expect(failed > 0 || fault.kind == .truncate)
    }

    @Test func `a log that cannot be copied into the ledger is told of once, and when it can again`() throws {
        let directory = ScratchFolder(inMemory: true)
        let disk = FaultDisk(seed: 1)
        let store = try SQLiteStore(
            path: directory.file("ledger.db"), mode: .create, vfs: disk.vfs, schema: .current, checkpointBytes: 200_000)
        defer { store.close() }
        for number: UInt64 in 1...3 { try store.append([testBlock(number, bytes: 40_000)]) }
        disk.fail(.write, .input, lasting: true)
        let told = (store.maintain() + store.maintain()).filter { $0.kind != .diskNearlyFull }
        #expect(told.map(\.kind) == [.checkpointFailed])
        #expect(told.first?.text.contains("ledger.db-wal cannot be copied into the ledger: disk I/O error") == true)
        disk.heal()
        #expect((store.maintain() + store.maintain()).map(\.kind).filter { $0 != .diskHasRoom } == [.checkpointWorks])
        #expect(try store.allBlocks() == (1...3).map { testBlock($0, bytes: 40_000) })
    }

    @Test func `damage of an index and its mending are told of`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(directory: folder)
        for index in 0..<200 { #expect(try world.settle("s\(index)", world.outpatient(300_00)).isNone) }
        try world.commit()
        world.ledger.close()
        let run = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("ids") && $0.hasSuffix(".run") })
        let file = URL(fileURLWithPath: folder + "/" + run)
        var bytes = try Data(contentsOf: file)
        bytes[4096 + 200] ^= 1
        try bytes.write(to: file)
        try world.reopen()
        for index in 0..<200 {
            _ = try? world.standing(of: "s\(index)")
            _ = world.ledger.seal()
        }
        #expect(world.incidents.kinds == [.derivedUnusable, .indexMadeAnew])
        #expect(world.incidents.text(.derivedUnusable)?.contains(run) == true)
    }

    @Test func `a snapshot that cannot be used, or not be written, is told of`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(directory: folder)
        try world.settle("a", world.outpatient(300_00))
        try world.commit()
        world.ledger.close()
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".snap") })
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder + "/" + name))
        try world.reopen()
        #expect(world.incidents.kinds == [.derivedUnusable])
        #expect(world.incidents.text(.derivedUnusable)?.contains(name) == true)
        #expect(try world.standing(of: "a") == false)
        // The folder is gone: nothing can be written any more.
        try FileManager.default.removeItem(atPath: folder)
        try world.settle("b", world.outpatient(300_00))
        try world.commit()
        world.ledger.close()
        #expect(world.incidents.kinds.contains(.snapshotNotWritten))
    }

    @Test func `a file that lost its name is told of once`() throws {
        let directory = ScratchFolder()
        let path = directory.file("ledger.db")
        let store = try SQLiteStore(path: path, mode: .create)
        defer { store.close() }
        #expect(rename(path, directory.file("elsewhere.db")) == 0)
        let told = (store.maintain() + store.maintain()).filter { $0.kind == .fileDisplaced }
        #expect(told.count == 1 && told[0].text.contains(path))
    }

    @Test func `the first of a kind is never left out, and of a flood one in ten seconds is told, with the count`() {
        var gate = IncidentGate()
        for kind in LedgerIncident.Kind.allCases { #expect(gate.admit(kind, at: 5) == 0) }
        #expect((6..<10_005).allSatisfy { gate.admit(.commitFailed, at: Int64($0)) == nil })
        #expect(gate.admit(.commitFailed, at: 10_005) == 9_999)
        #expect(gate.admit(.commitFailed, at: 10_006) == nil)
        #expect(gate.admit(.commitFailed, at: 30_000) == 1)
    }
}
