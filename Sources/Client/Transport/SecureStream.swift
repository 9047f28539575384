import Glibc
import RPC
import TLS

/// TLS on a connected socket: plain bytes on one side, the socket on the other. One thread uses it.
package final class SecureStream {
    /// One read of the socket; plain bytes of it need room for a record more.
    package static let readBytes = 128 << 10
    /// Encrypted bytes beyond this are sent before more are made.
    private static let unsentBytesMax = 1 << 20

    private let session: TLSSession
    private let descriptor: Int32
    private let incoming = UnsafeMutableRawBufferPointer.allocate(byteCount: readBytes, alignment: 16)
    @exclusivity(unchecked) private var outgoing = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 64 << 10, alignment: 16)
    @exclusivity(unchecked) private var from = 0
    @exclusivity(unchecked) private var to = 0
    @exclusivity(unchecked) private var isEnded = false

    init(_ session: TLSSession, descriptor: Int32) {
        self.session = session
        self.descriptor = descriptor
    }

    deinit {
        incoming.deallocate()
        outgoing.deallocate()
    }

    // MARK: Beginning

    /// Makes the handshake, until `deadline`, in monotonic nanoseconds.
    func begin(until deadline: UInt64) throws(ClientError) {
        var input = UnsafeRawBufferPointer(start: nil, count: 0)
        while true {
            let step = shakeHands(&input)
            _ = try drain()
            if case .failed(let failure) = step { throw .connectionLost(failure.ofServer) }
            if step == .needsRoom { continue }
            if session.isOpen {
                precondition(input.isEmpty, "a server sends nothing before it is asked")
                return
            }
            guard step == .done else { throw .connectionLost("the server closed it in the TLS handshake") }
            if hasUnsent {
                try wait(POLLOUT, until: deadline)
                continue
            }
            try wait(POLLIN, until: deadline)
            guard let count = try readSocket(waits: false, most: Self.readBytes) else { continue }
            input = UnsafeRawBufferPointer(rebasing: incoming[..<count])
        }
    }

    private func shakeHands(_ input: inout UnsafeRawBufferPointer) -> TLSSession.Step {
        reserve(TLSLimits.roomBytes)
        let result = session.handshake(&input, to: UnsafeMutableRawBufferPointer(rebasing: outgoing[to...]))
        to += result.written
        // Tickets and the like may come right behind the handshake.
        if session.isOpen, !input.isEmpty { return decryptNothing(&input) }
        return result.0
    }

    private func decryptNothing(_ input: inout UnsafeRawBufferPointer) -> TLSSession.Step {
        let plain = UnsafeMutableRawBufferPointer.allocate(
            byteCount: input.count + TLSLimits.recordBytesMax, alignment: 16)
        defer { plain.deallocate() }
        reserve(TLSLimits.roomBytes)
        let room = UnsafeMutableRawBufferPointer(rebasing: outgoing[to...])
        let result = session.decrypt(&input, into: plain, to: room)
        to += result.written
        return result.count == 0 ? result.0 : .failed(.protocol("bytes came before anything was asked"))
    }

    private func wait(_ events: Int32, until deadline: UInt64) throws(ClientError) {
        let now = MonotonicClock.nanoseconds()
        guard now < deadline else { throw .connectionLost("the TLS handshake is not done in time") }
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        _ = poll(&entry, 1, Int32(clamping: (deadline - now + 999_999) / 1_000_000))
    }

    // MARK: Sending

    /// Whether encrypted bytes wait for the kernel.
    package var hasUnsent: Bool { from < to }

    /// Encrypts all of `plain`; `drain` sends it.
    package func seal(_ plain: UnsafeRawBufferPointer) throws(ClientError) {
        var rest = plain
        while !rest.isEmpty {
            reserve(TLSSession.room(for: rest.count))
            let result = session.encrypt(rest, to: UnsafeMutableRawBufferPointer(rebasing: outgoing[to...]))
            to += result.written
            rest = UnsafeRawBufferPointer(rebasing: rest[result.used...])
            if case .failed(let failure) = result.0 { throw .connectionLost(failure.ofServer) }
        }
    }

    /// Hands the kernel what is encrypted; true where all has left.
    package func drain() throws(ClientError) -> Bool {
        while hasUnsent {
            let count = Glibc.send(
                descriptor, outgoing.baseAddress! + from, to - from, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            if count < 0 {
                if errno == EAGAIN || errno == EWOULDBLOCK { return false }
                if errno == EINTR { continue }
                throw .connectionLost(String(cString: strerror(errno)))
            }
            from += count
        }
        (from, to) = (0, 0)
        return true
    }

    /// Encrypts and sends as much of `plain` as is sensible; nil where the kernel takes nothing at the moment.
    ///
    /// - Returns: bytes of it that are encrypted; they may wait to be sent (`hasUnsent`).
    func write(_ plain: UnsafeRawBufferPointer) throws(ClientError) -> Int? {
        guard try drain() else { return nil }
        let count = min(plain.count, Self.unsentBytesMax)
        try seal(UnsafeRawBufferPointer(rebasing: plain[..<count]))
        _ = try drain()
        return count
    }

    /// Says that nothing more will be sent, as far as the kernel takes it.
    func end() {
        reserve(TLSLimits.roomBytes)
        to += session.finish(to: UnsafeMutableRawBufferPointer(rebasing: outgoing[to...]))
        _ = try? drain()
    }

    private func reserve(_ bytes: Int) {
        guard outgoing.count - to < bytes else { return }
        let waiting = to - from
        if outgoing.count < waiting + bytes {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(2 * outgoing.count, waiting + bytes), alignment: 16)
            if waiting > 0 { memcpy(larger.baseAddress!, outgoing.baseAddress! + from, waiting) }
            outgoing.deallocate()
            outgoing = larger
        } else {
            memmove(outgoing.baseAddress!, outgoing.baseAddress! + from, waiting)
        }
        (from, to) = (0, waiting)
    }

    // MARK: Receiving

    /// Reads the socket once and decrypts what came.
    ///
    /// - Parameters:
    ///   - room: at least twice `TLSLimits.recordBytesMax`.
    ///   - waits: for bytes, where none are there.
    /// - Returns: plain bytes; 0: too few came to be decrypted; nil: none came.
    package func receive(
        _ room: UnsafeMutableRawBufferPointer, waits: Bool
    ) throws(ClientError) -> Int? {
        precondition(room.count >= 2 * TLSLimits.recordBytesMax, "\(room.count) bytes are too few for a record")
        if isEnded { throw Self.closed }
        let most = min(Self.readBytes, room.count - TLSLimits.recordBytesMax)
        guard let read = try readSocket(waits: waits, most: most) else { return nil }
        var input = UnsafeRawBufferPointer(rebasing: incoming[..<read])
        var count = 0
        while true {
            reserve(TLSLimits.roomBytes)
            let rest = UnsafeMutableRawBufferPointer(rebasing: room[count...])
            let result = session.decrypt(
                &input, into: rest, to: UnsafeMutableRawBufferPointer(rebasing: outgoing[to...]))
            count += result.count
            to += result.written
            switch result.0 {
            case .needsRoom: continue
            case .done: break
            case .peerEnded:
                isEnded = true
                if count == 0 { throw Self.closed }
            case .failed(let failure):
                _ = try? drain()
                throw .connectionLost(failure.ofServer)
            }
            if hasUnsent { _ = try drain() }
            return count
        }
    }

    private static let closed = ClientError.connectionLost("the server closed it")

    private func readSocket(waits: Bool, most: Int) throws(ClientError) -> Int? {
        while true {
            let count = recv(descriptor, incoming.baseAddress!, most, waits ? 0 : Int32(MSG_DONTWAIT))
            if count > 0 { return count }
            if count == 0 { throw Self.closed }
            if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw .connectionLost(String(cString: strerror(errno))) }
        }
    }
}
