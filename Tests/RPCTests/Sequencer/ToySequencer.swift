import Client
import ClientTesting
import Glibc
import Logging
import RPC
import Synchronization

/// A store that makes work durable when the test lets it.
final class ToyStore: Sendable {
    private struct State {
        var isOpenRecorded = false
        var ticket: UInt64 = 0
        var durable: UInt64 = 0
        var commits: [UInt64] = []
        var failing: Set<UInt64> = []
        var isQuick = true
        var delay: UInt32 = 0
        var threads: Set<UInt64> = []
    }

    /// Where commits wait; nil: they do not.
    let gate: Gate?
    private let state = Mutex(State())

    init(gate: Gate? = nil) { self.gate = gate }

    /// The tickets that `commit` was called with.
    var commits: [UInt64] { state.withLock { $0.commits } }

    /// What is recorded next gets this ticket.
    var nextTicket: UInt64 { state.withLock { $0.ticket + 1 } }

    /// Makes every commit take this long, in microseconds.
    func delay(_ microseconds: UInt32) { state.withLock { $0.delay = microseconds } }

    /// The threads that have committed since this was asked for last.
    func takeThreads() -> Set<UInt64> {
        state.withLock { state in
            defer { state.threads = [] }
            return state.threads
        }
    }

    /// Whether the next request finds nothing to mend.
    func beQuick(_ isQuick: Bool) { state.withLock { $0.isQuick = isQuick } }

    /// What is sealed next is lost.
    func failNext() { state.withLock { _ = $0.failing.insert($0.ticket + 1) } }

    func fail(_ ticket: UInt64) { state.withLock { _ = $0.failing.insert(ticket) } }

    /// In a handler: something has to be made durable. Returns the ticket it will have.
    @discardableResult
    func record() -> UInt64 {
        state.withLock { state in
            state.isOpenRecorded = true
            return state.ticket + 1
        }
    }

    var barrier: Barrier {
        Barrier(
            seal: { [self] in
                state.withLock { state in
                    if state.isOpenRecorded { state.ticket += 1 }
                    state.isOpenRecorded = false
                    return state.ticket > state.durable ? state.ticket : nil
                }
            },
            commit: { [self] through in
                gate?.pass()
                let delay = state.withLock { $0.delay }
                if delay > 0 { usleep(delay) }
                state.withLock { state in
                    state.threads.insert(UInt64(pthread_self()))
                    state.durable = max(state.durable, through)
                    state.commits.append(through)
                }
            },
            status: { [self] ticket in
                state.withLock { $0.failing.contains(ticket) } ? .failed(4107, "the disk is full (ticket \(ticket))") : nil
            },
            isQuick: { [self] in state.withLock { $0.isQuick } })
    }
}

/// What the sequencer's methods work on: 256 counters, and a serial number of every operation.
final class ToyLedger: @unchecked Sendable {
    // Safe to share: touched on the sequencer only.
    var values = [UInt64](repeating: 0, count: 256)
    var serial: UInt64 = 0
}

/// A server of methods that run on the sequencer.
///
/// `Add` (key, amount) and `Read` (key) answer the counter's value and the operation's serial number, each 8 bytes;
/// both are brief; `Gated` waits at `gate` and then reads; `Large` answers as many bytes as the message's four say, and its serial
/// number before them; `Where` and `Sequenced` answer the index of their thread's context, the first on any worker;
/// `Batch` is worked on in steps, see `ToyBatch`; `Work` takes as many milliseconds of its core as its first byte says;
/// `Slow` takes as many milliseconds as its first byte says, `Reading` the
/// same on a reader's thread, as long as its call is not over;
/// `BriefThread`, `ReadingThread` and `ThreadUnlessAlone` answer which thread they run on.
final class ToySequencer: Sendable {
    static let service = "toy.v1.LedgerService"
    let server: Server
    let port: Int
    let store: ToyStore
    let gate = Gate()
    let lane = SequencerLane()
    let batches = ToyBatch.Log()

    init(
        store: ToyStore = ToyStore(), hasBarrier: Bool = true, _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        self.store = store
        var configuration = ServerConfiguration()
        configuration.eventLoopThreads = 2
        configuration.workers = 2
        configuration.drainQuiet = .milliseconds(50)
        // A busy machine makes little work long; who tests shares sets them.
        configuration.backlogPerConnection = .seconds(600)
        configure(&configuration)
        server = try Server(
            configuration: configuration, methods: Self.methods(store, gate, batches),
            barrier: hasBarrier ? store.barrier : nil, lane: lane, makeState: { ToyState($0) },
            logger: Logger(label: "toy", factory: { _ in Log.Handler(log: Log()) }))
        port = try server.start()
    }

