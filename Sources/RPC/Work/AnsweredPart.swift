import NIOCore

/// The answers of a burst, or of a part of one, and where they go.
struct AnsweredPart: Sendable {
    private(set) var completion: Completion
    let shard: Shard
    let flow: AnswerFlow
    /// Bytes of the requests that were answered.
    let messageBytes: Int
    /// When their requests came, in monotonic nanoseconds, and of which methods they are.
    let arrival: UInt64
    let methods: MethodTally
    /// Who asked.
    let peer: PeerAddress?
    /// Whose answer it is, where earlier steps of the same request may have been sealed before.
    var request: SteppedRequest?

    var bytes: Int { messageBytes + (completion.answers?.readableBytes ?? 0) }

    /// Sends the answers to their connection's event loop; `counters` are the calling thread's.
    func leave(counters: Counters) { leave(counters: counters, at: counters.now) }

    /// The same for several parts, at `Counters.now`.
    func leave(counters: Counters, at now: UInt64) {
        if let durations = counters.durations {
            methods.record(now &- arrival, in: durations)
            if let log = counters.log, log.control.isSlow(now &- arrival) { tell(log, now &- arrival) }
        }
        // The burst is no longer ours once it is handed over.
        let left = completion.burst?.left ?? 0
        if let answers = completion.answers { flow.sent(answers.readableBytes) }
        if !shard.complete(completion) { counters.add(.answersDropped, completion.answered + left) }
    }

    /// Says that the last answer took long; doors say it themselves, by the ids of their protocols.
    private func tell(_ log: RequestLog, _ nanoseconds: UInt64) {
        let last = methods.last
        guard !last.isOfDoor, last.method >= 0 else { return }
        log.slow(last.method, id: RequestLog.native(last.id, last.logID), peer: peer, nanoseconds)
    }

    /// Puts a failure in the place of every answer.
    mutating func replaceAnswers(by status: CallStatus, _ reply: inout ReplyWriter, counters: Counters) {
        guard let answers = completion.answers else { return }
        answers.withUnsafeReadableBytes { packets in
            var rest = packets
            while let packet = AnswerPacket.next(&rest) {
                let traits = RequestTraits(packet.meta.features.contentLanguage)
                reply.begin(
                    correlationID: packet.meta.correlationID,
                    packet.meta.failureParts == nil ? traits : traits.union(.failureParts))
                counters.addError(reply.fail(status))
            }
        }
        counters.add(.answersReplaced, completion.answered)
        if !methods.last.isOfDoor {
            let last = methods.last
            counters.log?.failed(
                last.method, id: RequestLog.native(last.id, last.logID), peer: peer, code: status.code)
        }
        completion = Completion(
            connection: completion.connection, answers: reply.take(), answered: completion.answered,
            burst: completion.burst)
        reply.renew()
    }
}
