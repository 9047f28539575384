import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// A server could not start.
package struct ServerStartError: Error, CustomStringConvertible {
    package let description: String
}

/// Serves methods over `baidu_std`: event loops read and write, workers work.
package final class Server: @unchecked Sendable {
    // Safe to share: constants, but for `life`, which is behind a mutex.

    private struct Life {
        var acceptor: Acceptor?
        var isStopped = false
    }

    let shared: SharedState
    private let group: MultiThreadedEventLoopGroup
    let shards: [Shard]
    private let life = Mutex(Life())
    private let lane: SequencerLane?

    /// Makes the threads; `makeState` is called once for every event loop and worker, with the context's index.
    ///
    /// `barrier` holds back the answers of sequencer methods until they are durable; without one they leave at once.
    /// `lane` takes background work for the sequencer; it is open until the server drains.
    package init(
        configuration: ServerConfiguration, methods: [Method], barrier: Barrier? = nil, lane: SequencerLane? = nil,
        makeState: @Sendable (_ contextIndex: Int) -> AnyObject, logger: Logger
    ) throws {
        let problems = configuration.problems
        guard problems.isEmpty else { throw ServerStartError(description: problems.joined(separator: "; ")) }
        guard methods.count <= Limits.methodsMax else {
            throw ServerStartError(description: "\(methods.count) methods, the limit is \(Limits.methodsMax)")
        }
        let table = MethodTable(methods)
        func context(_ index: Int) -> WorkerContext {
            WorkerContext(index: index, configuration: configuration, state: makeState(index))
        }
        let loops = configuration.eventLoopThreads
        let isSequenced = methods.contains { $0.placement.isSequenced }
        let pool = Self.pool(configuration, table, isSequenced, barrier, context)
        let limiter = ConnectionLimiter(
            configuration: configuration, connectionsMax: Self.descriptors(for: configuration.connectionsMax),
            logger: logger)
        let shared = SharedState(
            configuration: configuration, methods: table, pool: pool, limiter: limiter, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        self.shared = shared
        self.group = group
        shards = group.makeIterator().enumerated().map { index, eventLoop in
            Shard(index: index, eventLoop: eventLoop, shared: shared, context: context(index))
        }
        pool.shards = shards
        for context in shards.map(\.context) + pool.all.flatMap(\.workers).map(\.context) {
            context.counters.write(to: shared.requestLog)
        }
        for worker in pool.all.flatMap(\.workers) { worker.commitQueue?.counters.write(to: shared.requestLog) }
        if configuration.recordsMetrics {
            for shard in shards { shard.context.counters.record(methods: methods.count) }
            for worker in pool.all.flatMap(\.workers) {
                worker.context.counters.record(methods: methods.count)
                worker.commitQueue?.counters.record(methods: methods.count)
            }
        }
        limiter.open(to: shards)
        self.lane = lane
        if let sequencer = pool.sequencer { lane?.open(to: sequencer) }
    }

    /// The queues and their workers. Contexts: the workers' after those of the event loops, then the sequencer's, then
    /// the readers'.
    private static func pool(
        _ configuration: ServerConfiguration, _ methods: MethodTable, _ isSequenced: Bool, _ barrier: Barrier?,
        _ context: (Int) -> WorkerContext
    ) -> WorkerPool {
        let first = configuration.eventLoopThreads
        let count = configuration.workers
        let workers = (0..<count).map { index in
            let queue = WorkQueue(index: index, configuration: configuration)
            queue.hire([
                Worker(
                    queue, name: "worker.\(index)", on: .thread(niceness: Limits.workerNiceness),
                    configuration: configuration, methods: methods, context: context(first + index))
            ])
            return queue
        }
        let readers = WorkQueue(index: count, configuration: configuration)
        readers.hire(
            (0..<configuration.readers).map { index in
                Worker(
                    readers, indexInQueue: index, name: "reader.\(index)", on: .thread(niceness: Limits.readerNiceness),
                    configuration: configuration, methods: methods, context: context(first + count + 1 + index))
            })
        let arenas = ArenaStore(bytesMax: configuration.arenaBytesMax)
        guard isSequenced else {
            return WorkerPool(workers: workers, sequencer: nil, readers: readers, arenas: arenas)
        }
        let sequencer = WorkQueue(index: count + 1, isSequencer: true, configuration: configuration)
        sequencer.hire([
            Worker(
                sequencer, name: "sequencer", on: .queue, configuration: configuration, methods: methods,
                context: context(first + count),
                commitQueue: barrier.map { CommitQueue(barrier: $0, configuration: configuration) })
        ])
        return WorkerPool(workers: workers, sequencer: sequencer, readers: readers, arenas: arenas)
    }

    /// Listens; returns the port.
    ///
    /// - Parameter socket: that listens already; nil: one is made. Closed with the server in any case.
    package func start(on socket: ListeningSocket? = nil) throws -> Int {
        let configuration = shared.configuration
        let connectionsMax = shared.limiter.connectionsMax
        if connectionsMax < configuration.connectionsMax {
            shared.logger.warning(
                """
                \(connectionsMax) connections at most, not \(configuration.connectionsMax): \
                raise the limit of open files
                """)
        }
        let listener: ListeningSocket
        do throws(ServerStartError) {
            if let socket { listener = socket } else { listener = try ListeningSocket(configuration) }
        } catch {
            // A server that did not start cannot be used again: its threads end here.
            drain()
            throw error
        }
        for shard in shards { shard.eventLoop.execute { shard.start() } }
        let acceptor = Acceptor(listener, limiter: shared.limiter, logger: shared.logger)
        life.withLock { $0.acceptor = acceptor }
        acceptor.start()
        return listener.port
    }

    /// Accepts no more, and gives the socket away while it listens: for a server that takes this one's place. What is
    /// connected here stays until `drain`. nil: it does not listen.
    package func handOver() -> ListeningSocket? {
        let acceptor = life.withLock { life in
            defer { life.acceptor = nil }
            return life.acceptor
        }
        return acceptor?.handOver()
    }

    /// What there is to say when the kernel holds fewer connections that wait to be accepted than may come at once;
    /// after `start`.
    package var listenQueueNote: String? {
        let most = shared.limiter.connectionsMax
        guard let length = life.withLock({ $0.acceptor?.listener.queueLength }), length < most else { return nil }
        return """
            of \(most) connections that may come at once the system holds \(length) until they are accepted; \
            sysctl net.core.somaxconn=\(most) makes it hold all
            """
    }

    /// Takes over the limits of connections of a configuration: how many, of one address, how long idle. Connections
    /// that are open above them stay.
    ///
    /// Returns what cannot be taken over; nil: all is.
    package func takeLimits(of configuration: ServerConfiguration) -> String? {
        let limits = shared.limiter.limits
        limits.take(configuration)
        guard configuration.connectionsMax > limits.room else { return nil }
        return "\(limits.room) connections at most, not \(configuration.connectionsMax), until it is started again"
    }

    /// What has happened so far.
    package var statistics: ServerStatistics {
        var statistics = ServerStatistics()
        for shard in shards { statistics.add(shard.context.counters) }
        for queue in shared.pool.all {
            for worker in queue.workers { statistics.add(worker.context.counters) }
            statistics.queuedRequests += queue.queuedRequests
            statistics.queuedBytes += queue.queuedBytes
        }
        if let commitQueue {
            statistics.add(commitQueue.counters)
            (statistics.uncommittedRequests, statistics.uncommittedBytes) = commitQueue.waiting
        }
        statistics.connectionsOpen = shared.limiter.connectionsOpen
        (statistics.connectionsRefused, statistics.connectionsRefusedForAddress) = shared.limiter.refused
        statistics.acceptPauses = life.withLock { $0.acceptor }?.pauseCount ?? 0
        statistics.heldBytes = shared.budget.usedBytes
        return statistics
    }

    // MARK: Connections

    /// How many connections the process may have; asks for as many descriptors as it is allowed.
    private static func descriptors(for connections: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        let wanted = rlim_t(connections + Limits.descriptorsReserved)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        guard limit.rlim_cur < wanted else { return connections }
        return max(1, Int(limit.rlim_cur) - Limits.descriptorsReserved)
    }

    // MARK: Shutdown

    /// Stops accepting, answers new work with ELOGOFF and work in flight with its answer, then closes; at most
    /// `configuration.drain` long. Blocks; must not be called from an event loop or a worker.
    ///
    /// Returns the connections that had to be cut off: 0 when every answer was sent.
    @discardableResult
    package func drain() -> Int {
        let (acceptor, isFirst) = life.withLock { life in
            defer { life.isStopped = true }
            return (life.acceptor, !life.isStopped)
        }
        guard isFirst else { return 0 }
        shared.isDraining.store(true, ordering: .sequentiallyConsistent)
        lane?.close()
        acceptor?.stop()
        onEveryShard { $0.beginDrain() }
        let drain = shared.configuration.drain.wholeNanoseconds
        let start = MonotonicClock.nanoseconds()
        let deadline = start &+ drain
        // Work not done by then is refused; the last part of the time is for those answers to leave.
        waitUntilClosed(before: start &+ drain / 4 * 3)
        onEveryShard { $0.endWork() }
        waitUntilClosed(before: deadline)
        let open = shared.limiter.connectionsOpen
        if open > 0 { shared.logger.warning("shutdown: \(open) connections cut off after the drain time") }
        onEveryShard { shard in
            shard.cutOff()
            shard.stop()
        }
        try? group.syncShutdownGracefully()
        return open
    }

    private func waitUntilClosed(before deadline: UInt64) {
        while shared.limiter.connectionsOpen > 0, MonotonicClock.nanoseconds() < deadline {
            usleep(UInt32(Limits.sweepMilliseconds) * 1000 / 10)
        }
    }

    /// Blocks until the sequencer and the readers have done what they were given and nothing of it waits to be made
    /// durable, at most `limit` long; after `drain`, from then on neither the barrier nor a handler is called any more.
    ///
    /// - Returns: false when something was still under way: a store that takes long, or a handler that does not ask
    ///   whether its call is over. Every answer that was sent is durable in any case.
    @discardableResult
    package func waitForSequencer(limit: Duration = .seconds(Limits.lastWorkSeconds)) -> Bool {
        let deadline = MonotonicClock.nanoseconds() &+ limit.wholeNanoseconds
        while !isIdle {
            guard MonotonicClock.nanoseconds() < deadline else { return false }
            usleep(1000)
        }
        return true
    }

    /// How long the commit under way has been running; nil when there is none.
    package var commitUnderWay: Duration? { commitQueue?.commitNanoseconds.map { .nanoseconds(Int64(clamping: $0)) } }

    private var isIdle: Bool {
        // In this order: only the sequencer gives the commit queue work.
        shared.pool.readers.isIdle && shared.pool.sequencer?.isIdle ?? true && commitQueue?.isIdle ?? true
    }

    private var commitQueue: CommitQueue? { shared.pool.sequencer?.workers.first?.commitQueue }

    private func onEveryShard(_ body: @escaping @Sendable (Shard) -> Void) {
        for shard in shards { try? shard.eventLoop.submit { body(shard) }.wait() }
    }
}
