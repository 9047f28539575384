import Client
import Glibc
import RPC

/// One answer of HTTP/1.1; `body` is valid until the buffer is filled again.
struct HTTPAnswer {
    var status = 0
    var body = UnsafeRawBufferPointer(start: nil, count: 0)
    var compression = Compression.none
    /// The server closes the connection after it.
    var isLast = false
}

/// Bytes that came on one connection, cut into answers of HTTP/1.1.
///
/// It knows what our server writes: a head with content-length, no chunks.
final class HTTPAnswerBuffer: ReceiveBuffer {
    private static let headBytesMax = 16 << 10

    /// The next whole answer; nil where it has not come yet.
    func next() throws(ClientError) -> HTTPAnswer? {
        let bytes = UnsafeRawBufferPointer(start: memory + from, count: to - from)
        guard let head = Self.end(of: bytes) else {
            guard bytes.count <= Self.headBytesMax else { throw .badAnswer("its head has more than 16 KiB") }
            return nil
        }
        var answer = HTTPAnswer()
        let length = try Self.read(UnsafeRawBufferPointer(rebasing: bytes[..<head]), &answer)
        guard bytes.count >= head + length else {
            makeRoom(for: head + length)
            return nil
        }
        answer.body = UnsafeRawBufferPointer(start: memory + from + head, count: length)
        from += head + length
        return answer
    }

    /// The bytes of a head with the empty line that ends it.
    private static func end(of bytes: UnsafeRawBufferPointer) -> Int? {
        var start = 0
        let limit = min(bytes.count, headBytesMax)
        while start < limit, let base = bytes.baseAddress,
            let found = memchr(base + start, 0x0A, limit - start)
        {
            let index = UnsafeRawPointer(found) - base
            if index >= 3, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A { return index + 1 }
            start = index + 1
        }
        return nil
    }

    /// Reads a head; returns its content-length.
    private static func read(_ head: UnsafeRawBufferPointer, _ answer: inout HTTPAnswer) throws(ClientError) -> Int {
        // "HTTP/1.1 200 ": the status is at 9.
        guard head.count > 13, head.starts(with: "HTTP/1.1 ".utf8), let status = number(head[9..<12]) else {
            throw .badAnswer("its bytes are no HTTP/1.1")
        }
        answer.status = status
        var length: Int?
        var start = (head.firstIndex(of: 0x0A) ?? head.count - 1) + 1
        while start < head.count, head[start] != 0x0D {
            guard let end = head[start...].firstIndex(of: 0x0D), let colon = head[start..<end].firstIndex(of: 0x3A)
            else {
                throw .badAnswer("a field of its head has no colon or no end")
            }
            var value = head[(colon + 1)..<end]
            while value.first == 0x20 { value.removeFirst() }
            let name = head[start..<colon]
            if equals(name, "content-length") {
                length = number(value)
            } else if equals(name, "content-encoding") {
                answer.compression = equals(value, "gzip") ? .gzip : equals(value, "deflate") ? .zlib : .none
            } else if equals(name, "connection") {
                answer.isLast = equals(value, "close")
            }
            start = end + 2
        }
        guard let length, length <= Limits.frameBodyBytesMax else { throw .badAnswer("it says no length of its body") }
        return length
    }

    private static func equals(_ bytes: Slice<UnsafeRawBufferPointer>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        var index = 0
        for byte in bytes {
            // Letters of names and values here are small in what is compared.
            let small = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            if small != text.utf8Start[index] { return false }
            index += 1
        }
        return true
    }

    private static func number(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 10 else { return nil }
        var value = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
