import Synchronization

/// What one thread of the server counted; other threads may read it at any time.
final class Counters: @unchecked Sendable {
    // Safe to share: one thread adds, relaxed atomics let others read.

    enum Name: Int, CaseIterable {
        case requests, requestsOfHTTP, requestsOfGRPC, answersInline, answersByWorkers, answersDropped
        case bytesRead, bytesWritten
        case connectionsAccepted, connectionsClosed
        case badFrames, floods, slowReaders, partialFrameTimeouts, overBudget, idleTimeouts, gaveWay, vanished
        case handshakes, handshakeFailures, plainBytes, unwantedTLS
        case readingPauses, workPauses
        case commits, answersReplaced
    }

    /// Error codes up to this are counted one by one, everything else in slot 0.
    private static let codesMax = 5000

    private let values: UnsafeMutablePointer<Atomic<UInt64>>
    private let codes: UnsafeMutablePointer<Atomic<UInt64>>
    /// How long answers took, a row for each method; nil: nobody records it. Set before the thread's first request.
    private(set) var durations: Histograms?
    /// How long requests waited for this worker; nil: nobody records it.
    private(set) var waits: Histograms?

    /// For requests that are slow or failed; nil: nobody writes them. Set before the thread's first request.
    private(set) var log: RequestLog?

    /// Writes slow and failed requests from now on; before the first request.
    func write(to log: RequestLog) { self.log = log }

    /// From now on durations are recorded; before the first request.
    func record(methods: Int) {
        durations = Histograms(rows: methods, .durations)
        waits = Histograms(.durations)
    }

    init() {
        values = Self.zeros(Name.allCases.count)
        codes = Self.zeros(Self.codesMax)
    }

    deinit {
        values.deinitialize(count: Name.allCases.count).deallocate()
        codes.deinitialize(count: Self.codesMax).deallocate()
    }

    /// Adds, from the thread that owns these counters.
    @inline(__always)
    func add(_ name: Name, _ count: Int = 1) {
        Self.add(values + name.rawValue, UInt64(count))
    }

    /// Counts a failed call.
    func addError(_ code: Int32) {
        Self.add(codes + ((1..<Int32(Self.codesMax)).contains(code) ? Int(code) : 0), 1)
    }

    /// The time for `durations`, in monotonic nanoseconds; 0: nobody records them.
    var now: UInt64 { durations == nil ? 0 : MonotonicClock.nanoseconds() }

    func value(_ name: Name) -> UInt64 { values[name.rawValue].load(ordering: .relaxed) }

    func addErrors(to sums: inout [Int32: UInt64]) {
        for code in 0..<Self.codesMax {
            let count = codes[code].load(ordering: .relaxed)
            if count > 0 { sums[Int32(code), default: 0] += count }
        }
    }

    // Only one thread writes, so a load and a store suffice: a fifth of the cost of an atomic addition.
    @inline(__always)
    private static func add(_ value: UnsafeMutablePointer<Atomic<UInt64>>, _ count: UInt64) {
        value.pointee.store(value.pointee.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        let zeros = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: count)
        for index in 0..<count { (zeros + index).initialize(to: Atomic(0)) }
        return zeros
    }
}

