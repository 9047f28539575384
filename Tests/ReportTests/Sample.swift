import Foundation
import Measurement
import Report
import TestSupport

/// A run made up with realistic figures, seeded: the same every time.
struct Sample {
    static let rounds = 5
    var random = SeededRandom(seed: 20_261_122)

    static func results() -> RunResults {
        var sample = Sample()
        var results = RunResults()
        results.environment = environment()
        results.points = sample.points()
        results.loads = sample.loads()
        results.ramp = sample.ramp()
        results.goals = try? GoalFile.read(Folder.goals)
        results.files =
            ["environment.json", "goals.json"] + results.loads.map { "load-\($0.name).json" }
            + ["points.ndjson", "ramp.json"]
        return results
    }

    static func environment(
        startedAt: String = "2026-11-22T03:15:07Z", commit: String = "042cb5e8d1"
    ) -> EnvironmentRecord {
        var environment = EnvironmentRecord()
        environment.startedAt = startedAt
        environment.cpu = "AMD EPYC 9B14"
        environment.cores = 2
        environment.memoryBytes = 25_215_000_000
        environment.kernel = "Linux 6.1.0-18-amd64"
        environment.disk = "ext4, virtio"
        environment.swift = "6.3.1"
        environment.flags = "-O, whole module"
        environment.commit = commit
        environment.packs = [
            "chongqing": "1072305e0b1f8a1c9ad5d1b42cf36e3ab8a1a63b1b9d2c4f2d87ce66f0bb0c11",
            "shenyang": "5615f2179d089fafaed532df1f86d14d97d2f7633657e79d6faeae1b26165917",
        ]
        environment.fsyncP50 = 231_000
        environment.fsyncP99 = 912_000
        environment.versions = ["grpc++": "1.51.1", "postgresql": "15.14", "sqlite": "3.40.1"]
        environment.command = "make bench ROUNDS=5"
        return environment
    }

    private mutating func near(_ value: Double, _ share: Double = 0.08) -> Double {
        (value * Double.random(in: (1 - share)...(1 + share), using: &random)).rounded()
    }

