import Client
import Glibc
import RPC

/// Bytes on their way out of one connection: small ones in reused memory of its own, large messages where they lie.
///
/// One thread uses it. Here and in the other classes of a connection, checking accesses for exclusivity at run time is
/// switched off: it would cost as much as the work.
final class SendQueue {
    /// Messages above this are not copied; copying smaller ones is cheaper than another piece of a system call.
    static let copiedBytesMax = 16 << 10
    /// Pieces of one system call: of HTTP/2, half a megabyte in frames of 16 KiB.
    private static let piecesMax = 64
    /// Segments that have left and are still listed; then the list is shortened.
    private static let spentSegmentsMax = 1024

    /// `own` bytes of `memory`, then a message elsewhere.
    private struct Segment {
        var own: Int
        var message: UnsafeRawBufferPointer
    }

    @exclusivity(unchecked) private var memory = UnsafeMutableRawPointer.allocate(byteCount: 64 << 10, alignment: 16)
    @exclusivity(unchecked) private var capacity = 64 << 10
    @exclusivity(unchecked) private var from = 0
    @exclusivity(unchecked) private var to = 0
    @exclusivity(unchecked) private var segments: [Segment] = []
    @exclusivity(unchecked) private var firstSegment = 0
    private let pieces = UnsafeMutablePointer<iovec>.allocate(capacity: piecesMax)

    deinit {
        memory.deallocate()
        pieces.deallocate()
    }

    var isEmpty: Bool { firstSegment == segments.count }

    /// Queues a packet.
    ///
    /// - Parameter message: stays as it is until its answer has come, where it is above `copiedBytesMax`.
    func append(_ head: CallHead, id: Int64, _ message: UnsafeRawBufferPointer) {
        let isCopied = message.count <= Self.copiedBytesMax
        let bytes = head.bytes.count + (isCopied ? message.count : 0)
        reserve(bytes)
        head.write(to: memory + to, id: id, messageBytes: message.count)
        if isCopied, let source = message.baseAddress { memcpy(memory + to + head.bytes.count, source, message.count) }
        took(bytes)
        if !isCopied { segments[segments.count - 1].message = message }
    }

    /// Queues bytes, which are copied.
    func append(copying bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        reserve(bytes.count)
        memcpy(memory + to, source, bytes.count)
        took(bytes.count)
    }

    /// Queues bytes where they lie; they stay until they have left.
    func append(referringTo bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        took(0)
        segments[segments.count - 1].message = bytes
    }

    /// The last segment, or a new one, has `bytes` more of its own, and no message yet.
    private func took(_ bytes: Int) {
        to += bytes
        if let last = segments.indices.last, last >= firstSegment, segments[last].message.isEmpty {
            segments[last].own += bytes
        } else {
            segments.append(Segment(own: bytes, message: UnsafeRawBufferPointer(start: nil, count: 0)))
        }
    }

    private func reserve(_ bytes: Int) {
        if to + bytes <= capacity { return }
        let count = to - from
        if count + bytes > capacity / 2 {
            capacity = 2 * (count + bytes)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            memcpy(larger, memory + from, count)
            memory.deallocate()
            memory = larger
        } else {
            memmove(memory, memory + from, count)
        }
        from = 0
        to = count
    }

    /// Writes what the socket takes; true where all has left.
    func send(to socket: borrowing Socket) throws(ClientError) -> Bool {
        if let secure = socket.secure { return try send(through: secure) }
        while !isEmpty {
            var message = msghdr()
            message.msg_iov = pieces
            message.msg_iovlen = gather()
            let sent = sendmsg(socket.descriptor, &message, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            if sent < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { return false }
                throw .connectionLost(String(cString: strerror(errno)))
            }
            remove(sent)
        }
        return true
    }

    /// Encrypts everything that is queued, as long as the kernel takes it.
    private func send(through secure: SecureStream) throws(ClientError) -> Bool {
        guard try secure.drain() else { return false }
        while !isEmpty {
            var sealed = 0
            for index in 0..<gather() {
                let piece = UnsafeRawBufferPointer(start: pieces[index].iov_base, count: pieces[index].iov_len)
                try secure.seal(piece)
                sealed += piece.count
            }
            remove(sealed)
            guard try secure.drain() else { return false }
        }
        return true
    }

    private func gather() -> Int {
        var count = 0
        var offset = from
        var index = firstSegment
        while index < segments.count, count + 2 <= Self.piecesMax {
            let segment = segments[index]
            if segment.own > 0 {
                pieces[count] = iovec(iov_base: memory + offset, iov_len: segment.own)
                count += 1
                offset += segment.own
            }
            if let base = segment.message.baseAddress {
                pieces[count] = iovec(iov_base: UnsafeMutableRawPointer(mutating: base), iov_len: segment.message.count)
                count += 1
            }
            index += 1
        }
        return count
    }

    private func remove(_ sent: Int) {
        var left = sent
        while left > 0 {
            let own = min(left, segments[firstSegment].own)
            segments[firstSegment].own -= own
            from += own
            left -= own
            let elsewhere = min(left, segments[firstSegment].message.count)
            let rest = segments[firstSegment].message.dropFirst(elsewhere)
            segments[firstSegment].message =
                rest.isEmpty
                ? UnsafeRawBufferPointer(start: nil, count: 0) : UnsafeRawBufferPointer(rebasing: rest)
            left -= elsewhere
            if segments[firstSegment].own == 0, rest.isEmpty { firstSegment += 1 }
        }
        if isEmpty {
            segments.removeAll(keepingCapacity: true)
            firstSegment = 0
            from = 0
            to = 0
        } else if firstSegment >= Self.spentSegmentsMax {
            segments.removeFirst(firstSegment)
            firstSegment = 0
        }
    }
}