/// What the server has done since it started; a snapshot, its parts may be some microseconds apart.
package struct ServerStatistics: Sendable {
    package internal(set) var connectionsOpen = 0
    package internal(set) var connectionsAccepted: UInt64 = 0
    package internal(set) var connectionsClosed: UInt64 = 0
    /// Connections refused because of the limit of all or of one address, when none could give way.
    package internal(set) var connectionsRefused: UInt64 = 0
    /// Of these, because of their address.
    package internal(set) var connectionsRefusedForAddress: UInt64 = 0
    /// Times that accepting rested because the system had no descriptor.
    package internal(set) var acceptPauses: UInt64 = 0
    package internal(set) var requests: UInt64 = 0
    /// Of these, those that came by HTTP/1.1 and by gRPC; the others came by `baidu_std`.
    package internal(set) var requestsOfHTTP: UInt64 = 0
    package internal(set) var requestsOfGRPC: UInt64 = 0
    package internal(set) var answersInline: UInt64 = 0
    package internal(set) var answersByWorkers: UInt64 = 0
    /// Answers whose connection had gone.
    package internal(set) var answersDropped: UInt64 = 0
    /// Failed calls by code; 0: codes outside 1…4999.
    package internal(set) var errors: [Int32: UInt64] = [:]
    package internal(set) var bytesRead: UInt64 = 0
    package internal(set) var bytesWritten: UInt64 = 0
    /// Connections closed because their bytes were no packets.
    package internal(set) var closedForBadFrames: UInt64 = 0
    /// Connections closed because of a flood of what asks for nothing: resets, pings, settings, empty frames.
    package internal(set) var closedForFloods: UInt64 = 0
    /// Connections closed because they did not read their answers.
    package internal(set) var slowReaders: UInt64 = 0
    /// Connections closed because a frame did not end in time.
    package internal(set) var partialFrameTimeouts: UInt64 = 0
    /// Connections closed because all together held too much, and these most for longest.
    package internal(set) var closedOverBudget: UInt64 = 0
    /// Connections closed because nothing was under way for too long.
    package internal(set) var idleTimeouts: UInt64 = 0
    /// Idle connections closed because a new one needed their place.
    package internal(set) var gaveWay: UInt64 = 0
    /// Connections whose peer was gone without a word.
    package internal(set) var vanished: UInt64 = 0
    /// TLS handshakes that were done.
    package internal(set) var handshakes: UInt64 = 0
    /// Connections closed because their TLS handshake failed, was not done in time, or gave way to a newer one.
    package internal(set) var handshakeFailures: UInt64 = 0
    /// Connections closed because their bytes were not TLS where it is asked for.
    package internal(set) var closedForPlainBytes: UInt64 = 0
    /// Connections closed because they began with TLS where there is none.
    package internal(set) var closedForUnwantedTLS: UInt64 = 0
    /// Times that a connection's reading paused.
    package internal(set) var readingPauses: UInt64 = 0
    /// Times that work on a connection's requests paused because its answers did not leave.
    package internal(set) var workPauses: UInt64 = 0
    /// Times that the barrier was asked to make work durable; each is for everything that waited.
    package internal(set) var commits: UInt64 = 0
    /// Answers that were replaced by a failure because what they tell of did not become durable.
    package internal(set) var answersReplaced: UInt64 = 0
    /// Requests that are answered but wait to be made durable, and their bytes with the answers'.
    package internal(set) var uncommittedRequests = 0
    package internal(set) var uncommittedBytes = 0
    /// Waiting or running in workers.
    package internal(set) var queuedRequests = 0
    package internal(set) var queuedBytes = 0
    /// Frames under construction, unsent answers and requests that wait for them to leave, above each connection's
    /// free allowance.
    package internal(set) var heldBytes = 0

    /// Connections that the server closed, by reason; those that their peers closed are not among them.
    package var closedByReason: [(reason: String, count: UInt64)] {
        [
            ("bad_bytes", closedForBadFrames), ("flood", closedForFloods), ("slow_reader", slowReaders),
            ("unfinished_request", partialFrameTimeouts), ("memory", closedOverBudget), ("idle", idleTimeouts),
            ("gave_way", gaveWay), ("peer_gone", vanished), ("handshake", handshakeFailures),
            ("no_tls", closedForPlainBytes), ("unwanted_tls", closedForUnwantedTLS),
        ]
    }

    mutating func add(_ counters: Counters) {
        connectionsAccepted += counters.value(.connectionsAccepted)
        connectionsOpen += Int(counters.value(.connectionsAccepted)) - Int(counters.value(.connectionsClosed))
        connectionsClosed += counters.value(.connectionsClosed)
        requests += counters.value(.requests)
        requestsOfHTTP += counters.value(.requestsOfHTTP)
        requestsOfGRPC += counters.value(.requestsOfGRPC)
        answersInline += counters.value(.answersInline)
        answersByWorkers += counters.value(.answersByWorkers)
        answersDropped += counters.value(.answersDropped)
        bytesRead += counters.value(.bytesRead)
        bytesWritten += counters.value(.bytesWritten)
        closedForBadFrames += counters.value(.badFrames)
        closedForFloods += counters.value(.floods)
        slowReaders += counters.value(.slowReaders)
        partialFrameTimeouts += counters.value(.partialFrameTimeouts)
        closedOverBudget += counters.value(.overBudget)
        idleTimeouts += counters.value(.idleTimeouts)
        gaveWay += counters.value(.gaveWay)
        vanished += counters.value(.vanished)
        handshakes += counters.value(.handshakes)
        handshakeFailures += counters.value(.handshakeFailures)
        closedForPlainBytes += counters.value(.plainBytes)
        closedForUnwantedTLS += counters.value(.unwantedTLS)
        readingPauses += counters.value(.readingPauses)
        workPauses += counters.value(.workPauses)
        commits += counters.value(.commits)
        answersReplaced += counters.value(.answersReplaced)
        counters.addErrors(to: &errors)
    }
}
