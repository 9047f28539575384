/// One figure of a benchmark: a line of `points.ndjson`. Several rounds of the same figure are several lines.
package struct BenchPoint: Codable, Equatable, Sendable {
    /// peers, limits, micro, durable, cost.
    package var group: String
    /// The workload: `unary-4x64`, `batch-65536`, `settle-256`, `memcpy`.
    package var workload: String
    /// The program measured: `jiesuan`, `grpc-cpp`, `c-epoll`, `postgresql`; for limits and costs their subject.
    package var contender: String
    /// The round, from 1; points of one round were taken side by side.
    package var round: Int
    package var value: Double
    /// `calls/s`, `claims/s`, `ns`, `GB/s`, `instructions`, `mallocs`, …; tells whether more is better.
    package var unit: String
    /// Latencies of the same round, nanoseconds.
    package var p50: Double?
    package var p99: Double?

    package init(group: String, workload: String, contender: String, round: Int, value: Double, unit: String) {
        self.group = group
        self.workload = workload
        self.contender = contender
        self.round = round
        self.value = value
        self.unit = unit
    }

    /// True for rates and bandwidths; false for times, costs and counts.
    package static func moreIsBetter(unit: String) -> Bool { unit.hasSuffix("/s") }
}

/// The machine, commit and versions of a benchmark: `environment.json`.
package struct EnvironmentRecord: Codable, Equatable, Sendable {
    package var startedAt = ""
    package var cpu = ""
    package var cores = 0
    package var memoryBytes: UInt64 = 0
    package var kernel = ""
    package var disk = ""
    package var swift = ""
    package var flags = ""
    /// The measured commit, and whether files differed from it.
    package var commit = ""
    package var isDirty = false
    /// Digest of each region's policy pack.
    package var packs: [String: String] = [:]
    /// One fdatasync of a small write, nanoseconds.
    package var fsyncP50 = 0.0
    package var fsyncP99 = 0.0
    /// Versions of the peers: `grpc++` → `1.51.1`.
    package var versions: [String: String] = [:]
    /// The command that repeats this run.
    package var command = ""

    package init() {}
}
