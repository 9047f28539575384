import Dispatch
import Synchronization

/// The group commit: holds the sequencer's answers until their records are durable, and runs the committer thread.
///
/// ```
/// sequencer: hold, hold ─ seal ─> sealed ─┐            hold ─ seal ─> sealed ─┐
/// committer:                              └─ commit ─> leave                  └─ commit ─> leave
/// ```
/// Groups that are sealed while a commit runs share the next commit: the slower the store, the larger the group. A lone
/// request is sealed and committed at once. If one client sends one request at a time and the store is quick, its event
/// loop commits: two thread wake-ups would cost half as much as the commit.
final class CommitQueue: @unchecked Sendable {
    // Safe to share: `open` is touched on the sequencer only; `taken`, `reply` and `counters` by whoever set
    // `isRunning`, one thread at a time; the rest is constant or behind the mutex.

    /// Answers, or one piece of background work, whose records are not durable yet.
    private struct SealedPart {
        /// nil: the server's own work.
        var part: AnsweredPart?
        var ticket: UInt64?
        /// Of the server's own work.
        var confirm: (@Sendable (CallStatus?) -> Void)?
        /// Steps of a request that goes on.
        var steps: SteppedRequest?
        /// A request whose steps are done: it is answered when all of them are durable.
        var packing: Burst?

        /// The request that is worked on in steps, whatever is here of it.
        var request: SteppedRequest? { part?.request ?? steps ?? packing?.request }
        /// Whether earlier steps of it are known to be lost.
        var isFailed: Bool { request?.failure != nil }

        /// Releases the waiting part. It is moved out: copying it would retain ten references.
        mutating func leave(counters: Counters, at now: UInt64) {
            if let part = part.take() { part.leave(counters: counters, at: now) }
            if let packing = packing.take() { packing.queue!.pool.pack(packing) }
        }
    }

    private struct State {
        var sealed: [SealedPart] = []
        var isRunning = false
        /// Quick commits since the last slow one.
        var quickCommits = 0
        /// Commits on event loops since the last housekeeping.
        var untidied = 0
        /// Sealed and not yet left.
        var requests = 0
        var bytes = 0
        var isSequencerWaiting = false
    }

    /// Used by the committing thread only.
    let counters = Counters()
    /// How long commits took, and how many answers waited for each; filled by the committing thread.
    let durations = Histograms(.durations)
    let sizes = Histograms(.sizes)
    private let barrier: Barrier
    private let requestsMax: Int
    private let bytesMax: Int
    private let queue = DispatchQueue(label: "jiesuan.committer", qos: .userInitiated)
    private let state = Mutex(State())
    private let roomAgain = DispatchSemaphore(value: 0)
    /// When the commit under way began; 0: there is none.
    private let commitStart = Atomic<UInt64>(0)
    /// When the last one ended; 0: there was none.
    private let commitEnd = Atomic<UInt64>(0)

    // Unchecked exclusivity: one thread at a time has these, and nothing that is handed a part of them comes back here.

    /// Answers, and steps, that are not sealed.
    @exclusivity(unchecked) private var open: [SealedPart] = []
    @exclusivity(unchecked) private var openRequests = 0
    @exclusivity(unchecked) private var openBytes = 0
    /// Turns of requests that are worked on in steps, since the last seal.
    @exclusivity(unchecked) private var openTurns = 0

    @exclusivity(unchecked) private var taken: [SealedPart] = []
    @exclusivity(unchecked) private var reply: ReplyWriter

    init(barrier: Barrier, configuration: ServerConfiguration) {
        self.barrier = barrier
        requestsMax = configuration.uncommittedRequestsMax
        bytesMax = configuration.uncommittedBytesMax
        reply = ReplyWriter(wording: configuration.chineseWording)
    }

    /// Sealed requests whose answers have not left, and the bytes of both.
    var waiting: (requests: Int, bytes: Int) { state.withLock { ($0.requests, $0.bytes) } }

    /// Whether no group is sealed or being committed and no failure has to be repaired first.
    var isResting: Bool { !state.withLock { $0.isRunning } && barrier.isQuick() }

