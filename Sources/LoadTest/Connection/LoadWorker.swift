import Client
import RPC

/// One thread of a run: serves its connections, numbered as they stand, until the run has ended and their answers have
/// come.
struct LoadWorker: ~Copyable {
    /// How often a thread looks whether the run was ended early.
    private static let lookNanoseconds: UInt64 = 50_000_000
    /// How long answers are waited for once a connection was lost.
    private static let brokenPatience: UInt64 = 500_000_000

    private let connections: [LoadConnection]
    private let clock: RunClock
    private let isOpen: Bool
    /// Nanoseconds from one look at the schedules to the next, at least.
    private let tick: UInt64
    private let patience: UInt64
    private let poller: Poller
    private var tally = Tally()

    init(
        _ connections: [LoadConnection], _ clock: RunClock, isOpen: Bool, tick: UInt64, patience: UInt64
    ) throws(ClientError) {
        self.connections = connections
        self.clock = clock
        self.isOpen = isOpen
        self.tick = tick
        self.patience = patience
        poller = try Poller()
    }

    /// Runs to the end; what was seen, also where a connection was lost.
    mutating func run() -> Tally {
        do throws(ClientError) { try serve() } catch { clock.fail(error) }
        for connection in connections { connection.abandon() }
        return tally
    }

    private mutating func serve() throws(ClientError) {
        for connection in connections { try poller.add(connection.descriptor, number: connection.number) }
        if !isOpen {
            let now = MonotonicClock.nanoseconds()
            for connection in connections { try connection.fill(now, &tally) }
        }
        var hasEnded = false
        var nextLook: UInt64 = 0
        while true {
            let now = MonotonicClock.nanoseconds()
            let end = clock.end
            var wake = now + Self.lookNanoseconds
            if now < end {
                wake = min(wake, end)
                if isOpen {
                    if now >= nextLook { nextLook = try sendDue(now, before: end) }
                    wake = min(wake, nextLook)
                }
            } else {
                if isOpen, !hasEnded {
                    for connection in connections {
                        // What fell due since the last look is late, and not missed; a whole backlog is.
                        if clock.error == nil { _ = try connection.sendDue(now, before: end, &tally) }
                        connection.missRest(before: end, &tally)
                    }
                }
                hasEnded = true
                let wait = clock.error == nil ? patience : min(patience, Self.brokenPatience)
                if now - end >= wait { return }
            }
            for connection in connections { try connection.flush(poller) }
            let isIdle = connections.allSatisfy { $0.outstanding == 0 }
            if isIdle, hasEnded || connections.allSatisfy(\.isUsedUp) { return }
            if isIdle, !isOpen, !hasEnded {
                throw .misuse("there is nothing left to send: too few persons whose years are known; add --persons")
            }
            var answered = 0
            let time = MonotonicClock.nanoseconds()
            let ready = poller.wait(nanoseconds: wake > time ? wake - time : 0)
            for index in 0..<ready {
                let connection = connections[poller.number(index)]
                answered += try connection.receive(refills: !isOpen, &tally)
                try connection.flush(poller)
            }
            if answered > 0 { clock.count(answered) }
        }
    }

    /// Open loop: sends what is due; returns when to look again.
    private mutating func sendDue(_ now: UInt64, before end: UInt64) throws(ClientError) -> UInt64 {
        var next = UInt64.max
        for connection in connections { next = min(next, try connection.sendDue(now, before: end, &tally)) }
        // Before now: more is due than a turn may send.
        return next <= now ? now : max(next, now + tick)
    }
}
