import Client
import Glibc
import RPC

/// Bytes that came on one connection, cut into packets where they lie; memory is used again.
final class PacketBuffer {
    /// One read: a burst of a thousand small answers.
    private static let readBytes = 256 << 10

    @exclusivity(unchecked) private var memory: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var capacity: Int
    @exclusivity(unchecked) private var from = 0
    @exclusivity(unchecked) private var to = 0

    init() {
        capacity = 2 * Self.readBytes
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Whether a packet has begun and not ended.
    var isInsidePacket: Bool { from < to }

    /// Reads once; false where nothing is there yet.
    func fill(from socket: Int32) throws(ClientError) -> Bool {
        if from == to {
            from = 0
            to = 0
        } else if capacity - to < Self.readBytes {
            memmove(memory, memory + from, to - from)
            to -= from
            from = 0
        }
        let count = recv(socket, memory + to, capacity - to, Int32(MSG_DONTWAIT))
        if count > 0 {
            to += count
            return true
        }
        if count == 0 { throw .connectionLost("the server closed it") }
        if errno == EAGAIN || errno == EINTR { return false }
        throw .connectionLost(String(cString: strerror(errno)))
    }

    /// The next whole packet; valid until the next `fill`.
    func next() throws(ClientError) -> Frame? {
        guard to - from >= FrameDecoder.headerBytes else { return nil }
        let header = memory + from
        let body = Int(UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        let meta = Int(UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        guard UInt32(bigEndian: header.loadUnaligned(as: UInt32.self)) == 0x5052_5043, meta <= body,
            body <= Limits.frameBodyBytesMax
        else { throw .badAnswer("its bytes are no baidu_std packet") }
        let size = FrameDecoder.headerBytes + body
        guard to - from >= size else {
            makeRoom(for: size)
            return nil
        }
        from += size
        return Frame(
            meta: UnsafeRawBufferPointer(start: header + FrameDecoder.headerBytes, count: meta),
            payload: UnsafeRawBufferPointer(start: header + FrameDecoder.headerBytes + meta, count: body - meta))
    }

    /// Sees to it that a packet under way fits with a read behind it.
    private func makeRoom(for size: Int) {
        guard from + size + Self.readBytes > capacity else { return }
        let count = to - from
        if size + Self.readBytes <= capacity {
            memmove(memory, memory + from, count)
        } else {
            capacity = size + 2 * Self.readBytes
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            memcpy(larger, memory + from, count)
            memory.deallocate()
            memory = larger
        }
        from = 0
        to = count
    }
}
