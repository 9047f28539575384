/// All workers of a server.
final class WorkerPool: @unchecked Sendable {
    // Safe to share: `shards` is set once, before the first burst.

    let workers: [Worker]
    /// Runs the methods that must run one after the other, and nothing else; nil when there are none.
    let sequencer: Worker?
    var shards: [Shard] = []

    init(_ workers: [Worker], sequencer: Worker?) {
        self.workers = workers
        self.sequencer = sequencer
        for worker in all { worker.pool = self }
    }

    /// The workers and the sequencer.
    var all: [Worker] { workers + (sequencer.map { [$0] } ?? []) }

    /// The worker that owns a key: always the same one.
    func worker(forKey key: UInt64) -> Worker {
        // Keys may be small or share low bits; the multiplication (Fibonacci hashing) spreads them.
        let mixed = (key &* 0x9e37_79b9_7f4a_7c15) >> 32
        return workers[Int((mixed &* UInt64(workers.count)) >> 32)]
    }

    /// The worker with the fewest bytes, then requests, waiting.
    var leastBusy: Worker {
        var best = workers[0]
        var bestLoad = (best.queuedBytes, best.queuedRequests)
        for worker in workers.dropFirst() {
            let load = (worker.queuedBytes, worker.queuedRequests)
            if load < bestLoad { (best, bestLoad) = (worker, load) }
        }
        return best
    }

    /// Tells the shards (one bit each) that a worker they wait for has room.
    func roomAgain(_ waiting: UInt64) {
        for shard in shards where waiting & (1 << UInt64(shard.index)) != 0 { shard.roomAgain() }
    }
}
