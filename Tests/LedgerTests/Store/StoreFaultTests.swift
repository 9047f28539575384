import CSQLite
import LedgerStore
import TestSupport
import Testing

/// Disks that are full and disks that do not confirm, at every point of a store's life.
@Suite struct StoreFaultTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let kind: FaultDisk.Kind
        let failure: FaultDisk.Failure
        let isLasting: Bool

        var testDescription: String { "\(kind): \(failure), \(isLasting ? "lasting" : "once")" }

        static let all = [
            Fault(kind: .write, failure: .full, isLasting: false),
            Fault(kind: .write, failure: .full, isLasting: true),
            Fault(kind: .write, failure: .input, isLasting: false),
            Fault(kind: .sync, failure: .sync, isLasting: false),
            Fault(kind: .sync, failure: .sync, isLasting: true),
            Fault(kind: .truncate, failure: .input, isLasting: false),
        ]
    }

    /// What is done about the failure before the machine crashes.
    enum Aftermath: CaseIterable {
        /// Nothing: the crash comes at once.
        case crash
        /// The process is started anew, goes on appending, then the machine crashes.
        case restart
        /// `recover`, then the machine crashes.
        case recover
        /// `recover`, more appends, then the machine crashes.
        case goOn
    }

    @Test(arguments: Fault.all)
    func `a failing disk at any point: nothing is acknowledged that is lost, nothing refused that appears`(
        fault: Fault
    ) throws {
        let points = try life(FaultDisk(seed: 1), fault: nil, .goOn).points(fault.kind)
        var violations: [String] = []
        var told: [String: Int] = [:]
        for point in 1...points {
            for (index, aftermath) in Aftermath.allCases.enumerated() {
                for seed in 0..<2 {
                    let disk = FaultDisk(seed: UInt64(point * 100 + index * 10 + seed))
                    let life = try life(disk, fault: (fault, point), aftermath)
                    life.told.map { told[$0, default: 0] += 1 }
                    violations += life.violations.map { "operation \(point), \(aftermath), \(seed): \($0)" }
                }
            }
        }
        let runs = points * Aftermath.allCases.count * 2
        print(
            "store on a failing disk, \(fault.testDescription): \(points) points covered of \(points), \(runs) runs, told "
                + "\(told.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")), "
                + "\(violations.count) violations")
        #expect(violations == [])
    }

    /// Appending to an existing store, with a fault in it.
    private struct Life {
        let writes: Int
        let syncs: Int
        let truncations: Int
        /// The kind of the failure that an append gave.
        var told: String?
        var violations: [String] = []

        func points(_ kind: FaultDisk.Kind) -> Int {
            switch kind {
            case .sync: syncs
            case .truncate: truncations
            default: writes
            }
        }
    }

    private func life(_ disk: FaultDisk, fault: (Fault, point: Int)?, _ aftermath: Aftermath) throws -> Life {
        let script = StoreScript(ScratchFolder(inMemory: true))
        try script.open(.create, vfs: disk.vfs)
        let before = (disk.count(.write), disk.count(.sync), disk.count(.truncate))
        if let fault {
            disk.fail(fault.0.kind, number: fault.point, fault.0.failure, lasting: fault.0.isLasting)
        }
        var told: String?
        var violations: [String] = []
        for group in 0..<6 {
            let failed = failure {
                try script.append(group)
                if group == 1 { try script.keepPack() }
                script.maintain()
            }
            guard let failed else { continue }
            told = failed.kind
            violations += try afterwards(script, disk, failed, aftermath, group: group)
            break
        }
        var life = Life(
            writes: disk.count(.write) - before.0, syncs: disk.count(.sync) - before.1,
            truncations: disk.count(.truncate) - before.2, told: told, violations: violations)
        disk.crashNow()
        script.close()
        let sound = FaultDisk(seed: 1)
        life.violations += script.violations(vfs: sound.vfs)
        return life
    }

    private func afterwards(
        _ script: StoreScript, _ disk: FaultDisk, _ failed: StoreFailure, _ aftermath: Aftermath, group: Int
    ) throws -> [String] {
        guard failed.kind == "notWritten" || failed.kind == "unknown" else { return ["\(failed)"] }
        if failed.kind == "unknown" {
            // Until `recover`, nothing more is taken, even by a disk that works again.
            if aftermath != .crash { disk.heal() }
            guard failure(of: script.appendOutOfTurn)?.kind == "notWritten" else {
                return ["an append was taken before recovering from \(failed)"]
            }
        }
        switch aftermath {
        case .crash: return []
        case .restart:
            disk.heal()
            script.close()
            try script.open(.open, vfs: disk.vfs)
            let found = try script.lastSequence()
            guard found == script.acknowledged || found == script.attempted else { return ["\(found) after a restart"] }
            try script.takeAsTruth()
        case .recover, .goOn:
            disk.heal()
            try script.recover()
        }
        if aftermath != .recover { try script.fill(upTo: 6) }
        return []
    }

    @Test func `recovering on a disk that still fails says so, and works when the disk does`() throws {
        let script = StoreScript(ScratchFolder(inMemory: true))
        let disk = FaultDisk(seed: 5)
        try script.open(.create, vfs: disk.vfs)
        try script.append(0)
        disk.fail(.sync, .sync, lasting: true)
        #expect(failure { try script.append(1) }?.kind == "unknown")
        for _ in 0..<3 {
            #expect(failure(of: script.recover)?.kind == "unavailable")
            #expect(failure(of: script.appendOutOfTurn)?.kind == "notWritten")
            // Reading goes on.
            #expect(try script.lastSequence() == 1)
        }
        disk.heal()
        try script.recover()
        try script.fill(upTo: 6)
        disk.crashNow()
        #expect(script.violations(vfs: nil) == [])
    }

    @Test func `a failure after the commit is on the disk is told as unknown`() throws {
        // The index of the log is extended after the commit was synced; with 16 KiB pages at 4,062 of them.
        let directory = ScratchFolder(inMemory: true)
        let path = directory.file("ledger.db")
        let disk = FaultDisk(seed: 1)
        let store = try SQLiteStore(
            path: path, mode: .create, vfs: disk.vfs, schema: .current, checkpointBytes: 1 << 30)
        disk.fail(.sharedMemory, .sharedMemory, lasting: true)
        var next: UInt64 = 1
        var told: StoreFailure?
        while told == nil, next < 200 {
            told = failure { try store.append([testBlock(next, bytes: 1 << 20)]) }
            if told == nil { next += 1 }
        }
        #expect(told?.kind == "unknown", "\(String(describing: told))")
        disk.heal()
        try store.recover()
        let last = try store.lastSequence()
        #expect(last == next - 1 || last == next)
        disk.crashNow()
        store.close()
        #expect(try SQLiteStore(path: path, mode: .open).lastSequence() == last)
    }

    @Test func `a group larger than the page cache is whole or not, wherever the disk fails`() throws {
        // Its pages go to the log before the commit does.
        let sizes = [3 << 20, 5 << 20, 100, 4 << 20]
        var random = SeededRandom(seed: 21)
        var told: [String: Int] = [:]
        for round in 0..<48 {
            let directory = ScratchFolder(inMemory: true)
            let path = directory.file("ledger.db")
            let disk = FaultDisk(seed: UInt64(round))
            let store = try SQLiteStore(path: path, mode: .create, vfs: disk.vfs)
            try store.append([testBlock(1)])
            let before = disk.count(.write)
            // Some 1,570 writes; the last ones are the interesting ones.
            let point = round.isMultiple(of: 2) ? Int.random(in: 1...1_570, using: &random) : 1_570 - round
            switch round % 3 {
            case 0: disk.crash(at: point)
            case 1: disk.fail(.write, number: point, .full, lasting: true)
            default: disk.fail(.sync, .sync)
            }
            let failed = failure {
                try store.append(sizes.enumerated().map { testBlock(UInt64($0.offset) + 2, bytes: $0.element) })
            }
            told[failed?.kind ?? "done", default: 0] += 1
            #expect(disk.count(.write) - before < 2_000)
            disk.crashNow()
            store.close()
            let survivor = try SQLiteStore(path: path, mode: .open)
            let last = try survivor.lastSequence()
            switch failed {
            case nil: #expect(last == 5)
            case .notWritten: #expect(last == 1, "round \(round)")
            default: #expect(last == 1 || last == 5, "round \(round)")
            }
            #expect(try survivor.check() == [])
        }
        print("groups larger than the page cache, 48 faults: \(told.sorted { $0.key < $1.key })")
        #expect(told["notWritten"] ?? 0 > 0 && told["unknown"] ?? 0 > 0)
    }

    @Test func `without writing its log anew, SQLite loses commits here: the harness sees it`() throws {
        var lost = 0
        var kept = 0
        for seed in 0..<60 {
            let script = StoreScript(ScratchFolder(inMemory: true))
            let disk = FaultDisk(seed: UInt64(seed))
            try script.open(.create, vfs: disk.vfs)
            try script.append(0)
            disk.fail(.sync, .sync)
            #expect(failure { try script.append(1) }?.kind == "unknown")
            script.close()
            // A process that takes the log as it reads, as plain SQLite does, and appends behind it.
            var plain: OpaquePointer?
            #expect(sqlite3_open_v2(script.path, &plain, SQLITE_OPEN_READWRITE, disk.vfs) == SQLITE_OK)
            let sql = "PRAGMA synchronous = FULL; INSERT INTO block VALUES (3, x'00')"
            #expect(sqlite3_exec(plain, sql, nil, nil, nil) == SQLITE_OK)
            disk.crashNow()
            sqlite3_close(plain)
            // A loss is found when the ledger is opened, or the block is simply not there.
            let last = try? SQLiteStore(path: script.path, mode: .open).lastSequence()
            if last == 3 { kept += 1 } else { lost += 1 }
        }
        print("canary, a log taken as it reads after a failed sync: \(lost) of \(lost + kept) commits lost")
        #expect(lost > 0)
    }
}
