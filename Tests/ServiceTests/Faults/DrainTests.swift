import Client
import Foundation
import Glibc
import Population
import RPC
import Synchronization
import Testing

/// SIGTERM under load (reliability.md, row 23).
@Suite struct `Shutdown` {
    static let connections = 4
    /// Requests that a connection keeps in flight: enough that workers always have some waiting.
    static let window = 64
    /// Answers of each connection before the signal: the load is on.
    static let answersBefore = 100

    @Test func `work in flight is answered, new work is told to go elsewhere, nothing is lost`() throws {
        let server = try ServerProcess()
        let callers = try (0..<Self.connections).map { _ in try Caller(server) }
        let group = DispatchGroup()
        for caller in callers {
            group.enter()
            Thread.detachNewThread {
                caller.run()
                group.leave()
            }
        }
        let end = Date(timeIntervalSinceNow: ServerProcess.hangSeconds)
        while !callers.allSatisfy({ $0.answered.load(ordering: .relaxed) >= Self.answersBefore }), Date() < end {
            usleep(1_000)
        }
        server.send(SIGTERM)
        #expect(group.wait(timeout: .now() + ServerProcess.hangSeconds) == .success, "a caller hangs")
        #expect(try server.exitCode() == 0, "\(server.logged)")

        for caller in callers {
            #expect(caller.problem == nil)
            // Each request has one answer, its result or ELOGOFF. What was sent when the server had closed the
            // connection already is the end of what was sent, and was not accepted.
            let lost = caller.unanswered
            #expect(lost.isEmpty || lost.min()! > caller.highestAnswered, "lost: \(lost)")
            #expect(caller.settled > 0 && (caller.refused > 0 || caller.isClosed))
        }
        let settled = callers.reduce(0) { $0 + $1.settled }
        let refused = callers.reduce(0) { $0 + $1.refused }
        let late = callers.reduce(0) { $0 + $1.unanswered.count }
        print("SIGTERM under load: \(settled) settled, \(refused) ELOGOFF, \(late) sent to a closed connection, 0 lost")
    }

    @Test func `an idle server stops at once with 0`() throws {
        let server = try ServerProcess()
        let idle = try server.connect()
        try server.expectHealthy(after: "nothing")
        server.send(SIGTERM)
        #expect(try server.exitCode() == 0)
        #expect(throws: ClientError.self) { try idle.calculate(.plain) }
        #expect(throws: ClientError.self) { try server.connect() }
    }
}

/// One connection that keeps the server busy until it is told to stop.
private final class Caller: @unchecked Sendable {
    // Safe to share: one thread runs it, others look when that has ended.
    private let client: Client
    private(set) var settled = 0
    private(set) var refused = 0
    private(set) var unanswered: Set<Int64> = []
    private(set) var highestAnswered: Int64 = 0
    private(set) var isClosed = false
    private(set) var problem: String?
    let answered = Atomic<Int>(0)

    init(_ server: ServerProcess) throws { client = try server.connect() }

    func run() {
        // Small ones are answered where they are read, batches by workers.
        let unary = Sample.plain.request
        let batch = Batch([Sample](repeating: .example("003-5"), count: 2_000)).request
        do {
            while true {
                while refused == 0, client.outstanding < Shutdown.window {
                    let isBatch = unanswered.count % 4 == 3
                    let id = try (isBatch ? batch : unary).withUnsafeBytes {
                        try client.send(isBatch ? Remote.batch : Remote.calculate, $0)
                    }
                    unanswered.insert(id)
                }
                // Told to stop: nothing more is sent, what is in flight still comes.
                if client.outstanding == 0 { return }
                take(try client.receive())
                answered.add(1, ordering: .relaxed)
            }
        } catch ClientError.connectionLost {
            isClosed = true
        } catch {
            problem = "\(error)"
        }
    }

    private func take(_ answer: Response) {
        if unanswered.remove(answer.correlationID) == nil { problem = "a second answer to \(answer.correlationID)" }
        highestAnswered = max(highestAnswered, answer.correlationID)
        switch answer.code {
        case 0: settled += 1
        case RPCErrorCode.loggingOff.rawValue: refused += 1
        default: problem = "\(answer.code) \(answer.errorText)"
        }
    }
}
