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
    /// Seconds that were measured, without the warm-up.
    package var seconds = 0.0
    package var warmUpSeconds = 0.0

    /// Requests a second that were to be sent; open loop only.
    package var offered: Double?
    /// Requests a second that were answered, whatever the answer.
    package var achieved = 0.0
    /// Requests a second that were answered rightly.
    package var good = 0.0
    /// Claims a second that were settled rightly; a batch has many.
    package var goodClaims = 0.0
    package var sent: UInt64 = 0
    package var answered: UInt64 = 0
    /// Planned sends of an open loop that were not made at all: the bound of what may be under way was reached.
    package var missed: UInt64 = 0
    /// Requests sent and not answered before the run's timeout.
    package var unanswered: UInt64 = 0
    /// Answers that differ from this process's calculator; a single one fails the run.
    package var wrong: UInt64 = 0
    package var errors: [ErrorCount] = []
    /// Of all right outcomes of the measured requests, whatever their order: equal for equal workloads of as many
    /// requests.
    package var checksum = ""

    /// From the moment a request was to be sent (open loop) or was sent (closed loop) to its right answer.
    package var latency = LatencyRecord()
    /// From the moment a request was sent to its right answer.
    package var service = LatencyRecord()
    /// How much later than planned requests were sent; open loop only. It is part of `latency`.
    package var lateness: LatencyRecord?
    /// Of the server's process, where it is on this machine and known.
    package var server: ProcessUse?
    package var client: ProcessUse?

    package init() {}

    /// A code that calls failed with, and how often.
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

/// What was sent, and how.
package struct WorkloadRecord: Codable, Equatable, Sendable {
    /// calculate, quote, settle, batch, settle-batch, mixed.
    package var kind = ""
    /// baidu_std, grpc or http; absent in older records, which are of baidu_std.
    package var `protocol`: String?
    /// closed, constant (open loop with even gaps), poisson (open loop with exponential gaps).
    package var loop = ""
    package var connections = 0
    /// Requests under way at once on a connection: the number of a closed loop, the bound of an open one.
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
    /// Of a mixed load: kinds and their weights.
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
    /// Percentile (0 … 100) and the latency it stays within, rising: what a percentile plot is drawn from.
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

/// What a process used during the measured seconds.
package struct ProcessUse: Codable, Equatable, Sendable {
    package var cpuSeconds = 0.0
    /// CPU time of one claim that was settled rightly, in nanoseconds.
    package var cpuPerClaim = 0.0
    /// Resident memory at the end, in bytes.
    package var residentBytes: UInt64 = 0

    package init() {}
}
