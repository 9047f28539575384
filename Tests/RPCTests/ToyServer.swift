import CAllocationCounter
import Client
import ClientTesting
import Dispatch
import Glibc
import Logging
import RPC
import Synchronization
import TestSupport
import Testing

/// A gate that handlers wait at until the test opens it.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let arrived = DispatchSemaphore(value: 0)

    /// In a handler: reports, then waits.
    func pass() {
        arrived.signal()
        semaphore.wait(for: "the opening of the gate")
    }

    /// In the test: waits until a handler stands at the gate.
    func waitForArrival(sourceLocation: SourceLocation = #_sourceLocation) {
        arrived.wait(for: "a handler's arrival at the gate", sourceLocation: sourceLocation)
    }

    /// In a handler: reports without waiting.
    func report() { arrived.signal() }

    func open(_ times: Int = 1) { for _ in 0..<times { semaphore.signal() } }
}

final class ToyState: Sendable {
    let index: Int
    init(_ index: Int) { self.index = index }
}

/// A server of toy methods on a free port, and clients of it.
///
/// `Inline` and `Worker` echo; `Sharded` answers with its worker's index, sharded by the first byte; `Gated` echoes
/// when the gate opens, `GatedHere` on the event loop; `Fail` answers the domain error 4001; `Unfinished` says that it
/// is done and is not; `Named` answers the operator of the request, `Who` and `WhoWorks` the caller's name; `Store`
/// changes something. `Large` answers as many bytes as the message's four say. `Endless` comes to the gate, ends when
/// nobody waits for its answer any more, and reports that there; `Mallocs` answers how many allocations its thread, which reads the connection, has made.
final class ToyServer: Sendable {
    let server: Server
    let port: Int
    let gate = Gate()
    let log = Log()

    init(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws {
        var configuration = ServerConfiguration()
        configuration.eventLoopThreads = 2
        configuration.workers = 2
        configuration.drainQuiet = .milliseconds(50)
        // A busy machine makes little work long; who tests shares sets them.
        configuration.backlogPerConnection = .seconds(600)
        configure(&configuration)
        server = try Server(
            configuration: configuration, methods: Self.methods(gate), makeState: { ToyState($0) },
            logger: Logger(label: "toy", factory: { [log] _ in Log.Handler(log: log) }))
        port = try server.start()
    }

    func client() throws -> Client { try Client.connect(host: "127.0.0.1", port: port) }

    static func method(_ name: String) -> RemoteMethod { RemoteMethod(service: "toy.v1.EchoService", method: name) }

    private static func methods(_ gate: Gate) -> [Method] {
        let echo: Method.Handler = { message, reply, _ in write(message, &reply) }
        return [
            method("Inline", .readingThread, echo),
            method("Worker", .worker, echo),
            method("Sharded", .worker, shardKey: { UInt64($0.first ?? 0) }) { message, reply, context in
                [UInt8(context.index)].withUnsafeBytes { write($0, &reply) }
            },
            method("Gated", .worker) { message, reply, _ in
                gate.pass()
                return write(message, &reply)
            },
            method("GatedHere", .readingThread) { message, reply, _ in
                gate.pass()
                return write(message, &reply)
            },
            method("Fail", .readingThread) { message, reply, _ in
                // What was written before the failure must not be sent.
                _ = write(message, &reply)
                return .failed(4001, "total -1 is negative (rule G-5): " + String(repeating: "额", count: 1000))
            },
            method("Endless", .worker) { _, _, context in
                gate.pass()
                while !context.call.isOver { usleep(1000) }
                gate.report()
                return Call.abandoned
            },
            // Of this thread, which reads the connection.
            method("Mallocs", .readingThread) { _, reply, _ in
                withUnsafeBytes(of: allocation_count()) { write($0, &reply) }
            },
            method("Who", .readingThread) { _, reply, context in write(context.caller, &reply) },
            method("WhoWorks", .worker) { _, reply, context in write(context.caller, &reply) },
            writing,
            method("Unfinished", .readingThread) { _, reply, _ in
                _ = reply.reserve(8)
                return .ok
            },
            // Who acts, by the request; on a worker and on the thread that reads.
            method("Named", .worker) { _, reply, context in
                Array((context.call.origin?.operatorCode ?? "").utf8).withUnsafeBytes { write($0, &reply) }
            },
            method("Large", .worker) { message, reply, _ in
                let count = Int(message.loadUnaligned(as: UInt32.self))
                guard let out = reply.reserve(count) else { return reply.tooLarge }
                out.initializeMemory(as: UInt8.self, repeating: 7)
                reply.commit(count)
                return .ok
            },
        ]
    }

    /// Changes something, as servers see it.
    private static var writing: Method {
        var method = method("Store", .worker) { message, reply, _ in write(message, &reply) }
        method.isWrite = true
        return method
    }

    private static func write(_ caller: Caller, _ reply: inout ReplyWriter) -> CallStatus {
        Array(caller.name.utf8).withUnsafeBytes { write($0, &reply) }
    }

    private static func method(
        _ name: String, _ placement: Method.Placement, shardKey: Method.ShardKey? = nil,
        _ handler: @escaping Method.Handler
    ) -> Method {
        Method(
            service: "toy.v1.EchoService", name: name, placement: placement, shardKey: shardKey, handler: handler)
    }

    /// Writes in two rounds: an answer may be made of several.
    private static func write(_ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter) -> CallStatus {
        let half = bytes.count / 2
        for part in [bytes[..<half], bytes[half...]] {
            guard let out = reply.reserve(part.count + 100) else { return reply.tooLarge }
            out.copyBytes(from: part)
            reply.commit(part.count)
        }
        return .ok
    }
}

extension Client {
    func call(_ method: String, _ message: [UInt8], timeoutMilliseconds: Int32 = 0, compression: Compression = .none)
        throws -> [UInt8]
    {
        try call(
            service: "toy.v1.EchoService", method: method, message: message, timeoutMilliseconds: timeoutMilliseconds,
            compression: compression)
    }

    @discardableResult
    func send(_ method: String, _ message: [UInt8], timeoutMilliseconds: Int32 = 0) throws -> Int64 {
        try message.withUnsafeBytes {
            try send(ToyServer.method(method), $0, timeoutMilliseconds: timeoutMilliseconds)
        }
    }

    func sendRaw(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try sendRaw($0) } }

    /// The error that a call must end with.
    func failure(
        of method: String, _ message: [UInt8] = [], service: String = "toy.v1.EchoService"
    ) -> ClientError? {
        do {
            _ = try call(service: service, method: method, message: message)
            return nil
        } catch { return error }
    }

    /// Reads until the server closes; returns the answers' codes.
    func codesUntilClosed() throws -> [Int32] {
        var codes: [Int32] = []
        while true {
            do {
                codes.append(try receive().code)
            } catch {
                guard case ClientError.connectionLost = error else { throw error }
                return codes
            }
        }
    }
}

/// Waits until something that happens on other threads has happened.
///
/// Gives up after a minute and says so: a suite that hangs tells nobody which test it was.
func eventually(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    for _ in 0..<60_000 {
        if condition() { return }
        usleep(1000)
    }
    Issue.record("it did not come about", sourceLocation: sourceLocation)
}
