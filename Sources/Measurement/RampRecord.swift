/// A server under rising load up to and beyond its capacity: the JSON that `jiesuan load --ramp` writes.
package struct RampRecord: Codable, Equatable, Sendable {
    package static let schema = "jiesuan-ramp/1"

    package var schema = Self.schema
    package var startedAt = ""
    package var workload = WorkloadRecord()
    /// Correct answers a second of a closed loop that keeps the server busy: the base of `factor`.
    package var capacity = 0.0
    /// Open-loop runs at rising rates up to and beyond the capacity.
    package var steps: [Step] = []
    /// The highest offered rate of `steps` that the server keeps up with by its latency; absent: none.
    package var knee: Knee?
    /// Runs at 1, 2, 5 and 10 times the capacity.
    package var overload: [Step] = []
    /// A run at half the capacity right after the overload.
    package var recovery: Step?

    package init() {}

    package struct Step: Codable, Equatable, Sendable {
        /// Offered rate as a multiple of the capacity.
        package var factor: Double
        package var run: LoadRecord

        package init(factor: Double, run: LoadRecord) {
            self.factor = factor
            self.run = run
        }
    }

    package struct Knee: Codable, Equatable, Sendable {
        /// Requests a second.
        package var rate: Double
        /// 99th percentile of the latency, nanoseconds.
        package var p99: Int64
        /// Why the next step exceeds it.
        package var reason: String

        package init(rate: Double, p99: Int64, reason: String) {
            self.rate = rate
            self.p99 = p99
            self.reason = reason
        }
    }
}
