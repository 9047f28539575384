import CNghttp2
import Client
import RPC

/// How nghttp2 is set up for every connection of a load: settings, and the functions that it calls.
enum GRPCWireSetup {
    static let frameHeaderBytes = 9

    /// Safe to share: written once, never freed, only read.
    nonisolated(unsafe) static let options: OpaquePointer? = {
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        nghttp2_option_set_no_closed_streams(options, 1)
        return options
    }()

    /// Safe to share: as above.
    nonisolated(unsafe) static let callbacks: OpaquePointer? = {
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data)
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, streamClosed)
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame)
        nghttp2_session_callbacks_set_send_data_callback(callbacks, sendData)
        return callbacks
    }()

    static func announce(_ session: OpaquePointer?, windowBytes: Int32) {
        let settings = [
            (NGHTTP2_SETTINGS_ENABLE_PUSH, 0), (NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, UInt32(windowBytes)),
        ].map { nghttp2_settings_entry(settings_id: Int32($0.0.rawValue), value: $0.1) }
        nghttp2_submit_settings(session, none, settings, settings.count)
        nghttp2_session_set_local_window_size(session, none, 0, windowBytes)
    }

    private static let none = UInt8(NGHTTP2_FLAG_NONE.rawValue)

    // The functions below run inside a wire's `fill`, `append` and `send`, which keep it alive: `user` is that wire.

    private static func wire(_ user: UnsafeMutableRawPointer?) -> GRPCWire {
        Unmanaged<GRPCWire>.fromOpaque(user!).takeUnretainedValue()
    }

    private static func call(_ session: OpaquePointer?, _ stream: Int32) -> GRPCCall? {
        guard let pointer = nghttp2_session_get_stream_user_data(session, stream) else { return nil }
        return Unmanaged<GRPCCall>.fromOpaque(pointer).takeUnretainedValue()
    }

    private static let header: nghttp2_on_header_callback = {
        session, frame, name, nameCount, value, valueCount, _, _ in
        guard let call = call(session, frame!.pointee.hd.stream_id) else { return 0 }
        let name = UnsafeRawBufferPointer(start: name, count: nameCount)
        let value = UnsafeRawBufferPointer(start: value, count: valueCount)
        if equals(name, "grpc-status") {
            call.status = number(value)
        } else if equals(name, ":status") {
            call.httpStatus = number(value)
        } else if equals(name, "grpc-encoding") {
            call.encoding = equals(value, "gzip") ? .gzip : equals(value, "deflate") ? .zlib : .none
        } else if equals(name, "grpc-status-details-bin") {
            call.details = Array(value)
        }
        return 0
    }

    private static let data: nghttp2_on_data_chunk_recv_callback = { session, _, stream, bytes, count, _ in
        call(session, stream)?.received(UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
    }

    private static let streamClosed: nghttp2_on_stream_close_callback = { session, stream, code, user in
        if let call = call(session, stream) { wire(user).closed(call, reset: code) }
        return 0
    }

    private static let frame: nghttp2_on_frame_recv_callback = { _, frame, user in
        let header = frame!.pointee.hd
        if nghttp2_frame_type(rawValue: UInt32(header.type)) == NGHTTP2_GOAWAY {
            let code = frame!.pointee.goaway.error_code
            if code != NGHTTP2_NO_ERROR.rawValue {
                let name = String(cString: nghttp2_http2_strerror(code))
                wire(user).fail(.connectionLost("the server ended it with GOAWAY \(name)"))
            }
        }
        return 0
    }

    static let readRequest: nghttp2_data_source_read_callback = { _, _, _, room, flags, source, _ in
        let call = Unmanaged<GRPCCall>.fromOpaque(source!.pointee.ptr!).takeUnretainedValue()
        let count = min(room, call.left)
        flags!.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
        if count == call.left { flags!.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }
        return count
    }

    private static let sendData: nghttp2_send_data_callback = { _, _, header, count, source, user in
        let call = Unmanaged<GRPCCall>.fromOpaque(source!.pointee.ptr!).takeUnretainedValue()
        wire(user).sendData(header!, call, count: count)
        return 0
    }

    private static func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount
            && bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: bytes.count))
    }

    /// −1 where it is no number.
    private static func number(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard !bytes.isEmpty, bytes.count <= 4 else { return -1 }
        var value: Int32 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return -1 }
            value = value * 10 + Int32(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
