/// Requests as they become whole.
extension GRPCSession {
    /// A request's header fields are complete.
    func headersEnded(_ stream: GRPCStream) {
        guard stream.phase == .receiving else { return }
        if let refusal = stream.fields.refusal { return refuse(stream, refusal) }
        guard case .stream(let index) = stream.fields.route else { return }
        guard streamCalls < Limits.streamCallsMax else {
            let text = "\(streamCalls) streams are open on this connection, the limit is \(Limits.streamCallsMax)"
            return refuse(stream, GRPCRefusal(status: .resourceExhausted, text: text))
        }
        guard !drain.hasBegun else { return refuse(stream, .draining) }
        if let status = delegate.stranger(stream: index, token: stream.fields.sender?.token) {
            return refuse(stream, delegate.refusal(status))
        }
        streamCalls += 1
        stream.call = delegate.begin(stream: index)
        beginAnswer(stream, .none)
    }

    /// Data of a request came.
    func received(_ data: UnsafeRawBufferPointer, for stream: GRPCStream) {
        if stream.call != nil { return receivedOfStream(data, stream) }
        guard stream.phase == .receiving else { return }
        // The message is whole: it stays what it is, and a call has no second one.
        if stream.message.isWhole {
            if data.count > 0 { refuse(stream, .tooManyMessages) }
            return
        }
        var rest = data
        let step = measured(stream) {
            stream.message.take(&rest, bytesMax: messageBytesMax, mayBorrow: isOfRead(data))
        }
        if let refusal = refusal(step, stream, bytesMax: messageBytesMax) { return refuse(stream, refusal) }
        if step == .message, !stream.message.isOwned { borrowers.append(stream) }
        if rest.count > 0 { refuse(stream, .tooManyMessages) }
    }

    private func receivedOfStream(_ data: UnsafeRawBufferPointer, _ stream: GRPCStream) {
        var rest = data
        while rest.count > 0, !stream.isEnded, let call = stream.call {
            let step = measured(stream) {
                stream.message.take(&rest, bytesMax: Limits.streamMessageBytesMax, mayBorrow: false)
            }
            if let refusal = refusal(step, stream, bytesMax: Limits.streamMessageBytesMax) {
                return end(stream, refusal)
            }
            guard step == .message else { return }
            answering(stream) { answers in call.received(stream.message.message, &answers) }
            measured(stream) { stream.message.reset() }
        }
    }

    /// The client has sent its last byte of a call.
    func requestEnded(_ stream: GRPCStream) {
        if let call = stream.call, !stream.isEnded {
            return answering(stream) { answers in call.clientEnded(&answers) }
        }
        guard stream.phase == .receiving else { return }
        guard stream.message.isWhole else {
            return refuse(stream, stream.message.hasBegun ? .truncated : .noMessage)
        }
        stream.phase = .whole
        floods.work()
        ready.append(stream)
    }

    /// Why a message is not taken; nil: it is, or more of it comes.
    private func refusal(_ step: GRPCMessageReader.Step, _ stream: GRPCStream, bytesMax: Int) -> GRPCRefusal? {
        switch step {
        case .needMore: return nil
        case .message: return stream.message.isCompressed ? compressionRefusal(stream) : nil
        case .tooLarge(let claimed):
            return GRPCRefusal(
                status: .resourceExhausted, code: RPCErrorCode.badRequest.rawValue,
                text: "the message claims \(claimed) bytes, the limit is \(bytesMax): send less in one call")
        case .badFlag(let flag):
            return GRPCRefusal(
                status: .internalError, text: "the message begins with the flag \(flag), which is neither 0 nor 1")
        case .outOfMemory:
            return GRPCRefusal(
                status: .resourceExhausted, code: RPCErrorCode.overLimit.rawValue,
                text: "the system has no memory for the message")
        }
    }

    private func compressionRefusal(_ stream: GRPCStream) -> GRPCRefusal? {
        if stream.call != nil {
            return GRPCRefusal(status: .unimplemented, text: "streams take no compressed messages")
        }
        switch stream.fields.encoding {
        case .gzip, .zlib: return nil
        case .some(.none), .snappy:
            return GRPCRefusal(
                status: .internalError, text: "the message is marked as compressed, and grpc-encoding names nothing")
        case nil:
            return GRPCRefusal(
                status: .unimplemented, text: "grpc-encoding is not one of identity, gzip, deflate",
                namesEncodings: true)
        }
    }

    /// Whether bytes lie in the read that is being taken, where they stay for the round.
    private func isOfRead(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = input.baseAddress, let own = bytes.baseAddress else { return false }
        return own >= start && own + bytes.count <= start + input.count
    }
}

extension GRPCRefusal {
    static let noMessage = GRPCRefusal(
        status: .unimplemented, text: "the call has no message; a unary one has exactly one")
    static let tooManyMessages = GRPCRefusal(
        status: .unimplemented, text: "the call has more than one message; a unary one has exactly one")
    static let truncated = GRPCRefusal(status: .internalError, text: "the call ends inside its message")
    static let draining = GRPCRefusal(
        status: .unavailable, code: RPCErrorCode.loggingOff.rawValue, text: CallStatus.loggingOff.text)
    static func late(_ seconds: Int) -> GRPCRefusal {
        GRPCRefusal(status: .deadlineExceeded, text: "the request was not whole within \(seconds) s")
    }
}
