import NIOCore

/// The answers of a burst, or of a part of one, and where they go.
struct AnsweredPart: Sendable {
    private(set) var completion: Completion
    let shard: Shard
    let flow: AnswerFlow
    /// Bytes of the requests that were answered.
    let messageBytes: Int
    /// Whose answer it is, where earlier steps of the same request may have been sealed before.
    var request: SteppedRequest?

    var bytes: Int { messageBytes + (completion.answers?.readableBytes ?? 0) }

    /// Sends the answers to their connection's event loop; `counters` are the calling thread's.
    func leave(counters: Counters) {
        // The burst is no longer ours once it is handed over.
        let left = completion.burst?.left ?? 0
        if let answers = completion.answers { flow.sent(answers.readableBytes) }
        if !shard.complete(completion) { counters.add(.answersDropped, completion.answered + left) }
    }

    /// Puts a failure in the place of every answer.
    mutating func replaceAnswers(by status: CallStatus, _ reply: inout ReplyWriter, counters: Counters) {
        guard let answers = completion.answers else { return }
        answers.withUnsafeReadableBytes { packets in
            var rest = packets
            while let meta = Self.takeMeta(&rest) {
                reply.begin(correlationID: meta.correlationID, RequestTraits(meta.features.contentLanguage))
                counters.addError(reply.fail(status))
            }
        }
        counters.add(.answersReplaced, completion.answered)
        completion = Completion(
            connection: completion.connection, answers: reply.take(), answered: completion.answered,
            burst: completion.burst)
        reply.renew()
    }

    /// The meta of the next of our own packets, with whom it answers; nil at the end.
    private static func takeMeta(_ packets: inout UnsafeRawBufferPointer) -> RPCMeta? {
        guard packets.count > 0 else { return nil }
        let bodyBytes = Int(UInt32(bigEndian: packets.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        let metaBytes = Int(UInt32(bigEndian: packets.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        let meta = UnsafeRawBufferPointer(
            rebasing: packets[FrameDecoder.headerBytes..<(FrameDecoder.headerBytes + metaBytes)])
        packets = UnsafeRawBufferPointer(rebasing: packets[(FrameDecoder.headerBytes + bodyBytes)...])
        guard let meta = RPCMeta.read(meta) else { preconditionFailure("a packet of our own has no meta") }
        return meta
    }
}
