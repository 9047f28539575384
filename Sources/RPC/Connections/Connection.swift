import Glibc
import Logging
import NIOCore
import Synchronization
import TLS

/// One client's connection: a thin shell around `FrameDecoder` and `ConnectionState`, on its event loop.
final class Connection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let shard: Shard
    let peer: PeerAddress
    private let descriptor: Int32
    private let permit: ConnectionPermit
    private(set) var token = ConnectionToken(slot: 0, generation: 0)
    var state: ConnectionState
    var decoder: FrameDecoder
    /// Whether the first bytes said that it is `baidu_std`.
    var isNative = false
    /// Who calls, where the server knows callers.
    var caller = ConnectionCaller()
    /// What translates where it is not; nil: nothing has said yet what it is.
    var door: (any Door)?
    /// The first bytes, where they were too few to tell.
    var undecided: [UInt8] = []
    /// What encrypts it; nil: nothing does.
    var tls: TLSSession?
    var isHandshaking = false
    /// The protocol that was agreed on in the handshake; nil: the first bytes inside say it.
    var agreed: WireProtocol?
    /// The door holds so many answers that no more are to be made.
    var isDoorFull = false
    private(set) var context: ChannelHandlerContext?
    let began: UInt64
    /// Bytes handed to the channel since the connection began.
    private var writtenBytes: UInt64 = 0
    /// The channel may hold answers that the kernel did not take.
    private(set) var mayHaveUnsent = false
    /// A read is being answered.
    private var isReading = false
    /// Tells workers whether answers leave.
    let flow: AnswerFlow
    /// In whose name its calls are made: where they name no operator, and where they named the last one.
    private(set) var origin: CallOrigin
    private var operatorOrigin: CallOrigin?
    /// What workers gave back until answers leave, and its bytes.
    private var parked: [Burst] = []
    private var parkedBytes = 0
    /// Bursts given to the sequencer since the connection began.
    private var sequencedBursts: UInt64 = 0
    /// What the shard's table knows of an unfinished packet.
    private var publishedUnfinished: UInt64 = 0
    /// What the memory budget knows of.
    private var accountedBytes = 0

    init(shard: Shard, _ accepted: AcceptedSocket, _ permit: ConnectionPermit) {
        self.shard = shard
        peer = accepted.peer
        descriptor = accepted.descriptor
        self.permit = permit
        began = MonotonicClock.nanoseconds()
        let configuration = shard.shared.configuration
        origin = CallOrigin(shard.context.strangers, peer: accepted.peer)
        flow = AnswerFlow(limit: configuration.pendingWritePauseBytes, queues: shard.shared.pool.all.count)
        decoder = FrameDecoder(bodyBytesMax: configuration.frameBodyBytesMax)
        state = ConnectionState(
            times: shard.times, inFlightMax: configuration.inFlightPerConnectionMax,
            windowBytes: configuration.pendingWritePauseBytes, now: began)
    }

    /// The peer has shown this certificate, which was checked; before its first request is read.
    func identified(by certificate: PeerCertificate) { caller.certificate = certificate }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        token = shard.add(self, group: permit.group)
        beginTLS()
        publish()
        if shard.shared.isDraining.load(ordering: .relaxed) { state.drain() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        endHandshake()
        if flow.host != nil { shard.shared.hosts.leave(peer.group) }
        release()
        shard.remove(token, permit)
    }

    func read(context: ChannelHandlerContext) {
        if state.readOffered() {
            context.read()
        } else {
            shard.context.counters.add(.readingPauses)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let input = unwrapInboundIn(data)
        shard.context.counters.add(.bytesRead, input.readableBytes)
        // Re-entered: when a write fails, NIO reads what is left inside that write before it closes. The peer is gone,
        // and the decoder and the writer are in use.
        guard state.acceptsRequests, !isReading else { return }
        isReading = true
        input.withUnsafeReadableBytes { bytes in
            if let tls { readTLS(bytes, tls) } else { take(bytes) }
        }
        isReading = false
        account(unsent: mayHaveUnsent ? unsentBytes : 0)
        publish()
    }

    /// Takes the bytes of a read apart, whatever their protocol.
    @inline(__always)
    func take(_ bytes: UnsafeRawBufferPointer) {
        guard isNative else { return readElsewhere(bytes) }
        var burst = ReadBurst(connection: self, arrival: MonotonicClock.nanoseconds())
        burst.run(bytes)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        writabilityChanged(isWritable && !isDoorFull)
        perform(state.writabilityChanged(isWritable, now: MonotonicClock.nanoseconds()))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            perform(state.inputClosed(now: MonotonicClock.nanoseconds()))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The peer reset the connection, or the socket failed: there is nobody to answer.
        if (error as? IOError)?.errnoCode == ETIMEDOUT { reportVanished() }
        context.close(promise: nil)
    }

    /// Answers leave, or they do not: workers are told.
    func writabilityChanged(_ isWritable: Bool) {
        flow.writabilityChanged(isWritable)
        if isWritable { resumeParked() }
    }

    /// The first request: from here on the connection has turns among others.
    func enter() { if flow.host == nil { flow.host = shard.shared.hosts.enter(peer.group) } }

    /// In whose name calls with this operator are made; `code` is valid.
    func origin(ofOperator code: UnsafeRawBufferPointer) -> CallOrigin {
        if let last = operatorOrigin, last.hasOperator(code) { return last }
        let made = origin.with(operatorCode: code)
        operatorOrigin = made
        return made
    }

    /// Calls are made in the name of `who` from now on, by no operator.
    func calls(_ who: Caller) {
        guard origin.who !== who else { return }
        origin = CallOrigin(who, peer: peer)
        operatorOrigin = nil
    }

    /// The order number of the next burst for the sequencer.
    func nextOrder() -> UInt64 {
        sequencedBursts += 1
        return sequencedBursts
    }

    // MARK: Events of the shard

    func deliver(_ completion: Completion, flush: Bool) {
        if let answers = completion.answers {
            if door == nil { write(answers, flush: flush) } else { translate(answers, flush: flush) }
            flow.arrived(answers.readableBytes)
            // Only the shard's own writer notices what stays unsent; the next tick looks.
            mayHaveUnsent = true
        }
        // The completion that ends a row may carry no answers itself.
        if flush, completion.answers == nil { if door == nil { context?.flush() } else { flushDoor() } }
        if state.isOverworked { state.overworked(shard.shared.pool.isTooFull(flow)) }
        perform(state.answered(completion.answered, now: MonotonicClock.nanoseconds()))
        if flush { publish() }
    }

    /// Keeps a burst whose rest must wait for answers to leave.
    func park(_ burst: Burst) {
        parked.append(burst)
        parkedBytes += burst.bytes
        if context?.channel.isWritable == true, !isDoorFull { resumeParked() }
    }

    private func resumeParked() {
        for burst in takeParked() { burst.queue!.resume(burst) }
    }

    private func takeParked() -> [Burst] {
        defer { (parked, parkedBytes) = ([], 0) }
        return parked
    }

    func roomAgain() { perform(state.roomAgain(now: MonotonicClock.nanoseconds())) }

    func tick(_ now: UInt64) {
        let unsent = mayHaveUnsent ? unsentBytes : 0
        if unsent == 0 { mayHaveUnsent = false }
        perform(state.tick(now: now, sentWhileUnsent: unsent == 0 ? nil : writtenBytes - UInt64(unsent)))
        if door != nil { tickDoor(now) }
        tickHandshake(now)
        account(unsent: unsent)
        if accountedBytes > 0, state.isHeldUp { shard.table.setProgress(token.slot, now: now) }
        publish()
    }

    func beginDrain() { if door == nil { state.drain() } else { drainDoor() } }

    func cutOff() { perform(state.cutOff()) }

    /// From now on waiting requests are refused and long work stops.
    func endWork() { flow.end() }

    // MARK: Writing

    /// Sends what the shard's writer holds.
    func writeReplies(_ reply: inout ReplyWriter) {
        guard reply.count > 0 else { return }
        if door != nil { return translate(&reply) }
        // A peer that does not read must not pin the shard's memory burst after burst: it gets copies of their size.
        write(mayHaveUnsent ? reply.take() : reply.share(), flush: true)
        if !reply.renew() { mayHaveUnsent = true }
    }

    /// Sends what the door wrote; `flush`: at once.
    func writeOutput(flush: Bool) {
        // A write that fails reads what is left inside it, and what the door writes lies in the shard's one buffer.
        let wasReading = isReading
        isReading = true
        defer { isReading = wasReading }
        guard shard.output.count > 0 else {
            if flush { context?.flush() }
            return
        }
        write(mayHaveUnsent || !flush ? shard.output.take() : shard.output.share(), flush: flush)
        if !shard.output.renew() { mayHaveUnsent = true }
    }

    private func write(_ answers: ByteBuffer, flush: Bool) {
        if let tls { writeTLS(answers, tls, flush: flush) } else { send(answers, flush: flush) }
    }

    /// Sends what the shard holds encrypted; `flush`: at once.
    func sendSealed(flush: Bool) {
        guard shard.sealed.count > 0 else { return }
        let wasReading = isReading
        isReading = true
        defer { isReading = wasReading }
        send(mayHaveUnsent || !flush ? shard.sealed.take() : shard.sealed.share(), flush: flush)
        // Whatever is written was encrypted into this memory: while it is used, not all has left.
        if !shard.sealed.renew() { mayHaveUnsent = true }
    }

    private func send(_ bytes: ByteBuffer, flush: Bool) {
        guard let context else { return }
        let count = bytes.readableBytes
        writtenBytes += UInt64(count)
        shard.context.counters.add(.bytesWritten, count)
        context.write(wrapOutboundOut(bytes), promise: nil)
        if flush { context.flush() }
    }

    private var unsentBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    // MARK: State

    func perform(_ action: ConnectionState.Action) {
        guard let context, action != .none else { return }
        switch action {
        case .none: break
        case .read: context.read()
        case .flush: flushThenReport(context)
        case .closeOutput:
            sayEndOfTLS()
            context.close(mode: .output, promise: nil)
            context.read()
        case .close(let reason):
            report(reason, unsent: unsentBytes)
            sayGoodbye(reason)
            sayEndOfTLS()
            release()
            context.close(promise: nil)
        }
    }

    private func flushThenReport(_ context: ChannelHandlerContext) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        sent.futureResult.whenSuccess {
            let connection = bound.value
            connection.perform(connection.state.allSent(now: MonotonicClock.nanoseconds()))
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
    }

    /// Closes after what is in flight: the bytes of this connection cannot be understood any more, or are a flood.
    func refuseBytes(_ why: String, _ reason: CloseReason = .badFrame) {
        shard.context.counters.add(reason.counter)
        logClosing(why)
        perform(state.finish(reason, now: MonotonicClock.nanoseconds()))
    }

    // MARK: Memory

    /// Tells the budget what this connection holds, in steps, so that small ones never touch the shared counter.
    private func account(unsent: Int) {
        let held = decoder.heldCapacity + unsent + parkedBytes + (door?.heldBytes ?? 0)
        let counted = held / Limits.heldBytesFree * Limits.heldBytesFree
        guard counted != accountedBytes else { return }
        let now = MonotonicClock.nanoseconds()
        while !shard.shared.budget.change(from: accountedBytes, to: counted) {
            // Last resort, when the connections told to close are still open: close this event loop's largest at once.
            if !shard.evictGreater(than: token.slot, holding: counted, now: now) {
                return perform(state.overBudget())
            }
        }
        accountedBytes = counted
        shard.table.setHeld(token.slot, counted, now: now)
    }

    /// Closes the connection because it holds most for longest.
    func evict() { perform(state.overBudget()) }

    /// Gives back what the connection holds: its peer gets no more answers.
    private func release() {
        shard.shared.pool.close(flow)
        for burst in takeParked() { shard.drop(burst) }
        if !isReading {
            decoder = FrameDecoder(bodyBytesMax: shard.shared.configuration.frameBodyBytesMax)
            door = nil
        }
        _ = shard.shared.budget.change(from: accountedBytes, to: 0)
        accountedBytes = 0
        shard.table.setHeld(token.slot, 0, now: 0)
    }

    // MARK: Idleness

    /// Tells the shard's table since when nothing is under way here.
    @inline(__always)
    private func publish() {
        let isBusy = isBusy
        shard.table.setIdle(token.slot, since: isBusy ? 0 : state.idleSince)
        let unfinished = isBusy ? 0 : state.unfinishedSince
        guard unfinished != publishedUnfinished else { return }
        publishedUnfinished = unfinished
        shard.table.setUnfinished(token.slot, since: unfinished)
    }

    /// Something is under way that the state does not know of.
    @inline(__always)
    private var isBusy: Bool { mayHaveUnsent || !parked.isEmpty || door?.isBusy ?? false }

    /// Closes the connection if nothing has been under way since then, nothing that waits in the kernel either.
    func closeIdle(since: UInt64, _ reason: CloseReason) -> Bool {
        guard state.idleSince == since, !isBusy else {
            publish()
            return false
        }
        // What came meanwhile is read as soon as this event loop comes to it.
        guard !hasBytesWaiting else { return false }
        perform(state.closeIdle(since: since, reason))
        return true
    }

    /// Closes the connection if its packet has been unfinished since then, and no more of it waits in the kernel.
    func closeUnfinished(since: UInt64) -> Bool {
        // A claim took it out of the table.
        publishedUnfinished = 0
        guard state.unfinishedSince == since, !isBusy, !hasBytesWaiting else { return false }
        perform(state.closeUnfinished(since: since))
        return true
    }

    private var hasBytesWaiting: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0
    }
}