    /// How long the commit under way has been running, in nanoseconds; nil: there is none.
    var commitNanoseconds: UInt64? {
        let start = commitStart.load(ordering: .relaxed)
        return start == 0 ? nil : MonotonicClock.nanoseconds() &- start
    }

    /// How long ago the last commit ended, in nanoseconds; nil: there was none.
    var sinceLastCommit: UInt64? {
        let end = commitEnd.load(ordering: .relaxed)
        return end == 0 ? nil : MonotonicClock.nanoseconds() &- end
    }

    /// Whether nothing that was sealed waits or is being made durable.
    var isIdle: Bool { state.withLock { !$0.isRunning } }

    // MARK: On the sequencer

    /// Keeps answers until `pass` seals them.
    func hold(_ part: AnsweredPart) {
        open.append(SealedPart(part: part, ticket: nil))
        openRequests += part.completion.answered
        openBytes += part.bytes
    }

    /// Whether something is held.
    var hasOpen: Bool { !open.isEmpty }

    /// Remembers a request with steps done since the last seal, so that a failed commit can fail the request.
    func hold(stepsOf request: SteppedRequest) {
        openTurns += 1
        guard !request.isHeld else { return }
        request.isHeld = true
        open.append(SealedPart(part: nil, ticket: nil, steps: request))
    }

    /// Keeps a request whose steps are done; a worker answers it when they are durable.
    func hold(packing burst: Burst) { open.append(SealedPart(part: nil, ticket: nil, packing: burst)) }

    /// Seals the held answers and hands them to the committer. Skips it when more answers follow at once and the
    /// committer is busy; blocks (back-pressure) while the sealed requests or bytes are above their limits.
    ///
    /// - Parameter isLone: nobody else asks, so it is committed on this thread where the store is quick.
    func pass(moreComes: Bool, isLone: Bool = false, counters sequencerCounters: Counters) {
        guard !open.isEmpty else { return }
        if moreComes, isForLater || mayGather { return }
        let ticket = barrier.seal()
        // By index: see `SealedPart.leave`.
        for index in open.indices {
            open[index].steps?.isHeld = false
            open[index].ticket = ticket
            if ticket != nil { open[index].request?.wasSealed() }
        }
        let (way, isFull) = state.withLock { state -> (Way, isFull: Bool) in
            // Without a ticket these answers need no commit, but answers that are leaving now go first.
            guard ticket != nil || state.isRunning || open.indices.contains(where: { open[$0].isFailed }) else {
                return (.free, false)
            }
            if state.sealed.isEmpty { swap(&state.sealed, &open) } else { state.sealed.append(contentsOf: open) }
            state.requests += openRequests
            state.bytes += openBytes
            state.isSequencerWaiting = state.requests > requestsMax || state.bytes > bytesMax
            defer { state.isRunning = true }
            if state.isRunning { return (.committer, state.isSequencerWaiting) }
            let isHere = isLone && !state.isSequencerWaiting && state.quickCommits >= Limits.quickCommitsMin
            return (isHere ? .here : .startedCommitter, state.isSequencerWaiting)
        }
        if way == .free {
            let now = sequencerCounters.now
            for index in open.indices { open[index].leave(counters: sequencerCounters, at: now) }
        }
        open.removeAll(keepingCapacity: true)
        (openRequests, openBytes, openTurns) = (0, 0, 0)
        switch way {
        case .free, .committer: break
        case .here: runHere()
        case .startedCommitter: queue.async { self.run() }
        }
        if isFull { roomAgain.wait() }
    }