    private mutating func points() -> [BenchPoint] {
        var points: [BenchPoint] = []
        func add(
            _ group: String, _ workload: String, _ contender: String, _ round: Int, _ value: Double, _ unit: String,
            _ p50: Double? = nil, _ p99: Double? = nil
        ) {
            var point = BenchPoint(
                group: group, workload: workload, contender: contender, round: round, value: value, unit: unit)
            (point.p50, point.p99) = (p50, p99)
            points.append(point)
        }
        let peers: [(String, String, Double, String, Double, Double)] = [
            ("unary-4x64", "jiesuan", 452_000, "calls/s", 541_000, 1_180_000),
            ("unary-4x64", "grpc-cpp", 16_200, "calls/s", 15_400_000, 28_000_000),
            ("unary-4x64", "grpc-swift", 11_900, "calls/s", 21_000_000, 44_000_000),
            ("unary-4x64", "c-epoll", 538_000, "calls/s", 452_000, 903_000),
            ("unary-4x64", "c-echo", 904_000, "calls/s", 270_000, 512_000),
            ("unary-1x1", "jiesuan", 24_100, "calls/s", 39_800, 71_000),
            ("unary-1x1", "grpc-cpp", 4_950, "calls/s", 188_000, 412_000),
            ("unary-1x1", "c-epoll", 29_800, "calls/s", 32_100, 58_000),
            ("unary-1x1", "c-echo", 33_900, "calls/s", 28_400, 51_000),
            ("batch-1000", "jiesuan", 5_910_000, "claims/s", 1_310_000, 3_940_000),
            ("batch-1000", "grpc-cpp", 489_000, "claims/s", 16_800_000, 31_000_000),
            ("batch-65536", "jiesuan", 8_420_000, "claims/s", 61_000_000, 92_000_000),
            ("batch-65536", "grpc-cpp", 402_000, "claims/s", 1_290_000_000, 1_700_000_000),
        ]
        let durable: [(String, String, Double, String, Double, Double)] = [
            ("settle-256", "jiesuan", 99_000, "calls/s", 2_410_000, 4_300_000),
            ("settle-256", "sqlite-rows", 3_610, "calls/s", 68_000_000, 121_000_000),
            ("settle-256", "postgresql", 2_870, "calls/s", 84_000_000, 160_000_000),
            ("settle-1", "jiesuan", 1_960, "calls/s", 510_000, 1_240_000),
            ("settle-1", "store", 3_800, "calls/s", 252_000, 930_000),
            ("settle-1", "postgresql", 1_120, "calls/s", 861_000, 2_130_000),
            ("settle-batch", "jiesuan", 387_000, "claims/s", 164_000_000, 231_000_000),
            ("settle-batch", "store", 1_360_000, "claims/s", 46_000_000, 71_000_000),
        ]
        for round in 1...Self.rounds {
            // All of a round drift together, as a shared machine does.
            let drift = Double.random(in: 0.82...1.12, using: &random)
            for (group, list) in [("peers", peers), ("durable", durable)] {
                for (workload, contender, value, unit, p50, p99) in list {
                    let (faster, slower) = (near(value * drift, 0.04), near(p50 / drift, 0.04))
                    add(group, workload, contender, round, faster, unit, slower, near(p99 / drift, 0.1))
                }
            }
            add("limits", "loopback", "machine", round, near(41, 0.2) / 10, "GB/s")
            add("limits", "loopback-round-trip", "machine", round, near(14_200), "ns", 14_200, 31_000)
            add("limits", "memcpy", "machine", round, near(112, 0.1) / 10, "GB/s")
            add("limits", "fsync", "machine", round, near(231_000), "ns", near(231_000), near(912_000))
            add("micro", "calculator", "jiesuan", round, near(254, 0.03), "ns")
            add("micro", "calculator", "c", round, near(209, 0.03), "ns")
            add("micro", "decode", "jiesuan", round, near(431, 0.05), "ns")
            add("micro", "encode", "jiesuan", round, near(288, 0.05), "ns")
        }
        let costs: [(String, Double, String)] = [
            ("unary-4x64", 3_340, "ns"), ("unary-4x64", 2, "mallocs"), ("unary-4x64", 0.041, "syscalls"),
            ("unary-4x64", 512, "bytes"), ("batch-65536", 118, "ns"), ("batch-65536", 0.0003, "mallocs"),
            ("settle-256", 8_900, "ns"), ("settle-256", 0.0078, "fsyncs"), ("settle-256", 131, "bytes"),
        ]
        for (workload, value, unit) in costs { add("cost", workload, "jiesuan", 1, value, unit) }
        add("cost", "unary-4x64", "grpc-cpp", 1, 47_800, "ns")
        for (workload, contender, value, unit, p50, cpu) in Self.doors {
            for round in 1...Self.rounds {
                add("peers", workload, contender, round, value * (1 + Double(round) / 100), unit, p50, 3 * p50)
                add("cost", workload, contender, round, cpu * (1 + Double(round) / 100), "ns")
            }
        }
        add("cost", "grpc-4x64", "jiesuan", 1, 0.02, "mallocs")
        return points
    }

    /// Workload, who, rate with its unit, median latency and server's CPU time a call or claim in nanoseconds.
    private static let doors: [(String, String, Double, String, Double, Double)] = [
        ("grpc-4x64", "jiesuan", 171_000, "calls/s", 1_400_000, 3_900),
        ("grpc-4x64", "grpc-cpp", 41_000, "calls/s", 6_100_000, 24_000),
        ("grpc-4x64", "nghttp2-echo", 229_000, "calls/s", 1_000_000, 1_700),
        ("grpc-1x1", "jiesuan", 14_000, "calls/s", 48_000, 21_000),
        ("grpc-1x1", "grpc-cpp", 7_100, "calls/s", 110_000, 57_000),
        ("http-64", "jiesuan", 96_000, "calls/s", 610_000, 12_000),
        ("http-64", "fastapi", 3_300, "calls/s", 19_000_000, 540_000),
        ("door-4x64", "jiesuan", 431_000, "calls/s", 553_000, 2_100),
        ("door-4x64", "jiesuan-grpc", 160_000, "calls/s", 1_500_000, 3_900),
        ("door-4x64", "jiesuan-http", 210_000, "calls/s", 1_200_000, 3_200),
        ("door-4x64", "jiesuan-tls", 320_000, "calls/s", 640_000, 2_300),
        ("door-batch-65536", "jiesuan", 8_300_000, "claims/s", 15_000_000, 120),
        ("door-batch-65536", "jiesuan-grpc", 7_000_000, "claims/s", 18_000_000, 140),
        ("door-batch-65536", "jiesuan-tls", 5_900_000, "claims/s", 20_000_000, 180),
    ]

