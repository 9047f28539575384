import LoadTest
import Testing

@Suite struct `The schedule of an open loop` {
    /// Planned times of the first `count` sends, from 0.
    private static func times(_ schedule: Schedule, _ count: Int) -> [UInt64] {
        var schedule = schedule
        return (0..<count).map { _ in
            defer { schedule.advance() }
            return schedule.next
        }
    }

    @Test func `even gaps do not drift in a million sends`() {
        // 3 a second: the gap is no whole number of nanoseconds.
        let times = Self.times(Schedule(rate: 3, .constant, start: 0, seed: 1), 1_000_001)
        #expect(times[0] == 0)
        #expect(times[3] == 1_000_000_000)
        let last = Int64(times[1_000_000]) - 333_333_333_333_333
        #expect(last.magnitude <= 100_000, "\(last) ns off after four days")
    }

    @Test func `connections with even gaps take turns`() {
        let parts = (0..<4).map { part in
            Self.times(Schedule(rate: 100, .constant, start: 5_000, seed: 1, part: part, parts: 4), 3)
        }
        #expect(parts.map { $0[0] } == [5_000, 2_505_000, 5_005_000, 7_505_000])
        #expect(parts.allSatisfy { $0[1] - $0[0] == 10_000_000 })
    }

    @Test(arguments: [UInt64(1), 7, 0xDEAD_BEEF])
    func `exponential gaps have the mean and the spread of a Poisson process`(seed: UInt64) {
        let count = 200_000
        let times = Self.times(Schedule(rate: 1_000, .poisson, start: 0, seed: seed), count)
        let gaps = zip(times.dropFirst(), times).map { Double($0 - $1) }
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(gaps.count)
        // Five standard errors of the mean, and as much again for the deviation, whose error is larger.
        #expect(abs(mean - 1e6) < 5 * 1e6 / Double(count).squareRoot(), "seed \(seed)")
        #expect(abs(variance.squareRoot() - 1e6) < 10 * 1e6 / Double(count).squareRoot(), "seed \(seed)")
        // Of an exponential distribution 1/e of all gaps are longer than the mean.
        let longer = Double(gaps.count { $0 > 1e6 }) / Double(gaps.count)
        #expect(abs(longer - 0.367879) < 0.01, "seed \(seed)")
    }

    @Test func `the same seed gives the same schedule, another seed or connection another one`() {
        func times(_ seed: UInt64, _ part: Int) -> [UInt64] {
            Self.times(Schedule(rate: 500, .poisson, start: 0, seed: seed, part: part, parts: 2), 100)
        }
        #expect(times(3, 0) == times(3, 0))
        #expect(times(3, 0) != times(4, 0))
        #expect(times(3, 0) != times(3, 1))
    }

    @Test func `a planned time does not depend on the clock's start`() {
        let early = Self.times(Schedule(rate: 500, .poisson, start: 0, seed: 3), 100)
        let late = Self.times(Schedule(rate: 500, .poisson, start: 1 << 62, seed: 3), 100)
        #expect(zip(early, late).allSatisfy { $1 - (1 << 62) == $0 })
    }
}
