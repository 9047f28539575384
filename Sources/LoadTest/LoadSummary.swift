import Histogram
import Measurement
import Policy
import RPC
import Records
import Registry
import Settlement
import Text

extension LatencyRecord {
    /// Steps of a percentile plot for each halving of what is left to 100 %.
    private static var stepsPerHalf: Int { 5 }

    package init(_ histogram: Histogram<UInt64>) {
        self.init()
        count = histogram.totalCount
        if count == 0 { return }
        min = Int64(clamping: histogram.min)
        max = Int64(clamping: histogram.max)
        mean = histogram.mean
        p50 = Int64(clamping: histogram.valueAtPercentile(50))
        p90 = Int64(clamping: histogram.valueAtPercentile(90))
        p99 = Int64(clamping: histogram.valueAtPercentile(99))
        p99_9 = Int64(clamping: histogram.valueAtPercentile(99.9))
        p99_99 = Int64(clamping: histogram.valueAtPercentile(99.99))
        for step in histogram.percentiles(ticksPerHalfDistance: Self.stepsPerHalf) {
            spectrum.append(Point(percentile: step.percentileLevelIteratedTo, value: Int64(clamping: step.value)))
        }
    }
}

extension LoadRecord {
    /// The record of a run, without its workload, its moment and the processes' use.
    package init(_ result: LoadRun.Result, shape: LoadShape) {
        self.init()
        let tally = result.tally
        seconds = result.seconds
        warmUpSeconds = shape.warmUpSeconds
        if case .open(let rate, _) = shape.loop { offered = rate }
        if seconds > 0 {
            achieved = Double(tally.cameAll) / seconds
            good = Double(tally.cameGood) / seconds
            goodClaims = Double(tally.cameClaims) / seconds
        }
        sent = tally.sent
        answered = tally.answered
        missed = tally.missed
        unanswered = tally.sent - min(tally.sent, tally.answered)
        wrong = tally.wrong
        errors = tally.errors.sorted { $0.key < $1.key }.map { code, count in
            ErrorCount(code: Int(code), name: ErrorName.of(code), count: count)
        }
        checksum = String(tally.checksum, radix: 16)
        latency = LatencyRecord(tally.latency)
        service = LatencyRecord(tally.service)
        if case .open = shape.loop { lateness = LatencyRecord(tally.lateness) }
    }
}

/// The names of error codes, as brpc and error.proto have them.
package enum ErrorName {
    /// A code that nobody knows is named UNKNOWN.
    package static func of(_ code: Int32) -> String {
        ErrorRegistry[code]?.name ?? "UNKNOWN"
    }
}
