import Client
import Glibc

/// Bytes that came on one connection, which its protocol cuts into answers where they lie; memory is used again.
class ReceiveBuffer {
    /// One read: a burst of some hundred small answers, or a thousand of the smallest.
    private static let readBytes = 256 << 10

    @exclusivity(unchecked) private(set) final var memory: UnsafeMutableRawPointer
    @exclusivity(unchecked) private final var capacity: Int
    /// Where the bytes that no answer has taken begin.
    @exclusivity(unchecked) final var from = 0
    /// Where they end.
    @exclusivity(unchecked) private(set) final var to = 0

    init() {
        capacity = 2 * Self.readBytes
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Whether an answer has begun and not ended.
    final var isInsideAnswer: Bool { from < to }

    /// Reads once; false where nothing is there yet.
    final func fill(from socket: borrowing Socket) throws(ClientError) -> Bool {
        if from == to {
            from = 0
            to = 0
        } else if capacity - to < Self.readBytes {
            memmove(memory, memory + from, to - from)
            to -= from
            from = 0
        }
        if let secure = socket.secure {
            let room = UnsafeMutableRawBufferPointer(start: memory + to, count: capacity - to)
            guard let count = try secure.receive(room, waits: false) else { return false }
            to += count
            return count > 0
        }
        let count = recv(socket.descriptor, memory + to, capacity - to, Int32(MSG_DONTWAIT))
        if count > 0 {
            to += count
            return true
        }
        if count == 0 { throw .connectionLost("the server closed it") }
        if errno == EAGAIN || errno == EINTR { return false }
        throw .connectionLost(String(cString: strerror(errno)))
    }

    /// Sees to it that an answer under way fits with a read behind it.
    final func makeRoom(for size: Int) {
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