    func client() throws -> LedgerCaller { LedgerCaller(try Client.connect(host: "127.0.0.1", port: port)) }

    /// The first byte of a message that `ThreadUnlessAlone` takes for much work.
    static let heavy: UInt8 = 9

    private static func methods(_ store: ToyStore, _ gate: Gate, _ batches: ToyBatch.Log) -> [Method] {
        let ledger = ToyLedger()
        let read: Method.Handler = { message, reply, _ in
            ledger.serial += 1
            return answer(ledger.values[Int(message[0])], ledger.serial, &reply)
        }
        return [
            method("Add", placement: .briefSequencer) { message, reply, _ in
                ledger.values[Int(message[0])] &+= UInt64(message[1])
                ledger.serial += 1
                store.record()
                return answer(ledger.values[Int(message[0])], ledger.serial, &reply)
            },
            method("Read", placement: .briefSequencer, read),
            method("Gated") { message, reply, context in
                gate.pass()
                return read(message, &reply, context)
            },
            method("Large") { message, reply, _ in
                let count = Int(message.loadUnaligned(as: UInt32.self))
                guard let out = reply.reserve(8 + count) else { return reply.tooLarge }
                ledger.serial += 1
                out.storeBytes(of: ledger.serial, as: UInt64.self)
                memset(out.baseAddress! + 8, 7, count)
                reply.commit(8 + count)
                return .ok
            },
            ToyBatch.method(ledger, store, batches),
            method("Sequenced", index),
            method("Slow") { message, reply, _ in
                usleep(UInt32(message[0]) * 1000)
                ledger.serial += 1
                return answer(0, ledger.serial, &reply)
            },
            method("Work") { message, reply, _ in
                let end = coreNanoseconds() + UInt64(message[0]) * 1_000_000
                while coreNanoseconds() < end {}
                batches.worked.withLock { $0.append(message[1]) }
                return answer(0, 0, &reply)
            },
            method("Reading", placement: .reader) { message, reply, context in
                for _ in 0..<Int(message[0]) {
                    if context.call.isOver { return Call.abandoned }
                    usleep(1000)
                }
                batches.steps.add(1, ordering: .relaxed)
                return answer(0, 0, &reply)
            },
            method("Where", placement: .worker, index),
            method("BriefThread", placement: .briefSequencer, thread),
            method("ReadingThread", placement: .readingThread, thread),
            Method(
                service: service, name: "ThreadUnlessAlone", placement: .workerUnlessAlone,
                isLight: { $0.first != heavy }, handler: thread),
        ]
    }

    private static func method(
        _ name: String, placement: Method.Placement = .sequencer, _ handler: @escaping Method.Handler
    ) -> Method {
        Method(service: service, name: name, placement: placement, handler: handler)
    }

    /// What this thread has had of its core.
    private static func coreNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static let index: Method.Handler = { _, reply, context in
        answer(UInt64((context.state as! ToyState).index), 0, &reply)
    }

    private static let thread: Method.Handler = { _, reply, _ in answer(UInt64(pthread_self()), 0, &reply) }

    static func answer(_ value: UInt64, _ serial: UInt64, _ reply: inout ReplyWriter) -> CallStatus {
        guard let out = reply.reserve(16) else { return reply.tooLarge }
        out.storeBytes(of: value, as: UInt64.self)
        out.storeBytes(of: serial, toByteOffset: 8, as: UInt64.self)
        reply.commit(16)
        return .ok
    }
}

/// A client of the toy ledger.
final class LedgerCaller {
    struct Answer: Equatable {
        var value: UInt64
        var serial: UInt64
    }

    let client: Client

    init(_ client: Client) { self.client = client }

    @discardableResult
    func send(
        _ method: String, _ message: [UInt8] = [0], timeoutMilliseconds: Int32 = 0, compression: Compression = .none
    ) throws -> Int64 {
        let target = RemoteMethod(service: ToySequencer.service, method: method)
        return try message.withUnsafeBytes {
            try client.send(target, $0, timeoutMilliseconds: timeoutMilliseconds, compression: compression)
        }
    }

    /// Sends a request now.
    @discardableResult
    func ask(_ method: String, _ message: [UInt8] = [0]) throws -> Int64 {
        defer { try? client.flush() }
        return try send(method, message)
    }

    func call(_ method: String, _ message: [UInt8] = [0]) throws -> Answer {
        try Self.answer(
            client.call(service: ToySequencer.service, method: method, message: message).withUnsafeBytes { Array($0) })
    }

    static func answer(_ bytes: [UInt8]) throws -> Answer {
        bytes.withUnsafeBytes {
            Answer(value: $0.loadUnaligned(as: UInt64.self), serial: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
