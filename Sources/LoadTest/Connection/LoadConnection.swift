import Client
import Glibc
import RPC

/// One connection of a run: its requests under way, its schedule, its bytes.
///
/// A request under way has a slot; its correlation id is the slot and how often the slot was used, so that every
/// answer is matched with one request, exactly once.
final class LoadConnection {
    /// Sends of one connection before the others and the answers have their turn.
    private static let burstMax = 256

    private struct Slot {
        /// When it was to be sent, and when it was; monotonic nanoseconds.
        var planned: UInt64 = 0
        var sent: UInt64 = 0
        var uses: Int64 = 0
        var mark = 0
        var source: Int32 = 0
        var isOut = false
    }

    let number: Int
    private let socket: Socket
    private let calls: ConnectionCalls
    private let clock: RunClock
    private let wire: any LoadWire
    private let slots: UnsafeMutablePointer<Slot>
    private let free: UnsafeMutablePointer<Int32>
    private let capacity: Int
    @exclusivity(unchecked) private var freeCount: Int
    /// nil: a closed loop.
    @exclusivity(unchecked) private var schedule: Schedule?
    /// Measured requests that are still to be sent.
    @exclusivity(unchecked) private var requestsLeft: Int
    @exclusivity(unchecked) private var waitsForRoom = false

    init(
        _ socket: consuming Socket, _ wire: any LoadWire, _ calls: ConnectionCalls, _ clock: RunClock, number: Int,
        inFlight: Int, schedule: Schedule?, requests: Int
    ) {
        self.socket = socket
        self.wire = wire
        self.calls = calls
        self.clock = clock
        self.number = number
        self.schedule = schedule
        requestsLeft = requests
        capacity = inFlight
        freeCount = inFlight
        slots = .allocate(capacity: inFlight)
        slots.initialize(repeating: Slot(), count: inFlight)
        free = .allocate(capacity: inFlight)
        for index in 0..<inFlight { free[index] = Int32(inFlight - 1 - index) }
    }

    deinit {
        slots.deallocate()
        free.deallocate()
    }

    var descriptor: Int32 { socket.descriptor }
    var outstanding: Int { capacity - freeCount }
    /// Whether it will never send again, whatever the time.
    var isUsedUp: Bool { requestsLeft == 0 }

    // MARK: Sending

    /// Closed loop: as many requests as may be under way.
    func fill(_ now: UInt64, _ tally: inout Tally) throws(ClientError) {
        while freeCount > 0, requestsLeft > 0, try send(planned: now, now, &tally) {}
    }

    /// Open loop: what is due by `now`; returns when it wants to be asked again.
    func sendDue(_ now: UInt64, before end: UInt64, _ tally: inout Tally) throws(ClientError) -> UInt64 {
        var budget = Self.burstMax
        while let planned = schedule?.next, planned <= now, planned < end, requestsLeft > 0 {
            if budget == 0 { return now }
            schedule?.advance()
            if freeCount > 0, try send(planned: planned, now, &tally) {
                budget -= 1
                if planned >= clock.start { Tally.record(now - planned, in: &tally.lateness) }
            } else {
                miss(planned, &tally)
            }
        }
        return requestsLeft > 0 ? schedule?.next ?? .max : .max
    }

    /// Open loop, at the end: what was planned before it and never sent, because the sender could not keep up.
    func missRest(before end: UInt64, _ tally: inout Tally) {
        while let planned = schedule?.next, planned < end, requestsLeft > 0 {
            schedule?.advance()
            miss(planned, &tally)
        }
    }

    private func miss(_ planned: UInt64, _ tally: inout Tally) {
        guard planned >= clock.start else { return }
        tally.missed += 1
        requestsLeft -= 1
    }

    /// Queues a request; false where the source has none.
    @inline(__always)
    private func send(planned: UInt64, _ now: UInt64, _ tally: inout Tally) throws(ClientError) -> Bool {
        let index = Int(free[freeCount - 1])
        let id = CallHead.idMin + slots[index].uses * Int64(capacity) + Int64(index)
        guard id < CallHead.idEnd else { throw .misuse("the correlation ids are used up; run for less time") }
        let source = calls.pick()
        var request = OutgoingRequest(wire: wire, id: id)
        guard let mark = calls.sources[source].next(into: &request) else { return false }
        freeCount -= 1
        slots[index].planned = planned
        slots[index].sent = now
        slots[index].mark = mark
        slots[index].source = Int32(source)
        slots[index].isOut = true
        if planned >= clock.start {
            tally.sent += 1
            requestsLeft -= 1
        }
        return true
    }

    /// Hands the queued bytes to the socket, and asks `poller` for the moment when it takes more.
    func flush(_ poller: borrowing Poller) throws(ClientError) {
        if !wire.hasUnsent, !waitsForRoom, socket.secure?.hasUnsent != true { return }
        let isSent = try wire.send(to: socket)
        guard isSent == waitsForRoom else { return }
        waitsForRoom = !isSent
        try poller.watch(descriptor, number: number, toWrite: waitsForRoom)
    }

    // MARK: Answers

    /// Reads and judges the answers that are there; returns how many.
    ///
    /// - Parameter refills: closed loop: each answer makes room for a request, while there is time.
    func receive(refills: Bool, _ tally: inout Tally) throws(ClientError) -> Int {
        var count = 0
        repeat {
            guard try wire.fill(from: socket) else { break }
            let now = MonotonicClock.nanoseconds()
            let end = clock.end
            while let answer = try wire.next() {
                try take(answer, now, isInTime: now >= clock.start && now < end, &tally)
                count += 1
            }
            if refills, now < end { try fill(now, &tally) }
        } while wire.isInsideAnswer
        return count
    }

    @inline(__always)
    private func take(_ answer: WireAnswer, _ now: UInt64, isInTime: Bool, _ tally: inout Tally) throws(ClientError) {
        let serial = answer.id &- CallHead.idMin
        let index = serial < 0 ? 0 : Int(serial % Int64(capacity))
        guard serial >= 0, slots[index].isOut, slots[index].uses == serial / Int64(capacity) else {
            throw .badAnswer("it answers \(answer.id), which is not outstanding")
        }
        let slot = slots[index]
        slots[index].isOut = false
        slots[index].uses += 1
        free[freeCount] = Int32(index)
        freeCount += 1

        let source = calls.sources[Int(slot.source)]
        let verdict: Verdict
        if answer.errorCode == 0 {
            verdict = source.judge(slot.mark, Answer(message: answer.message, compression: answer.compression))
        } else {
            source.failed(slot.mark, code: answer.errorCode)
            verdict = .refused(code: answer.errorCode)
        }
        let isMeasured = slot.planned >= clock.start
        if isMeasured { tally.answered += 1 }
        if isInTime { tally.cameAll += 1 }
        switch verdict {
        case .right(let claims, let checksum):
            if isInTime {
                tally.cameGood += 1
                tally.cameClaims += UInt64(claims)
            }
            guard isMeasured else { return }
            tally.checksum &+= checksum
            Tally.record(now - min(now, slot.planned), in: &tally.latency)
            Tally.record(now - min(now, slot.sent), in: &tally.service)
        case .wrong(let text): tally.complain(text)
        case .refused(let code): if isMeasured { tally.errors[code, default: 0] += 1 }
        }
    }

    /// At the end: what is still under way will not be judged.
    func abandon() {
        for index in 0..<capacity where slots[index].isOut {
            calls.sources[Int(slots[index].source)].failed(slots[index].mark, code: nil)
            slots[index].isOut = false
        }
    }
}
