import TestSupport
import Testing

/// A crash of the machine at every write and every sync of a settlement, a batch, a reversal, and what is booked besides.
@Suite struct LedgerCrashTests {
    private static let seedsPerPoint: UInt64 = 3

    @Test func `P1, P2, G-12, SY-4, YT-7: after a crash at any operation what was told is there, and each step is whole or not at all`()
        throws
    {
        let (points, steps) = try operations()
        var violations: [String] = []
        for point in 1...points {
            for seed in 0..<Self.seedsPerPoint {
                let problems = crash(at: point, seed: UInt64(point) << 16 | seed) { _ in }
                violations += problems.map { "operation \(point), seed \(seed): \($0)" }
            }
        }
        let places = steps.map { "\($0.step) from \($0.operation)" }.joined(separator: ", ")
        print(
            "ledger crashes: \(points) points covered of \(points) (\(places)), "
                + "\(points * Int(Self.seedsPerPoint)) crashes, \(violations.count) violations")
        #expect(violations == [])
    }

    @Test func `the harness finds a disk that says it has synced and has not`() throws {
        let (points, steps) = try operations()
        let first = try #require(steps.first?.operation)
        var found = 0
        for point in first...points where !crash(at: point, seed: UInt64(point), prepare: { $0.ignoreSyncs() }).isEmpty {
            found += 1
        }
        print("canary, a disk that ignores syncs: found at \(found) of \(points - first + 1) points")
        #expect(found > 0)
    }

    /// What is wrong after a crash at an operation of the script.
    private func crash(at point: Int, seed: UInt64, prepare: (FaultDisk) -> Void) -> [String] {
        let directory = ScratchFolder(inMemory: true)
        let script = LedgerScript(directory)
        let disk = FaultDisk(seed: seed)
        prepare(disk)
        disk.crash(at: point)
        let end = Result { try script.run(vfs: disk.vfs) }
        guard disk.hasCrashed else { return ["no crash: \(end)"] }
        return script.violations()
    }

    /// How many operations the script has on a sound disk, and how many came before each of its steps.
    private func operations() throws -> (Int, [(step: LedgerScript.Step, operation: Int)]) {
        let directory = ScratchFolder(inMemory: true)
        let script = LedgerScript(directory)
        let disk = FaultDisk(seed: 1)
        var steps: [(step: LedgerScript.Step, operation: Int)] = []
        try script.run(vfs: disk.vfs) { steps.append(($0, disk.operations + 1)) }
        let operations = disk.operations
        #expect(script.violations() == [])
        #expect(script.told.count == LedgerScript.batch + 3)
        return (operations, steps)
    }
}