    /// A latency whose tail is as long as real ones are.
    mutating func latency(p50: Double, tail: Double, count: UInt64) -> LatencyRecord {
        var record = LatencyRecord()
        func at(_ percentile: Double) -> Int64 {
            let decades = -log10(max(1 - percentile / 100, 1 / Double(count)))
            let below = p50 * (0.55 + 0.9 * percentile / 100)
            let above = p50 * pow(tail, max(0, decades - 0.301)) + p50 * 0.02 * decades * decades
            return Int64((percentile <= 50 ? below : max(below, above)).rounded())
        }
        record.count = count
        (record.min, record.max) = (at(0), at(100))
        (record.p50, record.p90, record.p99) = (at(50), at(90), at(99))
        (record.p99_9, record.p99_99) = (at(99.9), at(99.99))
        record.mean = Double(record.p50) * 1.1
        var percentile = 0.0
        while 100 - percentile > 100 / Double(count) {
            record.spectrum.append(LatencyRecord.Point(percentile: percentile, value: at(percentile)))
            percentile += (100 - percentile) / 6
        }
        record.spectrum.append(LatencyRecord.Point(percentile: 100, value: record.max))
        return record
    }

    mutating func load(
        _ kind: String, connections: Int, inFlight: Int, rate: Double, claims: Int = 1, offered: Double? = nil,
        p50: Double, tail: Double, residentBytes: UInt64 = 310 << 20
    ) -> LoadRecord {
        var load = LoadRecord()
        load.startedAt = "2026-11-22T03:20:00Z"
        load.workload.kind = kind
        load.workload.loop = offered == nil ? "closed" : "poisson"
        (load.workload.connections, load.workload.inFlight) = (connections, inFlight)
        (load.workload.threads, load.workload.claims, load.workload.seed) = (1, claims, 7)
        load.workload.regions = ["chongqing", "yantai"]
        (load.seconds, load.warmUpSeconds) = (10, 2)
        load.offered = offered
        (load.achieved, load.good, load.goodClaims) = (rate, rate, rate * Double(claims))
        load.sent = UInt64(rate * 10)
        load.answered = load.sent
        load.checksum = "9f3a6c21d0b4e877"
        load.service = latency(p50: p50, tail: tail, count: max(load.sent, 100))
        load.latency =
            offered == nil ? load.service : latency(p50: p50 * 1.15, tail: tail * 1.22, count: max(load.sent, 100))
        if offered != nil { load.lateness = latency(p50: p50 * 0.15, tail: 1.7, count: max(load.sent, 100)) }
        var server = ProcessUse()
        server.cpuSeconds = 9.4
        server.cpuPerClaim = 9.4e9 / max(load.goodClaims * 10, 1)
        server.residentBytes = residentBytes
        load.server = server
        var client = ProcessUse()
        client.cpuSeconds = 7.9
        load.client = client
        return load
    }

    private mutating func loads() -> [RunResults.Load] {
        [
            RunResults.Load(
                name: "batch-65536",
                record: load("batch", connections: 2, inFlight: 2, rate: 128, claims: 65_536, p50: 61e6, tail: 1.25)),
            RunResults.Load(
                name: "half-capacity",
                record: load(
                    "calculate", connections: 4, inFlight: 256, rate: 212_000, offered: 212_000, p50: 92_000,
                    tail: 2.1)),
            RunResults.Load(
                name: "settle-256",
                record: load("settle", connections: 4, inFlight: 64, rate: 98_400, p50: 2.3e6, tail: 1.4)),
            RunResults.Load(
                name: "settle-batch",
                record: load(
                    "settle-batch", connections: 1, inFlight: 2, rate: 5.9, claims: 65_536, p50: 165e6, tail: 1.3)),
            RunResults.Load(
                name: "unary-1x1",
                record: load("calculate", connections: 1, inFlight: 1, rate: 23_900, p50: 40_100, tail: 1.6)),
            RunResults.Load(
                name: "unary-4x64",
                record: load("calculate", connections: 4, inFlight: 64, rate: 431_000, p50: 553_000, tail: 1.6)),
        ]
    }