    /// Seals the records of one piece of background work; `confirm` gets nil when they are durable, or the failure.
    func seal(then confirm: @escaping @Sendable (CallStatus?) -> Void, counters sequencerCounters: Counters) {
        // The held answers report earlier records, so they are sealed with it.
        pass(moreComes: false, counters: sequencerCounters)
        guard let ticket = barrier.seal() else { return confirm(nil) }
        let mustStart = state.withLock { state in
            state.sealed.append(SealedPart(part: nil, ticket: ticket, confirm: confirm))
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if mustStart { queue.async { self.run() } }
    }

    /// What happens to held answers after a seal.
    private enum Way {
        /// Nothing was recorded: they leave now.
        case free
        /// The committer is running and will take them next.
        case committer
        /// The committer sleeps and has to be woken.
        case startedCommitter
        /// This thread commits.
        case here
    }

    /// Whether only steps of unfinished requests are held. No answer waits for them, and a commit for every turn would
    /// cost more than the steps.
    private var isForLater: Bool {
        openTurns < Limits.turnsPerCommit && open.indices.allSatisfy { open[$0].steps != nil }
    }

    /// Whether a second group is already sealed behind the one being committed (the committer has work) and the limits
    /// allow more.
    private var mayGather: Bool {
        state.withLock { state in
            !state.sealed.isEmpty && state.requests + openRequests <= requestsMax
                && state.bytes + openBytes <= bytesMax
        }
    }

    // MARK: On the committer, or where a lone request was read

    private func run() {
        while take() {
            if commit() { barrier.maintain() }
        }
    }

    /// Commits a lone request on the calling thread. Groups sealed meanwhile, and housekeeping, go to the committer;
    /// during housekeeping no event loop commits.
    private func runHere() {
        guard take() else { return }
        _ = commit()
        let (goesOn, mustMaintain) = state.withLock { state in
            state.untidied = (state.untidied + 1) % Limits.commitsPerTidy
            let mustMaintain = state.untidied == 0
            state.isRunning = mustMaintain || !state.sealed.isEmpty
            return (state.isRunning, mustMaintain)
        }
        guard goesOn else { return }
        queue.async {
            if mustMaintain { self.barrier.maintain() }
            self.run()
        }
    }

    /// Commits the groups that were taken and sends their answers; false when none of them needed a commit.
    private func commit() -> Bool {
        let last = taken.indices.last { taken[$0].ticket != nil }
        if let last = last.flatMap({ taken[$0].ticket }) {
            let start = MonotonicClock.nanoseconds()
            commitStart.store(start, ordering: .relaxed)
            barrier.commit(last)
            commitStart.store(0, ordering: .relaxed)
            let end = MonotonicClock.nanoseconds()
            commitEnd.store(end, ordering: .relaxed)
            durations.add(end &- start)
            let isQuick = end - start <= Limits.quickCommitNanoseconds
            state.withLock { $0.quickCommits = isQuick ? min($0.quickCommits + 1, Limits.quickCommitsMin) : 0 }
            counters.add(.commits)
        }
        let answers = sendAnswers()
        if last != nil { sizes.add(UInt64(answers)) }
        return last != nil
    }

    /// Takes everything that is sealed; false when there is nothing, and then `run` ends.
    private func take() -> Bool {
        state.withLock { state in
            swap(&state.sealed, &taken)
            state.isRunning = !taken.isEmpty
            return state.isRunning
        }
    }

    /// Returns how many answers left.
    private func sendAnswers() -> Int {
        let now = counters.now
        var requests = 0
        var bytes = 0
        var asked: (ticket: UInt64, status: CallStatus?)?
        for index in taken.indices {
            var failure: CallStatus?
            if let ticket = taken[index].ticket {
                if asked?.ticket != ticket { asked = (ticket, barrier.status(ticket)) }
                failure = asked?.status
            }
            if let failure { taken[index].request?.fail(failure) }
            var part = taken[index].part.take()
            requests += part?.completion.answered ?? 0
            bytes += part?.bytes ?? 0
            if let failure = part?.request?.failure ?? failure {
                part?.replaceAnswers(by: failure, &reply, counters: counters)
            }
            taken[index].part = part.take()
            taken[index].leave(counters: counters, at: now)
            taken[index].confirm?(failure)
        }
        taken.removeAll(keepingCapacity: true)
        giveRoom(requests, bytes)
        return requests
    }

    private func giveRoom(_ requests: Int, _ bytes: Int) {
        let mustSignal = state.withLock { state in
            state.requests -= requests
            state.bytes -= bytes
            guard state.isSequencerWaiting, state.requests <= requestsMax, state.bytes <= bytesMax else { return false }
            state.isSequencerWaiting = false
            return true
        }
        if mustSignal { roomAgain.signal() }
    }
}
