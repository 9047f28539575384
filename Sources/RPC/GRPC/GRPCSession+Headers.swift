/// Header blocks as they come in.
extension GRPCSession {
    func takeHeaders(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        guard head.stream != 0 else { return breach("HEADERS on stream 0", .protocolError) }
        guard var fragment = unpadded(payload, head.flags) else {
            return breach("HEADERS with more padding than bytes", .protocolError)
        }
        if head.flags.contains(.priority) {
            guard fragment.count >= 5 else { return breach("HEADERS too short for a priority", .frameSize) }
            fragment = UnsafeRawBufferPointer(rebasing: fragment[5...])
        }
        guard let use = use(of: head.stream) else { return }
        block.begin(head.stream, use, isLast: head.flags.contains(.endStream))
        decoder.begin()
        let isWhole = head.flags.contains(.endHeaders)
        if isWhole, use == .request, remembered.isMeant(by: fragment, decoder.generation) {
            _ = with(head.stream) { $0.fields = remembered.fields }
            return blockEnded()
        }
        takeFragment(fragment, isWhole: isWhole, mayRemember: isWhole && use == .request)
    }

    func takeContinuation(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        guard block.stream != 0 else { return breach("CONTINUATION without HEADERS", .protocolError) }
        takeFragment(payload, isWhole: head.flags.contains(.endHeaders), mayRemember: false)
    }

    /// What a header block on this stream is, which begins one where it may; nil: it must not be.
    private func use(of id: Int32) -> GRPCHeaderBlock.Use? {
        guard id > lastSeen else { return useOfOld(id) }
        guard id & 1 == 1 else {
            breach("HEADERS on a stream with an even number", .protocolError)
            return nil
        }
        lastSeen = id
        // The client will ask another server.
        guard !drain.isToldTwice else { return .nothing }
        if open.count < Limits.http2StreamsMax {
            lastTaken = id
            begin(id)
            return .request
        }
        guard !isAcknowledged else {
            breach("more than \(Limits.http2StreamsMax) streams at once", .protocolError)
            return nil
        }
        writer.write(.reset, stream: id, number: HTTP2Code.refusedStream.rawValue)
        countBreach()
        return failure == nil ? .nothing : nil
    }

    /// The same of a number that is not above all that came before.
    private func useOfOld(_ id: Int32) -> GRPCHeaderBlock.Use? {
        if let isClosed = with(id, { $0.isRemoteClosed }) {
            guard isClosed else { return .trailer }
            breach("HEADERS behind a stream's end", .streamClosed)
            return nil
        }
        guard id & 1 == 1 else {
            breach("HEADERS on a stream with an even number", .protocolError)
            return nil
        }
        // It is closed, though it may never have been: what is sent on it is passed over.
        return .nothing
    }

    private func takeFragment(_ fragment: UnsafeRawBufferPointer, isWhole: Bool, mayRemember: Bool) {
        let generation = decoder.generation
        let step = block.decode(fragment, &decoder) { field in
            guard block.use != .nothing else { return }
            _ = with(block.stream) { stream in
                if block.use == .request {
                    stream.takeField(field) { delegate.route($0) }
                } else {
                    stream.fields.takeTrailer(field.name, field.value)
                }
            }
        }
        guard step != .tooLong, block.fieldBytes <= Limits.http2HeaderBytesFatal else {
            return fail(
                "its header fields have more than \(Limits.http2HeaderBytesFatal) bytes", .enhanceYourCalm)
        }
        switch step {
        case .broken: return breach("a header block that cannot be read", .compression)
        case .needMore where isWhole: return breach("a header block that ends inside a field", .compression)
        default: break
        }
        guard isWhole else { return }
        if mayRemember, generation == decoder.generation {
            _ = with(block.stream) { remembered.remember(fragment, generation, $0.fields) }
        }
        blockEnded()
    }

    private func blockEnded() {
        let (id, use, isLast) = (block.stream, block.use, block.isLast)
        block.end()
        _ = with(id) { stream in
            switch use {
            case .nothing: break
            case .request: requestBegan(stream, isLast: isLast)
            case .trailer: trailerCame(stream, isLast: isLast)
            }
        }
    }

    private func requestBegan(_ stream: GRPCStream, isLast: Bool) {
        guard !stream.fields.isMalformed, !isLast || stream.fields.rules.contentLength <= 0 else {
            return breach(of: stream, .protocolError)
        }
        stream.isRemoteClosed = isLast
        headersEnded(stream)
        if isLast, stream.phase != .closed { requestEnded(stream) }
    }

    private func trailerCame(_ stream: GRPCStream, isLast: Bool) {
        let rules = stream.fields.rules
        guard isLast, !rules.isBroken, rules.contentLength < 0 || rules.contentLength == stream.bodyBytes else {
            return breach(of: stream, .protocolError)
        }
        stream.isRemoteClosed = true
        requestEnded(stream)
    }
}
