import CNghttp2

/// How nghttp2 is set up for every connection: options, settings, and the functions that it calls.
enum HTTP2Setup {
    /// Safe to share: written once, never freed, only read.
    nonisolated(unsafe) static let options: OpaquePointer? = {
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        nghttp2_option_set_no_closed_streams(options, 1)
        // Ours come first, with a code that says what it is.
        nghttp2_option_set_max_continuations(options, Limits.http2ContinuationsMax + 1)
        nghttp2_option_set_stream_reset_rate_limit(
            options, UInt64(2 * Limits.http2ResetsMax), UInt64(2 * Limits.http2ResetsPerSecond))
        // Frames that nobody knows are passed over, but counted.
        for type in 10...UInt8.max { nghttp2_option_set_user_recv_extension_type(options, type) }
        return options
    }()

    /// Safe to share: as above.
    nonisolated(unsafe) static let callbacks: OpaquePointer? = {
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, beginFrame)
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
        nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data)
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame)
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, invalidFrame)
        nghttp2_session_callbacks_set_unpack_extension_callback(callbacks, unpackExtension)
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, streamClosed)
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frameSent)
        return callbacks
    }()

    /// Tells a new peer what this server takes.
    static func announce(_ session: OpaquePointer?) {
        let settings = [
            (NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, Limits.http2StreamsMax),
            (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, Limits.http2StreamWindowBytes),
            (NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, Limits.http2HeaderBytesMax),
            // Nobody uses RFC 7540's tree of priorities any more, and it costs with every stream.
            (NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
        ].map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: UInt32($0.1)) }
        nghttp2_submit_settings(session, none, settings, settings.count)
        nghttp2_session_set_local_window_size(session, none, 0, Int32(Limits.http2ConnectionWindowBytes))
    }

    private static let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)
    /// Stops nghttp2 in the middle of a read.
    private static let stop = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue

    // The functions below run inside a session's `receive` and `send`, which keep it alive: `user` is that session. To
    // count references to it, twenty times a call, would cost as much as all that is done there.

    @inline(__always)
    private static func with<Result>(
        _ user: UnsafeMutableRawPointer?, _ body: (GRPCSession) -> Result
    ) -> Result {
        Unmanaged<GRPCSession>.fromOpaque(user!)._withUnsafeGuaranteedRef(body)
    }

    private static func has(_ header: nghttp2_frame_hd, _ flag: nghttp2_flag) -> Bool {
        header.flags & UInt8(flag.rawValue) != 0
    }

    private static func type(_ header: nghttp2_frame_hd) -> nghttp2_frame_type {
        nghttp2_frame_type(rawValue: UInt32(header.type))
    }

    // MARK: Coming in

    private static let beginFrame: nghttp2_on_begin_frame_callback = { _, header, user in
        let header = header!.pointee
        return with(user) { session in
            let why: String?
            switch type(header) {
            case NGHTTP2_HEADERS:
                session.floods.headersBegin()
                return 0
            case NGHTTP2_DATA:
                guard header.length < Limits.http2SmallDataBytes, !has(header, NGHTTP2_FLAG_END_STREAM) else {
                    return 0
                }
                why = session.floods.controlFrame(now: session.now)
            case NGHTTP2_CONTINUATION: why = session.floods.continuation()
            case NGHTTP2_RST_STREAM: why = session.floods.reset(now: session.now)
            case NGHTTP2_SETTINGS:
                why = session.floods.controlFrame(cost: Limits.http2SettingsCost, now: session.now)
            case NGHTTP2_PING where !has(header, NGHTTP2_FLAG_ACK): why = session.floods.ping(now: session.now)
            default: why = session.floods.controlFrame(now: session.now)
            }
            guard let why else { return 0 }
            session.fail(why, NGHTTP2_ENHANCE_YOUR_CALM)
            return stop
        }
    }

    private static let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, user in
        guard frame!.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
        with(user) { $0.begin(frame!.pointee.hd.stream_id) }
        return 0
    }

    private static let header: nghttp2_on_header_callback = {
        _, frame, name, nameCount, value, valueCount, _, user in
        with(user) { session in
            session.header(
                UnsafeRawBufferPointer(start: name, count: nameCount),
                UnsafeRawBufferPointer(start: value, count: valueCount), ofStream: frame!.pointee.hd.stream_id,
                isTrailer: frame!.pointee.headers.cat != NGHTTP2_HCAT_REQUEST) ? 0 : stop
        }
    }

    private static let data: nghttp2_on_data_chunk_recv_callback = { _, _, id, bytes, count, user in
        guard count > 0 else { return 0 }
        with(user) { session in
            _ = session.with(id) { session.received(UnsafeRawBufferPointer(start: bytes, count: count), for: $0) }
        }
        return 0
    }

    private static let frame: nghttp2_on_frame_recv_callback = { _, frame, user in
        let header = frame!.pointee.hd
        with(user) { session in
            switch type(header) {
            case NGHTTP2_HEADERS:
                _ = session.with(header.stream_id) { stream in
                    if frame!.pointee.headers.cat == NGHTTP2_HCAT_REQUEST { session.headersEnded(stream) }
                    if has(header, NGHTTP2_FLAG_END_STREAM) { session.requestEnded(stream) }
                }
            case NGHTTP2_DATA where has(header, NGHTTP2_FLAG_END_STREAM):
                _ = session.with(header.stream_id) { session.requestEnded($0) }
            case NGHTTP2_PING where has(header, NGHTTP2_FLAG_ACK):
                let opaque = withUnsafeBytes(of: frame!.pointee.ping.opaque_data) {
                    $0.loadUnaligned(as: UInt64.self)
                }
                session.pingAcknowledged(UInt64(bigEndian: opaque))
            default: break
            }
        }
        return 0
    }

    private static let invalidFrame: nghttp2_on_invalid_frame_recv_callback = { _, _, _, user in
        with(user) { session in
            guard let why = session.floods.controlFrame(cost: Limits.http2InvalidFrameCost, now: session.now) else {
                return 0
            }
            session.fail(why, NGHTTP2_ENHANCE_YOUR_CALM)
            return stop
        }
    }

    private static let unpackExtension: nghttp2_unpack_extension_callback = { _, _, _, _ in
        NGHTTP2_ERR_CANCEL.rawValue
    }

    private static let streamClosed: nghttp2_on_stream_close_callback = { _, id, _, user in
        with(user) { session in _ = session.with(id) { session.closed($0) } }
        return 0
    }

    // MARK: Going out

    private static let frameSent: nghttp2_on_frame_send_callback = { _, frame, user in
        let header = frame!.pointee.hd
        with(user) { session in
            switch type(header) {
            case NGHTTP2_HEADERS, NGHTTP2_DATA:
                session.sentFrameOfAnswer()
                guard has(header, NGHTTP2_FLAG_END_STREAM) else { return }
                _ = session.with(header.stream_id) { stream in
                    // The answer is complete, and the client is still sending: it need not.
                    if !stream.isRemoteClosed { session.reset(stream, NGHTTP2_NO_ERROR) }
                }
            case NGHTTP2_GOAWAY: session.sentGoAway(frame!.pointee.goaway.error_code)
            default: break
            }
        }
        return 0
    }

    static let readAnswer: nghttp2_data_source_read_callback = { _, _, out, room, flags, source, user in
        with(user) { session in
            Unmanaged<GRPCStream>.fromOpaque(source!.pointee.ptr!)._withUnsafeGuaranteedRef { stream in
                let count = stream.answer.move(to: out!, room: room)
                guard stream.answer.left == 0 else { return count }
                if stream.call != nil, !stream.isEnded {
                    guard count == 0 else { return count }
                    stream.isDeferred = true
                    return Int(NGHTTP2_ERR_DEFERRED.rawValue)
                }
                flags!.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
                session.answerSent(stream)
                return count
            }
        }
    }
}
