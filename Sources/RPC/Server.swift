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
        var listener: (any Channel)?
        var isStopped = false
    }

    private let shared: SharedState
    private let group: MultiThreadedEventLoopGroup
    private let shards: [Shard]
    private let life = Mutex(Life())
    private let lane: SequencerLane?

    /// Makes the threads; `makeState` is called once for every event loop and worker, with the context's index.
    ///
    /// `barrier` holds back the answers of the methods that run on the sequencer; without one they leave at once.
    /// `lane` is for work of the server's own between them; it is open until the server drains.
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
        func worker(_ index: Int, _ commitQueue: CommitQueue? = nil, isSequencer: Bool = false) -> Worker {
            Worker(
                index: index, configuration: configuration, methods: table, context: context(loops + index),
                isSequencer: isSequencer, commitQueue: commitQueue)
        }
        let isSequenced = methods.contains { $0.placement.isSequenced }
        let commitQueue = barrier.map { CommitQueue(barrier: $0, configuration: configuration) }
        let pool = WorkerPool(
            (0..<configuration.workers).map { worker($0) },
            sequencer: isSequenced ? worker(configuration.workers, commitQueue, isSequencer: true) : nil)
        let shared = SharedState(configuration: configuration, methods: table, pool: pool, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        self.shared = shared
        self.group = group
        shards = group.makeIterator().enumerated().map { index, eventLoop in
            Shard(index: index, eventLoop: eventLoop, shared: shared, context: context(index))
        }
        pool.shards = shards
        self.lane = lane
        if let sequencer = pool.sequencer { lane?.open(to: sequencer) }
    }

    /// Listens; returns the port.
    package func start() throws -> Int {
        let configuration = shared.configuration
        let connectionsMax = Self.descriptors(for: configuration.connectionsMax)
        if connectionsMax < configuration.connectionsMax {
            shared.logger.warning(
                """
                \(connectionsMax) connections at most, not \(configuration.connectionsMax): \
                raise the limit of open files
                """)
        }
        let listener: any Channel
        do {
            listener = try bootstrap(connectionsMax).bind(host: configuration.host, port: configuration.port).wait()
        } catch {
            // A server that did not start cannot be used again: its threads end here.
            drain()
            throw ServerStartError(
                description: "cannot listen on \(configuration.host):\(configuration.port): \(error)")
        }
        for shard in shards { shard.eventLoop.execute { shard.start() } }
        life.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? configuration.port
    }

    /// What has happened so far.
    package var statistics: ServerStatistics {
        var statistics = ServerStatistics()
        for shard in shards { statistics.add(shard.context.counters) }
        for worker in shared.pool.all {
            statistics.add(worker.context.counters)
            statistics.queuedRequests += worker.queuedRequests
            statistics.queuedBytes += worker.queuedBytes
        }
        if let commitQueue = shared.pool.sequencer?.commitQueue {
            statistics.add(commitQueue.counters)
            (statistics.uncommittedRequests, statistics.uncommittedBytes) = commitQueue.waiting
        }
        statistics.connectionsOpen = shared.connectionsOpen.load(ordering: .relaxed)
        statistics.connectionsRefused = shared.connectionsRefused.load(ordering: .relaxed)
        statistics.heldBytes = shared.budget.usedBytes
        return statistics
    }

    // MARK: Connections

    private func bootstrap(_ connectionsMax: Int) -> ServerBootstrap {
        let configuration = shared.configuration
        let pause = configuration.pendingWritePauseBytes
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(Limits.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // One read, one burst: between two of them the connection may have to pause.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: Limits.readBytesMin, initial: Limits.readBytesFirst, maximum: configuration.readBytesMax))
            .childChannelOption(.writeBufferWaterMark, value: .init(low: pause / 4, high: pause))
            .childChannelInitializer { [shared, shards] channel in
                guard shared.connectionsOpen.add(1, ordering: .relaxed).newValue <= connectionsMax else {
                    shared.connectionsOpen.subtract(1, ordering: .relaxed)
                    shared.connectionsRefused.add(1, ordering: .relaxed)
                    return channel.close()
                }
                let shard = shards.first { $0.eventLoop === channel.eventLoop }!
                return channel.eventLoop.makeCompletedFuture {
                    do {
                        try channel.pipeline.syncOperations.addHandler(Connection(shard: shard))
                    } catch {
                        // The channel closed first: there is no handler whose removal would count.
                        shared.connectionsOpen.subtract(1, ordering: .relaxed)
                        throw error
                    }
                }
            }
    }

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
        let (listener, isFirst) = life.withLock { life in
            defer { life.isStopped = true }
            return (life.listener, !life.isStopped)
        }
        guard isFirst else { return 0 }
        shared.isDraining.store(true, ordering: .sequentiallyConsistent)
        lane?.close()
        try? listener?.close().wait()
        onEveryShard { $0.beginDrain() }
        let deadline = MonotonicClock.nanoseconds() &+ shared.configuration.drain.wholeNanoseconds
        var open = shared.connectionsOpen.load(ordering: .relaxed)
        while open > 0, MonotonicClock.nanoseconds() < deadline {
            usleep(UInt32(Limits.sweepMilliseconds) * 1000 / 10)
            open = shared.connectionsOpen.load(ordering: .relaxed)
        }
        if open > 0 { shared.logger.warning("shutdown: \(open) connections cut off after the drain time") }
        onEveryShard { shard in
            shard.closeAll()
            shard.stop()
        }
        try? group.syncShutdownGracefully()
        return open
    }

    /// Blocks until the sequencer has done what it was given and nothing of it waits to be made durable; after
    /// `drain`, from then on the barrier is not called any more.
    package func waitForSequencer() {
        guard let sequencer = shared.pool.sequencer else { return }
        sequencer.waitUntilIdle()
        sequencer.commitQueue?.waitUntilIdle()
    }

    private func onEveryShard(_ body: @escaping @Sendable (Shard) -> Void) {
        for shard in shards { try? shard.eventLoop.submit { body(shard) }.wait() }
    }
}
