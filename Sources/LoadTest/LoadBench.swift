import Client
import Dispatch
import Foundation
import Histogram
import Measurement
import Population
import RPC
import Synchronization

/// Runs loads of one workload against one server, one after the other, and keeps a record of each.
package final class LoadBench: Sendable {
    /// How often people who wait are told how far it is.
    private static let tellSeconds = 0.1

    /// A run's record and what does not fit into it.
    package struct Outcome: Sendable {
        package var record: LoadRecord
        package var latency: Histogram<UInt64>
        package var complaints: [String]
        /// Why the run ended before its time.
        package var error: ClientError?
    }

    private let server: ProcessMeter?
    /// What ends the present run early, and all that would follow.
    private let present = Mutex<(clock: RunClock?, isStopped: Bool)>((nil, false))

    package init(server: ProcessMeter?) { self.server = server }

    /// Ends the present run now; those that follow do not begin.
    package func stop() {
        present.withLock { present in
            present.isStopped = true
            present.clock?.stop()
        }
    }

    package var isStopped: Bool { present.withLock { $0.isStopped } }

    /// Runs one load.
    ///
    /// - Parameter tell: told how many answers have come, and which share of the time has passed.
    package func run(
        _ calls: LoadCalls, _ shape: LoadShape, tell: @escaping @Sendable (Int, Double) -> Void = { _, _ in }
    ) throws(ClientError) -> Outcome {
        let startedAt = Date()
        let own = try? ProcessMeter(pid: ProcessInfo.processInfo.processIdentifier)
        let watches = (server: server.map(ProcessWatch.init), client: own.map(ProcessWatch.init))
        let isOver = DispatchSemaphore(value: 0)
        let hasLooked = DispatchSemaphore(value: 0)
        let observer = Observer(watches.server, watches.client, shape, tell)
        let result = try LoadRun(shape).run(calls.connections) { clock in
            present.withLock { present in
                present.clock = clock
                if present.isStopped { clock.stop() }
            }
            let thread = Thread {
                observer.follow(clock, until: isOver, every: Self.tellSeconds)
                hasLooked.signal()
            }
            thread.start()
        }
        isOver.signal()
        hasLooked.wait()
        present.withLock { $0.clock = nil }

        var record = LoadRecord(result, shape: shape)
        record.startedAt = startedAt.formatted(.iso8601)
        record.workload = WorkloadRecord(calls.options, shape)
        let claims = record.goodClaims * record.seconds
        record.server = watches.server?.use(claims: claims)
        record.client = watches.client?.use(claims: claims)
        return Outcome(
            record: record, latency: result.tally.latency, complaints: result.tally.complaints, error: result.error)
    }
}

/// Looks at the processes and the clock while a run's threads work.
private struct Observer: @unchecked Sendable {
    // Unchecked: the watches are used by the following thread, and afterwards by the one that waited for it.
    private let server: ProcessWatch?
    private let client: ProcessWatch?
    private let shape: LoadShape
    private let tell: @Sendable (Int, Double) -> Void

    init(
        _ server: ProcessWatch?, _ client: ProcessWatch?, _ shape: LoadShape,
        _ tell: @escaping @Sendable (Int, Double) -> Void
    ) {
        self.server = server
        self.client = client
        self.shape = shape
        self.tell = tell
    }

    func follow(_ clock: RunClock, until isOver: DispatchSemaphore, every interval: Double) {
        let all = shape.warmUpSeconds + shape.seconds
        var hasBegun = false
        var hasEnded = false
        while true {
            let now = MonotonicClock.nanoseconds()
            let next = hasBegun ? clock.end : clock.start
            let left = next > now ? Double(next - now) / 1e9 : 0
            let isDone = isOver.wait(timeout: .now() + min(interval, hasEnded ? interval : left)) == .success
            let time = MonotonicClock.nanoseconds()
            if !hasBegun, time >= clock.start || isDone {
                server?.begin()
                client?.begin()
                hasBegun = true
            }
            if hasBegun, !hasEnded, time >= clock.end || isDone {
                server?.end()
                client?.end()
                hasEnded = true
            }
            let passed = shape.warmUpSeconds + (Double(time) - Double(clock.start)) / 1e9
            tell(clock.answered, shape.requests == nil ? min(1, max(0, passed / all)) : 0)
            if isDone { return }
        }
    }
}

extension WorkloadRecord {
    init(_ options: LoadOptions, _ shape: LoadShape) {
        self.init()
        kind = options.kind.rawValue
        `protocol` = shape.wire.rawValue
        switch shape.loop {
        case .closed: loop = "closed"
        case .open(_, let arrivals): loop = arrivals.rawValue
        }
        connections = shape.connections
        inFlight = shape.inFlight
        threads = shape.threads
        if shape.loop != .closed, shape.tick > 0 { tickMicroseconds = shape.tick }
        claims = options.claimsOfRequest
        compression = "\(options.compression)"
        duplicatesPerMille = options.duplicatesPerMille
        seed = options.seed
        regions = options.regions.map(\.rawValue)
        if options.kind == .mixed {
            mix = Dictionary(uniqueKeysWithValues: options.parts.map { ($0.kind.rawValue, $0.weight) })
        }
    }
}
