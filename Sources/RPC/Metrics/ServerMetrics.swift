/// What a server counted since it started, and what is under way: for whoever watches it. A snapshot, its parts may be
/// some microseconds apart.
package struct ServerMetrics: Sendable {
    package struct OfMethod: Sendable {
        package let service: String
        package let name: String
        /// Nanoseconds from the read that brought a request's last byte to its answer on its way to the kernel.
        package internal(set) var durations = HistogramCounts(.durations)
    }

    /// A queue, or all queues of one kind.
    package struct OfQueue: Sendable {
        /// "worker", "sequencer" or "reader".
        package let name: String
        package internal(set) var threads = 0
        /// Waiting or running.
        package internal(set) var requests = 0
        package internal(set) var bytes = 0
        /// Nanoseconds from the read that brought a request to the beginning of the work.
        package internal(set) var waits = HistogramCounts(.durations)
    }

    package internal(set) var statistics: ServerStatistics
    /// Of all methods in the order that the server was given; empty when it does not record.
    package internal(set) var methods: [OfMethod] = []
    package internal(set) var queues: [OfQueue] = []
    /// Nanoseconds of commits.
    package internal(set) var commits = HistogramCounts(.durations)
    /// Answers that waited for one commit.
    package internal(set) var commitAnswers = HistogramCounts(.sizes)
    /// Nanoseconds since the last commit ended; nil: there was none.
    package internal(set) var sinceLastCommit: UInt64?
    /// Nanoseconds that the commit under way has been running; nil: there is none.
    package internal(set) var commitUnderWay: UInt64?
    package internal(set) var connectionsMax = 0
    package internal(set) var heldBytesMax = 0
}

extension Server {
    /// What was counted so far. Takes some ten microseconds, and asks no other thread for anything.
    package var metrics: ServerMetrics {
        var metrics = ServerMetrics(statistics: statistics)
        metrics.connectionsMax = shared.limiter.connectionsMax
        metrics.heldBytesMax = shared.configuration.heldBytesMax
        let pool = shared.pool
        metrics.queues = [
            Self.metrics("worker", of: pool.workers), Self.metrics("reader", of: [pool.readers]),
            Self.metrics("sequencer", of: pool.sequencer.map { [$0] } ?? []),
        ]
        let commitQueue = pool.sequencer?.workers.first?.commitQueue
        if let commitQueue {
            commitQueue.durations.read(into: &metrics.commits)
            commitQueue.sizes.read(into: &metrics.commitAnswers)
            metrics.sinceLastCommit = commitQueue.sinceLastCommit
            metrics.commitUnderWay = commitQueue.commitNanoseconds
        }
        guard shared.configuration.recordsMetrics else { return metrics }
        let threads =
            shards.map(\.context.counters) + pool.all.flatMap { $0.workers.map(\.context.counters) }
            + (commitQueue.map { [$0.counters] } ?? [])
        let durations = threads.compactMap(\.durations)
        metrics.methods = shared.methods.entries.enumerated().map { index, entry in
            var method = ServerMetrics.OfMethod(service: entry.method.service, name: entry.method.name)
            for ofThread in durations { ofThread.read(index, into: &method.durations) }
            return method
        }
        return metrics
    }

    private static func metrics(_ name: String, of queues: [WorkQueue]) -> ServerMetrics.OfQueue {
        var sum = ServerMetrics.OfQueue(name: name)
        for queue in queues {
            sum.threads += queue.workers.count
            sum.requests += queue.queuedRequests
            sum.bytes += queue.queuedBytes
            for worker in queue.workers { worker.context.counters.waits?.read(into: &sum.waits) }
        }
        return sum
    }
}
