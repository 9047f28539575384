import Client
import Foundation
import RPC
import Synchronization

/// Sends load of one shape over new connections, and hands back what all threads saw.
package struct LoadRun: Sendable {
    /// What a run gives.
    package struct Result: Sendable {
        package var tally = Tally()
        /// Measured seconds, without the warm-up.
        package var seconds = 0.0
        /// Why it ended before its time; the tally is of what came until then.
        package var error: ClientError?

        package init() {}
    }

    private let shape: LoadShape

    package init(_ shape: LoadShape) {
        precondition(shape.connections > 0 && shape.inFlight > 0 && shape.threads > 0)
        self.shape = shape
    }

    /// Runs to its end.
    ///
    /// - Parameters:
    ///   - calls: what each connection sends; it is used by one thread at a time, and may be used by the next run.
    ///   - began: told the run's clock when all connections stand: whoever measures or ends the run needs it.
    package func run(
        _ calls: [ConnectionCalls], began: (RunClock) -> Void = { _ in }
    ) throws(ClientError) -> Result {
        precondition(calls.count == shape.connections)
        var sockets: [Connected] = []
        for _ in 0..<shape.connections { sockets.append(try Connected(shape)) }
        let start = MonotonicClock.nanoseconds() + Self.nanoseconds(shape.warmUpSeconds)
        let clock = RunClock(start: start, end: shape.requests == nil ? start + Self.nanoseconds(shape.seconds) : .max)
        began(clock)

        let threads = min(shape.threads, shape.connections)
        let board = Mutex(Result())
        let group = DispatchGroup()
        for index in 0..<threads {
            let mine = stride(from: index, to: shape.connections, by: threads)
            let crew = Crew(connections: mine.map { connection($0, of: sockets, calls, clock) })
            group.enter()
            // A thread, not a task of a pool: it waits in the kernel most of its time.
            let thread = Thread { [self] in
                let tally = serve(crew, clock)
                board.withLock { $0.tally.add(tally) }
                group.leave()
            }
            thread.name = "load \(index)"
            thread.start()
        }
        group.wait()
        let now = MonotonicClock.nanoseconds()
        let end = min(clock.end, now)
        var result = board.withLock { $0 }
        result.seconds = end > start ? Double(end - start) / 1e9 : 0
        result.error = clock.error
        return result
    }

    private func serve(_ crew: Crew, _ clock: RunClock) -> Tally {
        do throws(ClientError) {
            var worker = try LoadWorker(
                crew.connections, clock, isOpen: shape.loop != .closed, tick: UInt64(shape.tick) * 1_000,
                patience: Self.nanoseconds(shape.patienceSeconds))
            return worker.run()
        } catch {
            clock.fail(error)
            return Tally()
        }
    }

    private func connection(
        _ index: Int, of sockets: [Connected], _ calls: [ConnectionCalls], _ clock: RunClock
    ) -> LoadConnection {
        var schedule: Schedule?
        if case .open(let rate, let arrivals) = shape.loop {
            let parts = shape.connections
            // Planned from the beginning of the warm-up on.
            schedule = Schedule(
                rate: rate / Double(parts), arrivals, start: clock.start - Self.nanoseconds(shape.warmUpSeconds),
                seed: shape.seed, part: index, parts: parts)
        }
        var requests = Int.max
        if let all = shape.requests { requests = all * (index + 1) / parts - all * index / parts }
        return LoadConnection(
            sockets[index].take(), sockets[index].wire, calls[index], clock, number: index / min(shape.threads, parts),
            inFlight: shape.inFlight, schedule: schedule, requests: requests)
    }

    private var parts: Int { shape.connections }

    private static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(max(0, seconds) * 1e9) }
}

/// A socket that is connected before any thread begins, and its wire.
private final class Connected {
    private var socket: Socket?
    let wire: any LoadWire

    init(_ shape: LoadShape) throws(ClientError) {
        socket = try Socket(
            host: shape.host, port: shape.port, tls: shape.tls, protocols: shape.wire.applications)
        wire = try shape.wire.wire(authority: shape.authority, token: shape.token)
    }

    func take() -> Socket { socket.take()! }
}

/// The connections of one thread.
private struct Crew: @unchecked Sendable {
    // Unchecked: made by one thread, then used by another only.
    let connections: [LoadConnection]
}
