import LedgerStore
import TestSupport
import Testing

/// A crash of the machine at every write, sync, truncation, deletion and creation of a store's life.
@Suite struct StoreCrashTests {
    private static let seedsPerPoint: UInt64 = 2

    @Test(arguments: [true, false])
    func `after a crash at any operation the store has all that was acknowledged, and groups whole or not`(
        powersafe: Bool
    ) throws {
        let points = try operationsOfScript(powersafe: powersafe)
        var violations: [String] = []
        for point in 1...points {
            for seed in 0..<Self.seedsPerPoint {
                let problems = crash(at: point, seed: UInt64(point) << 16 | seed) { disk in
                    if !powersafe { disk.spoilWholeSectors() }
                }
                violations += problems.map { "operation \(point), seed \(seed): \($0)" }
            }
        }
        print(
            "store crashes, \(powersafe ? "sectors" : "whole sectors spoilt"): \(points) points covered of \(points), "
                + "\(points * Int(Self.seedsPerPoint)) crashes, \(violations.count) violations")
        #expect(violations == [])
    }

    @Test func `a crash while a crash is being recovered from loses nothing either`() throws {
        let points = try operationsOfScript()
        var random = SeededRandom(seed: 11)
        var violations: [String] = []
        var second = 0
        for round in 0..<200 {
            let directory = ScratchFolder(inMemory: true)
            let script = StoreScript(directory)
            var disk = FaultDisk(seed: random.next())
            disk.crash(at: Int.random(in: 1...points, using: &random))
            _ = failure { try script.run(vfs: disk.vfs) }
            script.close()
            // Up to three more, while the store is opened.
            for _ in 0..<3 where fileBytes(script.path) != nil {
                disk = FaultDisk(seed: random.next())
                disk.crash(at: Int.random(in: 1...25, using: &random))
                if failure(of: { try script.open(.open, vfs: disk.vfs) }) != nil { second += 1 }
                disk.crashNow()
                script.close()
            }
            let sound = FaultDisk(seed: 1)
            violations += script.violations(vfs: sound.vfs).map { "round \(round): \($0)" }
        }
        print("store crashes while opening: \(second) after 200 first ones, \(violations.count) violations")
        #expect(second > 100)
        #expect(violations == [])
    }

    @Test func `the harness finds a disk that says it has synced and has not`() throws {
        let points = try operationsOfScript()
        var found = 0
        for point in stride(from: 1, through: points, by: 3) {
            let problems = crash(at: point, seed: UInt64(point)) { $0.ignoreSyncs() }
            found += problems.isEmpty ? 0 : 1
        }
        print("canary, a disk that ignores syncs: found at \(found) of \(points / 3) points")
        #expect(found > points / 30)
    }

    /// What is wrong after a crash at an operation of the script.
    private func crash(at point: Int, seed: UInt64, prepare: (FaultDisk) -> Void) -> [String] {
        let script = StoreScript(ScratchFolder(inMemory: true))
        let disk = FaultDisk(seed: seed)
        prepare(disk)
        disk.crash(at: point)
        let ending = failure { try script.run(vfs: disk.vfs) }
        script.close()
        guard disk.hasCrashed else { return ["no crash: \(String(describing: ending))"] }
        // A disk of the same kind that works.
        let sound = FaultDisk(seed: 1)
        prepare(sound)
        return script.violations(vfs: sound.vfs)
    }

    private func operationsOfScript(powersafe: Bool = true) throws -> Int {
        let script = StoreScript(ScratchFolder(inMemory: true))
        let disk = FaultDisk(seed: 1)
        if !powersafe { disk.spoilWholeSectors() }
        try script.run(vfs: disk.vfs)
        script.close()
        let operations = disk.operations
        #expect(script.violations(vfs: disk.vfs) == [])
        return operations
    }
}
