/// All work queues of a server, and who works there.
final class WorkerPool: @unchecked Sendable {
    // Safe to share: `shards` is set once, before the first burst.

    /// Queues of one worker each: all requests of a person go to the same one.
    let workers: [WorkQueue]
    /// Runs the methods that must run one after the other, and nothing else; nil when there are none.
    let sequencer: WorkQueue?
    /// The readers' queue, shared by several threads.
    let readers: WorkQueue
    /// Every queue, at its index.
    let all: [WorkQueue]
    let arenas: ArenaStore
    var shards: [Shard] = []

    init(workers: [WorkQueue], sequencer: WorkQueue?, readers: WorkQueue, arenas: ArenaStore) {
        self.arenas = arenas
        self.workers = workers
        self.sequencer = sequencer
        self.readers = readers
        all = workers + [readers] + (sequencer.map { [$0] } ?? [])
        precondition(all.indices.allSatisfy { all[$0].index == $0 })
        for queue in all { queue.pool = self }
    }

    func isWorkers(_ queue: WorkQueue) -> Bool { queue.index < workers.count }

    /// The queue of the worker that owns a key: always the same one.
    func queue(forKey key: UInt64) -> WorkQueue {
        // Keys may be small or share low bits; the multiplication (Fibonacci hashing) spreads them.
        let mixed = (key &* 0x9e37_79b9_7f4a_7c15) >> 32
        return workers[Int((mixed &* UInt64(workers.count)) >> 32)]
    }

    /// The workers' queue with the least work, then the fewest bytes and requests, waiting.
    var leastBusy: WorkQueue {
        var best = workers[0]
        var bestLoad = best.load
        for queue in workers.dropFirst() {
            let load = queue.load
            if load < bestLoad { (best, bestLoad) = (queue, load) }
        }
        return best
    }

    /// Has a worker answer a request whose steps are done.
    func pack(_ burst: Burst) {
        burst.stage = .pack
        leastBusy.submit(burst)
    }

    /// Exchanges what a request held for what it holds now; false where the server has no room for that.
    func changeHeld(from old: Int, to new: Int) -> Bool {
        shards.first?.shared.budget.change(from: old, to: new) ?? true
    }

    /// Tells the shards (one bit each) that a queue they wait for has room.
    func roomAgain(_ waiting: UInt64) {
        for shard in shards where waiting & (1 << UInt64(shard.index)) != 0 { shard.roomAgain() }
    }

    /// Whether a connection is not to be read because of what waits for it somewhere.
    func isTooFull(_ flow: AnswerFlow) -> Bool {
        var isTooFull = false
        flow.forEachTurn { queue, turn in if all[queue].isTooFull(turn) { isTooFull = true } }
        return isTooFull
    }

    /// Drops the queued work of a closed connection.
    func close(_ flow: AnswerFlow) {
        flow.close()
        flow.forEachTurn { queue, turn in all[queue].release(turn) }
    }
}
