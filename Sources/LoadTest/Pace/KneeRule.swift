import Foundation
import Measurement

/// The knee: the highest offered rate up to which every step is that of a server that keeps up.
///
/// A step keeps up where at least 99 % of what is planned is answered rightly within the measured time, no planned send
/// is missed, and the 99th percentile is at most 5 times that of the lowest step.
package enum KneeRule {
    package static let goodShareMin = 0.99
    package static let p99FactorMax: Int64 = 5

    /// nil: not even the lowest step keeps up, or there is none.
    package static func knee(of steps: [RampRecord.Step]) -> RampRecord.Knee? {
        guard let lowest = steps.first?.run.latency.p99 else { return nil }
        var last: RampRecord.Step?
        for step in steps {
            if let reason = reason(step.run, lowest: lowest) {
                return last.map { knee($0, "at \(times(step.factor)) the capacity \(reason)") }
            }
            last = step
        }
        return last.map { knee($0, "no step goes beyond it") }
    }

    private static func knee(_ step: RampRecord.Step, _ reason: String) -> RampRecord.Knee {
        RampRecord.Knee(rate: step.run.offered ?? 0, p99: step.run.latency.p99, reason: reason)
    }

    /// Why a run is not that of a server that keeps up; nil: it is.
    private static func reason(_ run: LoadRecord, lowest: Int64) -> String? {
        // As many as fell into the measured time: exponential gaps are not evenly many.
        let planned = run.seconds > 0 ? Double(run.sent + run.missed) / run.seconds : 0
        let good = planned > 0 ? run.good / planned : 0
        if run.missed > 0 { return "\(run.missed) planned requests could not be sent" }
        if good < goodShareMin {
            return String(format: "%.1f %% of what is planned is answered rightly in time", 100 * good)
        }
        if run.latency.p99 > p99FactorMax * lowest {
            let times = Double(run.latency.p99) / Double(max(1, lowest))
            return String(format: "the p99 is %.1f times that of the lowest rate", times)
        }
        return nil
    }

    private static func times(_ factor: Double) -> String { String(format: "%.1f ×", factor) }
}