    private mutating func ramp() -> RampRecord {
        var ramp = RampRecord()
        ramp.startedAt = "2026-11-22T03:31:00Z"
        ramp.capacity = 424_000
        func step(_ factor: Double, _ sample: inout Sample) -> RampRecord.Step {
            let offered = factor * ramp.capacity
            let good = min(offered, factor > 1.5 ? 0.94 * ramp.capacity : 0.99 * ramp.capacity)
            let queue = factor < 0.99 ? 1 / (1 - factor) : 400 * factor
            var run = sample.load(
                "calculate", connections: 8, inFlight: 512, rate: good, offered: offered, p50: 61_000 * min(queue, 60),
                tail: factor < 0.9 ? 2 : 1.3, residentBytes: (318 << 20) + UInt64(factor * 1_048_576))
            if factor > 1 {
                run.missed = UInt64((offered - good) * 7)
                run.errors = [LoadRecord.ErrorCount(code: 2004, name: "ELIMIT", count: UInt64((offered - good) * 3))]
            }
            return RampRecord.Step(factor: factor, run: run)
        }
        for tenth in 1...12 { ramp.steps.append(step(Double(tenth) / 10, &self)) }
        for factor in [1.0, 2, 5, 10] { ramp.overload.append(step(factor, &self)) }
        ramp.recovery = step(0.5, &self)
        ramp.knee = RampRecord.Knee(
            rate: 0.8 * ramp.capacity, p99: ramp.steps[7].run.latency.p99,
            reason: "at 0.9 × the capacity p99 is more than 5 times that of the lowest step")
        return ramp
    }

    /// Earlier runs that lead up to this one.
    static func history() -> [HistoryLine] {
        var sample = Sample()
        let figures = Headline.all(results(), PointTable(results().points)).map(\.figure)
        return (1...14).map { run in
            var line = HistoryLine(
                environment(
                    startedAt: "2026-11-\(run < 10 ? "0" : "")\(run)T02:00:00Z",
                    commit: "\(String(0xa1_0000 + run * 7_919, radix: 16))77e0"),
                figures: figures, goalsMet: 8 + run / 4, goalsMeasured: 15)
            for position in line.figures.indices {
                let drift = 0.7 + 0.02 * Double(run) + Double.random(in: -0.04...0.04, using: &sample.random)
                let share = line.figures[position].moreIsBetter ? drift : 1 / drift
                line.figures[position].min *= share
                line.figures[position].median *= share
                line.figures[position].max *= share
            }
            return line
        }
    }
}

/// Results as files.
struct Folder {
    static let goals = Project.root.appending(path: "Benchmarks/goals.json").path

    let path: String

    private let scratch: ScratchFolder?

    init(path: String) {
        self.path = path
        scratch = nil
    }

    /// An empty one of its own.
    init() {
        let folder = ScratchFolder()
        scratch = folder
        path = folder.path
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    /// Writes results as the commands that measure do.
    func write(_ results: RunResults) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        func put(_ name: String, _ value: some Encodable) throws {
            try encoder.encode(value).write(to: URL(filePath: path + "/" + name))
        }
        if let environment = results.environment { try put("environment.json", environment) }
        if let ramp = results.ramp { try put("ramp.json", ramp) }
        for load in results.loads { try put("load-\(load.name).json", load.record) }
        if !results.points.isEmpty {
            let lines = try results.points.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            try write("points.ndjson", lines.joined(separator: "\n") + "\n")
        }
        if results.goals != nil {
            try FileManager.default.copyItem(atPath: Self.goals, toPath: path + "/goals.json")
        }
    }
}
