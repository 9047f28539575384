/// What goes out: messages, refusals, what streams answer.
extension GRPCSession {
    /// Answers a call with a message, which has to stay where it is until `endRound`.
    package func answer(_ stream: GRPCStream, _ message: UnsafeRawBufferPointer, _ compression: Compression) {
        guard !isSilent else { return close(stream) }
        stream.answer.begin(message, isCompressed: compression != .none)
        beginAnswer(stream, compression)
        push(stream)
        if stream.phase != .closed { borrowers.append(stream) }
    }

    /// Sends the header fields of an answer that has messages.
    func beginAnswer(_ stream: GRPCStream, _ compression: Compression) {
        stream.phase = .answering
        writer.write(.headers, .endHeaders, stream: stream.id, lengthMax: GRPCAnswerFields.bytesMax) {
            answerFields.head(compression, to: $0)
        }
        sentFrameOfAnswer()
    }

    /// Ends a call that has sent nothing, with a status alone.
    package func refuse(_ stream: GRPCStream, _ reason: GRPCRefusal) {
        guard !isSilent else { return close(stream) }
        let refusal = told(reason, stream)
        measured(stream) { stream.message.reset(keptBytes: 0) }
        var fields: [(name: [UInt8], value: [UInt8])] = [
            (Array(":status".utf8), Array("\(refusal.httpStatus)".utf8)),
            (Array("content-type".utf8), Array("application/grpc".utf8)),
        ]
        if refusal.namesEncodings {
            fields.append((Array("grpc-accept-encoding".utf8), Array("identity,gzip,deflate".utf8)))
        }
        stream.phase = .answering
        writer.write(headers: answerFields.block(fields + trailers(refusal)), .endStream, stream: stream.id)
        sentFrameOfAnswer()
        finish(stream)
    }

    /// What is refused here has no details yet; what the pool refused was told by the delegate.
    private func told(_ refusal: GRPCRefusal, _ stream: GRPCStream) -> GRPCRefusal {
        refusal.status == .ok || !refusal.details.isEmpty ? refusal : delegate.told(refusal, in: stream.fields.language)
    }

    func trailers(_ refusal: GRPCRefusal) -> [(name: [UInt8], value: [UInt8])] {
        var fields: [(name: [UInt8], value: [UInt8])] = [
            (Array("grpc-status".utf8), Array("\(refusal.status.rawValue)".utf8))
        ]
        if !refusal.text.isEmpty {
            fields.append((Array("grpc-message".utf8), GRPCEncoding.percentEncoded(refusal.text)))
        }
        if !refusal.details.isEmpty {
            fields.append((Array("grpc-status-details-bin".utf8), GRPCEncoding.base64(refusal.details)))
        }
        return fields
    }

    // MARK: Streams

    /// Lets a stream's call answer, and sends what it says.
    func answering(_ stream: GRPCStream, _ body: (inout StreamAnswers) -> Void) {
        var answers = StreamAnswers()
        body(&answers)
        for message in answers.messages where !stream.isEnded {
            guard stream.answer.left + message.count <= Limits.streamAnswerBytesMax,
                measured(stream, { stream.answer.append(message) })
            else {
                let text = "more than \(Limits.streamAnswerBytesMax) bytes of answers wait to be read"
                return end(stream, GRPCRefusal(status: .resourceExhausted, text: text))
            }
        }
        if let status = answers.end {
            return end(stream, delegate.refusal(status))
        }
        if !answers.messages.isEmpty { pushLater(stream) }
    }

    /// Ends a stream's call after what it has sent.
    func end(_ stream: GRPCStream, _ refusal: GRPCRefusal) {
        guard !stream.isEnded else { return }
        stream.isEnded = true
        stream.end = told(refusal, stream)
        pushLater(stream)
    }

    package func tickStreamCalls() {
        guard streamCalls > 0 else { return }
        for stream in open {
            guard let call = stream.call, !stream.isEnded else { continue }
            answering(stream) { answers in call.tick(isDraining: false, &answers) }
        }
    }

    /// The server shuts down: calls of streams say so and end.
    func endStreamCalls() {
        for stream in open {
            guard let call = stream.call, !stream.isEnded else { continue }
            answering(stream) { answers in call.tick(isDraining: true, &answers) }
            end(stream, .draining)
        }
    }

    /// Requests that should have been whole by now are refused; `mayRead`: it was theirs to send.
    func refuseLate(after nanoseconds: UInt64, mayRead: Bool) {
        for stream in open where stream.phase == .receiving {
            if !mayRead {
                stream.since = now
            } else if now > stream.since, now - stream.since >= nanoseconds {
                refuse(stream, .late(Int(nanoseconds / 1_000_000_000)))
            }
        }
    }
}
