/// The record of one load run, its requests, answers and latencies: the JSON that `jiesuan load` writes.
///
/// Times are nanoseconds, rates are per second, unless the name says otherwise. A field that does not apply is absent.
package struct LoadRecord: Codable, Equatable, Sendable {
    /// Name and version of the schema.
    package static let schema = "jiesuan-load/1"

    package var schema = Self.schema
    /// When the run began, ISO 8601 in UTC.
    package var startedAt = ""
    package var workload = WorkloadRecord()
    /// Measured seconds, without the warm-up.
    package var seconds = 0.0
    package var warmUpSeconds = 0.0

    /// Scheduled requests a second; open loop only.
    package var offered: Double?
    /// Requests a second that got any answer.
    package var achieved = 0.0
    /// Requests a second that got a correct answer.
    package var good = 0.0
    /// Claims a second that were settled correctly; a batch has many.
    package var goodClaims = 0.0
    package var sent: UInt64 = 0
    package var answered: UInt64 = 0
    /// Scheduled requests of an open loop that were not sent, because the bound of requests in flight was reached.
    package var missed: UInt64 = 0
    /// Requests sent and not answered before the run's timeout.
    package var unanswered: UInt64 = 0
    /// Answers that differ from this process's calculator; a single one fails the run.
    package var wrong: UInt64 = 0
    package var errors: [ErrorCount] = []
    /// Checksum of all correct outcomes, independent of their order: equal for equal workloads of as many
    /// requests.
    package var checksum = ""

    /// From the scheduled (open loop) or actual (closed loop) sending of a request to its correct answer.
    package var latency = LatencyRecord()
    /// From the actual sending of a request to its correct answer.
    package var service = LatencyRecord()
    /// Delay of sending against the schedule; open loop only. It is part of `latency`.
    package var lateness: LatencyRecord?
    /// Resources of the server's process, where it is on this machine and known.
    package var server: ProcessUse?
    package var client: ProcessUse?

    package init() {}

    /// An error code and its number of calls.
    package struct ErrorCount: Codable, Equatable, Sendable {
        package var code: Int
        package var name: String
        package var count: UInt64

        package init(code: Int, name: String, count: UInt64) {
            self.code = code
            self.name = name
            self.count = count
        }
    }
}

/// The workload and its schedule.
package struct WorkloadRecord: Codable, Equatable, Sendable {
    /// calculate, quote, settle, batch, settle-batch, mixed.
    package var kind = ""
    /// baidu_std, grpc or http; absent in older records, which are of baidu_std.
    package var `protocol`: String?
    /// closed, constant (open loop with even gaps), poisson (open loop with exponential gaps).
    package var loop = ""
    package var connections = 0
    /// Requests in flight on a connection: the number of a closed loop, the bound of an open one.
    package var inFlight = 0
    package var threads = 0
    /// Open loop: microseconds between looks at the schedule; requests that fall due in between leave together. Absent
    /// where each leaves by itself.
    package var tickMicroseconds: Int?
    /// Claims of a request; 1 but for batches.
    package var claims = 1
    package var compression = "none"
    /// Parts of a thousand that repeat an earlier request.
    package var duplicatesPerMille = 0
    package var seed: UInt64 = 0
    package var regions: [String] = []
    /// Kinds and weights of a mixed load.
    package var mix: [String: Int]?

    package init() {}
}

/// Latencies, in nanoseconds.
package struct LatencyRecord: Codable, Equatable, Sendable {
    package var count: UInt64 = 0
    package var min: Int64 = 0
    package var mean = 0.0
    package var p50: Int64 = 0
    package var p90: Int64 = 0
    package var p99: Int64 = 0
    // swift-format-ignore: AlwaysUseLowerCamelCase
    package var p99_9: Int64 = 0
    // swift-format-ignore: AlwaysUseLowerCamelCase
    package var p99_99: Int64 = 0
    package var max: Int64 = 0
    /// Percentiles (0 … 100) with their latencies, rising, for a percentile plot.
    package var spectrum: [Point] = []

    package init() {}

    package struct Point: Codable, Equatable, Sendable {
        package var percentile: Double
        package var value: Int64

        package init(percentile: Double, value: Int64) {
            self.percentile = percentile
            self.value = value
        }
    }
}

/// Resources that a process used during the measured seconds.
package struct ProcessUse: Codable, Equatable, Sendable {
    package var cpuSeconds = 0.0
    /// CPU time of one correctly settled claim, in nanoseconds.
    package var cpuPerClaim = 0.0
    /// Resident memory at the end, in bytes.
    package var residentBytes: UInt64 = 0

    package init() {}
}
