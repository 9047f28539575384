import Glibc
import Synchronization

/// A stepped request: its work, its memory, and the results of its steps' commits.
final class SteppedRequest: @unchecked Sendable {
    // Safe to share: one thread at a time has it; commit results of earlier steps arrive behind the mutex.

    private struct Sealed {
        /// Commits that its steps were in, and the first that failed.
        var tickets = 0
        var failure: CallStatus?
    }

    let arena: Arena
    /// Prepared and answered on the sequencer.
    let isHere: Bool
    private let pool: WorkerPool
    private var inflated = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// A message that came as JSON, as protobuf; shared with nobody, and not changed while the work refers to it.
    private var converted = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var accountedBytes = 0
    private(set) var work: (any SteppedWork)?
    /// How the work ended; of the sequencer, then of who answers.
    var status = CallStatus.ok
    var hasBegun = false
    private var answersInChinese = false
    /// Steps since the last seal wait for the next.
    var isHeld = false
    private let sealed = Mutex(Sealed())

    private let jsonForm: JSONForm?

    init(_ pool: WorkerPool, _ jsonForm: JSONForm?, isHere: Bool) {
        self.pool = pool
        self.jsonForm = jsonForm
        self.isHere = isHere
        arena = pool.arenas.take()
    }

    deinit {
        // The work refers to the memory, so it is released first.
        work = nil
        free(inflated.baseAddress)
        converted.deallocate()
        _ = pool.changeHeld(from: accountedBytes, to: 0)
        arena.reset()
        pool.arenas.giveBack(arena)
    }

    /// Reads the message, which stays where it is; why it cannot be worked on.
    func prepare(
        _ prepare: Method.Preparation, _ head: RequestHead, _ message: UnsafeRawBufferPointer, _ context: WorkerContext
    ) -> CallStatus {
        answersInChinese = head.traits.contains(.chinese)
        let own = enter(context)
        defer { leave(context, own) }
        var plain = message
        if head.messageCompression != .none {
            do throws(CompressionError) {
                inflated = try context.inflater.inflateOwned(message, head.messageCompression)
                plain = UnsafeRawBufferPointer(inflated)
            } catch {
                return .failed(.badRequest, error.description)
            }
        }
        if head.traits.contains(.json) {
            let status = convert(plain, context)
            guard status.isOK else { return status }
            plain = UnsafeRawBufferPointer(converted)
        }
        switch prepare(plain, context) {
        case .refused(let status): return status
        case .work(let work): self.work = work
        }
        let held = inflated.count + converted.count + arena.heldBytes
        guard isHere || pool.changeHeld(from: 0, to: held) else {
            return .failed(
                .overLimit, "the server holds all the memory that it takes for requests; nothing was done: try again")
        }
        accountedBytes = isHere ? 0 : held
        return .ok
    }

    /// Puts a message of JSON into protobuf, in memory that stays as long as the request.
    private func convert(_ text: UnsafeRawBufferPointer, _ context: WorkerContext) -> CallStatus {
        guard let jsonForm else {
            return .failed(.badRequest, "this method is not called with JSON; send application/proto")
        }
        let status = jsonForm.request(text, &context.requestMessage)
        guard status.isOK else { return status }
        let count = context.requestMessage.count
        converted = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
        context.requestMessage.withUnsafeBytes { converted.copyMemory(from: $0) }
        context.trimForms()
        return .ok
    }

    /// Does the next steps; true: it is done, or ended.
    func proceed(_ context: WorkerContext) -> Bool {
        let own = enter(context)
        defer { leave(context, own) }
        // Nothing comes after steps that are lost.
        if let failure { status = failure }
        guard status.code == 0, let work else { return true }
        guard let end = work.proceed(context) else { return false }
        status = end
        return true
    }

    /// Puts what belongs to the request into the context of the thread that works on it, and returns what was there.
    private func enter(_ context: WorkerContext) -> Arena {
        defer { context.arena = arena }
        context.answersInChinese = answersInChinese
        return context.arena
    }

    private func leave(_ context: WorkerContext, _ own: Arena) {
        context.arena = own
        context.answersInChinese = false
    }

    /// Ends work that is under way.
    func breakOff(_ reason: CallStatus) { status = work?.brokenOff(by: reason) ?? reason }

    /// Writes the answer, or why there is none.
    func answer(_ head: RequestHead, _ reply: inout ReplyWriter, _ context: WorkerContext) {
        let own = enter(context)
        defer { leave(context, own) }
        reply.begin(correlationID: head.correlationID, head.traits)
        var end = failure ?? status
        if end.code == 0, let work { end = work.answer(&reply, context) }
        if end.code == 0, head.traits.contains(.json), let jsonForm { end = reply.translate(jsonForm.answer, context) }
        let code = reply.finish(end, compression: head.replyCompression, context: context)
        if code != 0 { context.failed(code, head) }
    }

    // MARK: On the way to the store

    /// Counts one sealed group of its steps, which a commit will make durable.
    func wasSealed() { sealed.withLock { $0.tickets += 1 } }

    /// Some of its steps did not become durable.
    func fail(_ status: CallStatus) { sealed.withLock { $0.failure = $0.failure ?? status } }

    /// The first failed commit of its steps; nil when every sealed step is durable.
    var failure: CallStatus? {
        let (tickets, failure) = sealed.withLock { ($0.tickets, $0.failure) }
        guard let failure else { return nil }
        return tickets > 1 ? work?.brokenOff(by: failure) ?? failure : failure
    }
}

/// Arenas of requests that are worked on in steps; a few are kept, with their memory.
final class ArenaStore: @unchecked Sendable {
    // Safe to share: the arenas are behind the mutex, and whoever takes one has it alone.
    private let bytesMax: Int
    private let kept = Mutex<[Kept]>([])

    private struct Kept: @unchecked Sendable { let arena: Arena }

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func take() -> Arena {
        if let found = kept.withLock({ $0.popLast() }) { return found.arena }
        return Arena(bytesMax: bytesMax)
    }

    func giveBack(_ arena: Arena) {
        let found = Kept(arena: arena)
        kept.withLock { if $0.count < Limits.arenasKept { $0.append(found) } }
    }
}
