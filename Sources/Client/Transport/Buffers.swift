import Glibc
import RPC

/// Reusable buffer of outgoing requests.
struct Outbox: ~Copyable {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    deinit { free(memory) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }

    mutating func clear() { count = 0 }

    mutating func append(
        _ method: RemoteMethod, _ message: UnsafeRawBufferPointer, _ timeoutMilliseconds: Int32,
        _ compression: Compression, _ language: AnswerLanguage, _ id: Int64,
        _ more: [UInt8], token: [UInt8]
    ) {
        let metaMax = MetaWriter.requestBytesMax(
            service: method.service.count, method: method.method.count, token: token.count)
        let packet = reserve(FrameDecoder.headerBytes + metaMax + more.count + message.count)
        var meta = method.service.withUnsafeBytes { service in
            method.method.withUnsafeBytes { name in
                token.withUnsafeBytes { token in
                    MetaWriter.request(
                        service: service, method: name, timeoutMilliseconds: timeoutMilliseconds,
                        compressType: compression.rawValue, correlationID: id, language: language, token: token,
                        to: packet + FrameDecoder.headerBytes)
                }
            }
        }
        if !more.isEmpty {
            memcpy(packet + FrameDecoder.headerBytes + meta, more, more.count)
            meta += more.count
        }
        if let source = message.baseAddress {
            memcpy(packet + FrameDecoder.headerBytes + meta, source, message.count)
        }
        MetaWriter.header(bodyBytes: meta + message.count, metaBytes: meta, to: packet)
        count += FrameDecoder.headerBytes + meta + message.count
    }

    mutating func append(raw bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        memcpy(reserve(bytes.count), source, bytes.count)
        count += bytes.count
    }

    private mutating func reserve(_ more: Int) -> UnsafeMutableRawPointer {
        if count + more > capacity {
            capacity = max(64 << 10, 2 * capacity, count + more)
            memory = realloc(memory, capacity)
            precondition(memory != nil, "no memory for \(capacity) bytes of requests")
        }
        return memory! + count
    }
}

/// Reusable buffer of received bytes not yet decoded.
struct Inbox: ~Copyable {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    /// Bytes not yet decoded; the decoder removes them from the front.
    var unread = UnsafeRawBufferPointer(start: nil, count: 0)

    deinit { free(memory) }

    var count: Int { unread.count }

    /// Reads once, after the unread bytes.
    mutating func fill(_ socket: inout Socket) throws(ClientError) {
        if unread.count > 0, let memory, let start = unread.baseAddress { memmove(memory, start, unread.count) }
        let needed = unread.count + Client.readBytes
        if needed > capacity {
            capacity = max(needed, 2 * capacity)
            memory = realloc(memory, capacity)
            precondition(memory != nil, "no memory for \(capacity) bytes of answers")
        }
        let kept = unread.count
        let read = try socket.read(UnsafeMutableRawBufferPointer(start: memory! + kept, count: capacity - kept))
        unread = UnsafeRawBufferPointer(start: memory, count: kept + read)
    }
}
