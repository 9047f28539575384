/// What goes out, as the windows allow it.
extension GRPCSession {
    /// Everything that may leave now, piece by piece.
    package func send(_ take: (UnsafeRawBufferPointer) -> Void) {
        repeat {
            if writer.count > 0 { take(writer.bytes) }
            writer.clear()
        } while goOn()
    }

    /// Goes on with answers that waited; whether there is something to send of them.
    private func goOn() -> Bool {
        guard mayGoOn, !waiting.isEmpty else { return false }
        mayGoOn = false
        var streams: [GRPCStream] = []
        swap(&streams, &waiting)
        // Others were closed meanwhile.
        for stream in streams where stream.isWaiting {
            stream.isWaiting = false
            push(stream)
        }
        return writer.count > 0
    }

    /// Sends of a stream what its windows allow, and its end when that is all.
    func push(_ stream: GRPCStream) {
        guard stream.phase == .answering, !isSilent else { return }
        while stream.answer.left > 0 {
            let room = min(Limits.http2FrameBytesMax, sendWindow, stream.sendWindow)
            guard room > 0 else { return wait(stream) }
            guard writer.count <= Limits.http2WrittenBytesMax else {
                mayGoOn = true
                return wait(stream)
            }
            let count = min(room, stream.answer.left)
            writer.write(.data, stream: stream.id, length: count) { stream.answer.move(to: $0, count) }
            sendWindow -= count
            stream.sendWindow -= count
            // A window opened by a few bytes pays for nothing and is no progress: else who dribbles is never slow, and
            // its frames never too many.
            if count >= Limits.http2SmallDataBytes || stream.answer.left == 0 { sentFrameOfAnswer() }
        }
        if stream.call != nil, !stream.isEnded { return }
        if let end = stream.end, end.status != .ok {
            writer.write(headers: answerFields.block(trailers(end)), .endStream, stream: stream.id)
        } else {
            writer.write(
                .headers, [.endHeaders, .endStream], stream: stream.id, lengthMax: GRPCAnswerFields.bytesMax
            ) { answerFields.ok(to: $0) }
        }
        sentFrameOfAnswer()
        finish(stream)
    }

    /// A stream has sent its last frame.
    func finish(_ stream: GRPCStream) {
        // The answer is complete, and the client is still sending: it need not.
        if stream.isRemoteClosed { close(stream) } else { reset(stream, .noError) }
    }

    /// Sends with the next `send` what comes together until then.
    func pushLater(_ stream: GRPCStream) {
        mayGoOn = true
        wait(stream)
    }

    private func wait(_ stream: GRPCStream) {
        guard !stream.isWaiting else { return }
        stream.isWaiting = true
        waiting.append(stream)
    }

    @inline(__always)
    func sentFrameOfAnswer() {
        lastSent = now
        floods.work()
        floods.answerLeft()
    }
}
