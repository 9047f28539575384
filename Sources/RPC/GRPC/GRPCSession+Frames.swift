/// Frames as they come in.
extension GRPCSession {
    /// Takes one whole frame.
    func take(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        let kind = HTTP2FrameKind(rawValue: head.kind)
        if let why = floodOf(kind, head) { return fail(why, .enhanceYourCalm) }
        guard hasSettings || kind == .settings && !head.flags.contains(.acknowledgement) else {
            return breach("the first frame is not SETTINGS", .protocolError)
        }
        guard block.stream == 0 || kind == .continuation && head.stream == block.stream else {
            return breach("another frame stands inside a header block", .protocolError)
        }
        switch kind {
        case .data: takeData(head, payload)
        case .headers: takeHeaders(head, payload)
        case .continuation: takeContinuation(head, payload)
        case .priority: takePriority(head)
        case .reset: takeReset(head)
        case .settings: takeSettings(head, payload)
        case .pushPromise: breach("PUSH_PROMISE is not a client's", .protocolError)
        case .ping: takePing(head, payload)
        case .goAway: takeGoAway(head)
        case .windowUpdate: takeWindowUpdate(head, payload)
        case nil: break
        }
    }

    /// Counts a frame that asks for nothing; why it is one too many.
    @inline(__always)
    private func floodOf(_ kind: HTTP2FrameKind?, _ head: HTTP2FrameHead) -> String? {
        switch kind {
        case .headers:
            floods.headersBegin()
            return nil
        case .data:
            guard head.length < Limits.http2SmallDataBytes, !head.flags.contains(.endStream) else { return nil }
            return floods.controlFrame(now: now)
        case .continuation: return floods.continuation()
        case .reset: return floods.reset(now: now)
        case .settings: return floods.controlFrame(cost: Limits.http2SettingsCost, now: now)
        case .ping where !head.flags.contains(.acknowledgement): return floods.ping(now: now)
        default: return floods.controlFrame(now: now)
        }
    }

    /// A payload without its padding; nil: it has more padding than bytes.
    func unpadded(_ payload: UnsafeRawBufferPointer, _ flags: HTTP2Flags) -> UnsafeRawBufferPointer? {
        guard flags.contains(.padded) else { return payload }
        guard let padding = payload.first, Int(padding) < payload.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: payload[1..<(payload.count - Int(padding))])
    }

    // MARK: Data

    private func takeData(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        guard head.stream != 0 else { return breach("DATA on stream 0", .protocolError) }
        guard let data = unpadded(payload, head.flags) else {
            return breach("DATA with more padding than bytes", .protocolError)
        }
        // Padding counts too, and what comes for streams that are closed.
        receiveWindow -= payload.count
        guard receiveWindow >= 0 else { return breach("DATA beyond the connection's window", .flowControl) }
        if receiveWindow <= Limits.http2ConnectionWindowBytes / 2 {
            let opened = Limits.http2ConnectionWindowBytes - receiveWindow
            writer.write(.windowUpdate, stream: 0, number: UInt32(opened))
            receiveWindow += opened
        }
        let isOpen: Void? = with(head.stream) { takeData(data, payload.count, head.flags, $0) }
        if isOpen == nil, isIdle(head.stream) { breach("DATA on a stream that has not begun", .protocolError) }
    }

    private func takeData(
        _ data: UnsafeRawBufferPointer, _ windowBytes: Int, _ flags: HTTP2Flags, _ stream: GRPCStream
    ) {
        guard !stream.isRemoteClosed else { return breach("DATA behind a stream's end", .streamClosed) }
        stream.receiveWindow -= windowBytes
        guard stream.receiveWindow >= 0 else { return breach(of: stream, .flowControl) }
        stream.bodyBytes += data.count
        let isLast = flags.contains(.endStream)
        let length = stream.fields.rules.contentLength
        guard length < 0 || (isLast ? stream.bodyBytes == length : stream.bodyBytes <= length) else {
            return breach(of: stream, .protocolError)
        }
        stream.isRemoteClosed = isLast
        if data.count > 0 { received(data, for: stream) }
        guard stream.phase != .closed else { return }
        if isLast {
            requestEnded(stream)
        } else if stream.receiveWindow <= Limits.http2StreamWindowBytes / 2 {
            let opened = Limits.http2StreamWindowBytes - stream.receiveWindow
            writer.write(.windowUpdate, stream: stream.id, number: UInt32(opened))
            stream.receiveWindow += opened
        }
    }

    /// Whether a stream has never been: it is neither open nor closed.
    func isIdle(_ id: Int32) -> Bool { id > lastSeen || id & 1 == 0 }

    // MARK: Frames about streams

    private func takePriority(_ head: HTTP2FrameHead) {
        guard head.stream != 0 else { return breach("PRIORITY on stream 0", .protocolError) }
        guard head.length == 5 else { return breach("PRIORITY of \(head.length) bytes", .frameSize) }
    }

    private func takeReset(_ head: HTTP2FrameHead) {
        guard head.stream != 0 else { return breach("RST_STREAM on stream 0", .protocolError) }
        guard head.length == 4 else { return breach("RST_STREAM of \(head.length) bytes", .frameSize) }
        let isOpen: Void? = with(head.stream) { close($0) }
        if isOpen == nil, isIdle(head.stream) { breach("RST_STREAM of a stream that has not begun", .protocolError) }
    }

    private func takeWindowUpdate(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        guard head.length == 4 else { return breach("WINDOW_UPDATE of \(head.length) bytes", .frameSize) }
        let opened = Int(UInt32(bigEndian: payload.loadUnaligned(as: UInt32.self)) & 0x7fff_ffff)
        guard head.stream != 0 else {
            guard opened > 0 else { return breach("WINDOW_UPDATE by 0", .protocolError) }
            sendWindow += opened
            guard sendWindow <= Self.windowMax else {
                return breach("WINDOW_UPDATE to more than 2^31 - 1 bytes", .flowControl)
            }
            mayGoOn = true
            return
        }
        let isOpen: Void? = with(head.stream) { stream in
            guard opened > 0 else { return breach(of: stream, .protocolError) }
            stream.sendWindow += opened
            guard stream.sendWindow <= Self.windowMax else { return breach(of: stream, .flowControl) }
            if stream.isWaiting { push(stream) }
        }
        if isOpen == nil, isIdle(head.stream) { breach("WINDOW_UPDATE of a stream that has not begun", .protocolError) }
    }

    // MARK: Frames about the connection

    private func takePing(_ head: HTTP2FrameHead, _ payload: UnsafeRawBufferPointer) {
        guard head.stream == 0 else { return breach("PING on a stream", .protocolError) }
        guard head.length == 8 else { return breach("PING of \(head.length) bytes", .frameSize) }
        let opaque = UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
        guard !head.flags.contains(.acknowledgement) else {
            return drain.acknowledged(opaque, &writer, last: lastTaken)
        }
        writer.write(.ping, .acknowledgement, length: 8) { $0.storeBytes(of: opaque.bigEndian, as: UInt64.self) }
    }

    private func takeGoAway(_ head: HTTP2FrameHead) {
        guard head.stream == 0 else { return breach("GOAWAY on a stream", .protocolError) }
        guard head.length >= 8 else { return breach("GOAWAY of \(head.length) bytes", .frameSize) }
        isPeerLeaving = true
    }
}
