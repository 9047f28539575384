import Glibc

/// Requests of one read that travel to one worker together, in memory of their own.
final class Burst: @unchecked Sendable {
    // Safe to send: an event loop fills it, then one worker reads it, then the event loop has it back.

    struct Item {
        let head: RequestHead
        fileprivate let offset: Int
        fileprivate let count: Int

        /// Its units of estimated work; see `Backlog`.
        var units: Int { Backlog.units(bytes: count, compression: head.messageCompression) }
        /// A large frame that was taken over whole: holds the message, freed with the burst.
        fileprivate let owned: UnsafeMutableRawPointer?
    }

    /// Where the answers go; set anew for every use.
    var shard: Shard?
    var connection = ConnectionToken(slot: 0, generation: 0)
    /// When the read came, monotonic nanoseconds: deadlines count from here.
    var arrival: UInt64 = 0

    /// In whose name its requests are made.
    var origin: CallOrigin?
    /// Says whether the answers leave.
    var flow: AnswerFlow?
    /// Where it waits, or comes from.
    var queue: WorkQueue?
    /// Its connection's turn there.
    var turn: ConnectionTurn?
    /// Stage of a stepped burst: prepared by a worker, run by the sequencer, packed by a worker.
    enum Stage { case prepare, steps, pack }

    /// `steps` of every other burst.
    var stage = Stage.steps
    /// Its present request, where that is worked on in steps and has been begun.
    var request: SteppedRequest?
    /// What that one's steps took in earlier turns, in nanoseconds.
    var earlierTime: UInt64 = 0
    /// Whether every request is of a `briefSequencer` method, plain and small.
    var isBrief = true
    /// Which of its connection's bursts for the sequencer it is, from 1; 0 for a worker's.
    var order: UInt64 = 0
    /// The same where it waits now: 0 with a worker.
    var rank: UInt64 = 0

    // Unchecked exclusivity: one thread has the burst, and no more than a number is read or written at a time.
    @exclusivity(unchecked) private(set) var items: [Item] = []
    /// Items that are done, the first ones.
    @exclusivity(unchecked) private(set) var done = 0
    private(set) var bytes = 0
    private(set) var units = 0
    private var scratch = Scratch()
    private var used = 0
    /// The next burst of a worker's inbox.
    var next: Burst?

    deinit {
        request = nil
        freeOwned()
    }

    /// Adds a request; its message is copied. False when the system has no memory.
    func append(_ head: RequestHead, copying message: UnsafeRawBufferPointer) -> Bool {
        let size = max(4096, 2 * scratch.bytes.count, used + message.count)
        if used + message.count > scratch.bytes.count, !scratch.grow(to: size) { return false }
        if message.count > 0, let source = message.baseAddress {
            memcpy(scratch.bytes.baseAddress! + used, source, message.count)
        }
        items.append(Item(head: head, offset: used, count: message.count, owned: nil))
        used += message.count
        bytes += message.count
        units += items[items.count - 1].units
        return true
    }

    /// Adds a request whose message lies inside `owned`, which the burst frees.
    func append(_ head: RequestHead, message: UnsafeRawBufferPointer, owned: UnsafeMutableRawPointer) {
        let offset = message.baseAddress.map { $0 - UnsafeRawPointer(owned) } ?? 0
        items.append(Item(head: head, offset: offset, count: message.count, owned: owned))
        bytes += message.count
        units += items[items.count - 1].units
    }

    func message(of item: Item) -> UnsafeRawBufferPointer {
        guard let base = item.owned ?? scratch.bytes.baseAddress else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: base + item.offset, count: item.count)
    }

    /// The request to work on next; nil when all are done.
    var current: Item? { done < items.count ? items[done] : nil }

    func advance() { done += 1 }

    func takeEarlierTime() -> UInt64 {
        defer { earlierTime = 0 }
        return earlierTime
    }

    /// Whether it consists of large requests, which take longer turns among themselves: one already begun or prepared,
    /// or any that an event loop would not run itself.
    var isLarge: Bool { request != nil || !isBrief && bytes > Limits.inlineMessageBytesMax }

    /// Requests that are not done.
    var left: Int { items.count - done }

    /// Bytes of the requests that are not done.
    var leftBytes: Int { items[done...].reduce(0) { $0 + $1.count } }

    var leftUnits: Int { items[done...].reduce(0) { $0 + $1.units } }

    /// Empties the burst for its next use; keeps a little memory.
    func reset() {
        // It may refer to the memory.
        request = nil
        freeOwned()
        items.removeAll(keepingCapacity: items.count <= Limits.inlineBurstMax)
        scratch.trim()
        used = 0
        bytes = 0
        units = 0
        done = 0
        shard = nil
        flow = nil
        origin = nil
        queue = nil
        turn = nil
        isBrief = true
        order = 0
        rank = 0
        stage = .steps
        earlierTime = 0
    }

    private func freeOwned() {
        for item in items { if let owned = item.owned { free(owned) } }
    }
}
