import Foundation
import Histogram
import LoadTest
import Measurement
import Testing

@Suite struct `The summary of a run` {
    @Test func `percentiles are within a thousandth of what they are of`() {
        var histogram = Tally.histogram
        for value in 1...100_000 { histogram.record(UInt64(value) * 1_000) }
        let record = LatencyRecord(histogram)
        #expect(record.count == 100_000)
        for (value, exact) in [
            (record.p50, 50_000_000), (record.p90, 90_000_000), (record.p99, 99_000_000), (record.p99_9, 99_900_000),
            (record.p99_99, 99_990_000), (record.max, 100_000_000), (record.min, 1_000), (Int64(record.mean), 50_000_500),
        ] {
            #expect(abs(Double(value) - Double(exact)) <= 0.001 * Double(exact) + 32, "\(value), exactly \(exact)")
        }
    }

    @Test func `the spectrum rises to all of it`() {
        var histogram = Tally.histogram
        for value in 1...10_000 { histogram.record(UInt64(value * value)) }
        let spectrum = LatencyRecord(histogram).spectrum
        #expect(spectrum.count > 20)
        #expect(spectrum.last?.percentile == 100)
        #expect(zip(spectrum, spectrum.dropFirst()).allSatisfy { $0.percentile <= $1.percentile && $0.value <= $1.value })
    }

    @Test func `nothing measured is a record of zeros`() {
        let record = LatencyRecord(Tally.histogram)
        #expect(record == LatencyRecord())
    }

    @Test func `threads' tallies add up`() {
        var all = Tally()
        var whole = Tally.histogram
        for thread in 1...3 {
            var one = Tally()
            one.sent = UInt64(thread)
            one.answered = 1
            one.errors = [2004: UInt64(thread), Int32(4000 + thread): 1]
            one.checksum = .max
            for value in 1...1_000 {
                one.latency.record(UInt64(value * thread * 977))
                whole.record(UInt64(value * thread * 977))
            }
            all.add(one)
        }
        #expect(all.sent == 6 && all.answered == 3)
        #expect(all.errors == [2004: 6, 4001: 1, 4002: 1, 4003: 1])
        #expect(all.checksum == UInt64.max &* 3, "a checksum wraps")
        #expect(LatencyRecord(all.latency) == LatencyRecord(whole))
    }

    @Test func `rates are of answers that came in the measured time`() {
        var result = LoadRun.Result()
        result.seconds = 4
        result.tally.sent = 1_000
        result.tally.answered = 990
        result.tally.cameAll = 980
        result.tally.cameGood = 900
        result.tally.cameClaims = 9_000
        let record = LoadRecord(result, shape: LoadShape(host: "", port: 1))
        #expect(record.achieved == 245 && record.good == 225 && record.goodClaims == 2_250)
        #expect(record.unanswered == 10)
        #expect(record.offered == nil && record.lateness == nil)
    }

    @Test func `records are the same after a journey through JSON`() throws {
        var result = LoadRun.Result()
        result.seconds = 1.5
        result.tally.errors = [2004: 7]
        for value in 1...500 { result.tally.latency.record(UInt64(value * 12_345)) }
        var shape = LoadShape(host: "", port: 1)
        shape.loop = .open(rate: 100, .poisson)
        var record = LoadRecord(result, shape: shape)
        record.server = ProcessUse()
        record.workload.mix = ["calculate": 3]
        let encoded = try JSONEncoder().encode(record)
        #expect(try JSONDecoder().decode(LoadRecord.self, from: encoded) == record)
        var ramp = RampRecord()
        ramp.steps = [RampRecord.Step(factor: 0.1, run: record)]
        ramp.knee = RampRecord.Knee(rate: 1, p99: 2, reason: "why")
        #expect(try JSONDecoder().decode(RampRecord.self, from: JSONEncoder().encode(ramp)) == ramp)
    }

    @Test func `codes have the names of brpc and error.proto`() {
        #expect(ErrorName.of(2004) == "ELIMIT")
        #expect(ErrorName.of(4106) == "NOT_CONFIRMED")
        #expect(ErrorName.of(4005) == "AMOUNTS_DO_NOT_ADD_UP")
        #expect(ErrorName.of(-1) == "UNKNOWN" && ErrorName.of(99_999) == "UNKNOWN" && ErrorName.of(0) == "UNKNOWN")
    }
}

@Suite struct `The knee` {
    private static func step(
        _ factor: Double, good: Double = 1, missed: UInt64 = 0, p99: Int64 = 1_000
    ) -> RampRecord.Step {
        var run = LoadRecord()
        run.offered = 1_000 * factor
        run.seconds = 10
        run.sent = UInt64(10_000 * factor) - missed
        run.good = 1_000 * factor * good
        run.missed = missed
        run.latency.p99 = p99
        return RampRecord.Step(factor: factor, run: run)
    }

    @Test func `it is the last rate before the first that is not kept up with`() {
        let knee = KneeRule.knee(of: [
            Self.step(0.1), Self.step(0.5, p99: 4_000), Self.step(0.9, p99: 5_001), Self.step(1.0, p99: 1_000),
        ])
        #expect(knee?.rate == 500 && knee?.p99 == 4_000)
        #expect(knee?.reason == "at 0.9 × the capacity the p99 is 5.0 times that of the lowest rate")
    }

    @Test func `what is missed or not answered rightly in time is beyond it`() {
        #expect(KneeRule.knee(of: [Self.step(0.1), Self.step(0.2, missed: 1)])?.rate == 100)
        #expect(KneeRule.knee(of: [Self.step(0.1), Self.step(0.2, good: 0.989)])?.rate == 100)
        #expect(KneeRule.knee(of: [Self.step(0.1), Self.step(0.2, good: 0.991)])?.rate == 200)
        #expect(KneeRule.knee(of: [Self.step(0.1), Self.step(0.2, p99: 5_000)])?.rate == 200)
    }

    @Test func `there is none where the lowest rate is too much, or nothing was measured`() {
        #expect(KneeRule.knee(of: []) == nil)
        #expect(KneeRule.knee(of: [Self.step(0.1, good: 0.5), Self.step(0.2)]) == nil)
    }
}
