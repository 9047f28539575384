import Glibc
import RPC
import TLS

/// A connected TCP socket, with TLS or without.
package struct Socket: ~Copyable {
    enum Readiness { case readable, writable, timedOut }

    /// Closed with the socket.
    package let descriptor: Int32
    /// What encrypts it; nil: nothing does.
    package let secure: SecureStream?

    deinit {
        secure?.end()
        close(descriptor)
    }

    /// Connects, and makes the handshake where `tls` says so.
    ///
    /// - Parameter protocols: what is named in the handshake (ALPN); empty: nothing.
    package init(
        host: String, port: Int, tls: ClientTLS?, protocols: [TLSSession.Application] = []
    ) throws(ClientError) {
        let descriptor = try Self.connect(host: host, port: port)
        var stream: SecureStream?
        if let tls {
            do throws(ClientError) { stream = try Self.begin(tls, host, protocols, descriptor) } catch {
                close(descriptor)
                guard case .connectionLost(let reason) = error else { throw error }
                throw .cannotConnect(host: host, port: port, reason: reason)
            }
        }
        self.descriptor = descriptor
        secure = stream
    }

    private static func begin(
        _ tls: ClientTLS, _ host: String, _ protocols: [TLSSession.Application], _ descriptor: Int32
    ) throws(ClientError) -> SecureStream {
        let session: TLSSession
        do throws(TLSProblem) { session = try tls.makeSession(host: host, protocols: protocols) } catch {
            throw .misuse(error.description)
        }
        let stream = SecureStream(session, descriptor: descriptor)
        try stream.begin(
            until: MonotonicClock.nanoseconds() &+ UInt64(Client.connectSecondsMax) * 1_000_000_000)
        return stream
    }

    private static func connect(host: String, port: Int) throws(ClientError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let first = found else {
            throw .cannotConnect(host: host, port: port, reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(first) }
        var reason = "no address"
        var candidate: UnsafeMutablePointer<addrinfo>? = first
        while let info = candidate {
            if let descriptor = connect(info.pointee) { return descriptor }
            reason = errorText()
            candidate = info.pointee.ai_next
        }
        throw .cannotConnect(host: host, port: port, reason: reason)
    }

    private static func connect(_ info: addrinfo) -> Int32? {
        let descriptor = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
        guard descriptor >= 0 else { return nil }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        // On Linux the send timeout bounds connect() too; writes below never wait, so it bounds nothing else.
        var patience = timeval(tv_sec: Client.connectSecondsMax, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
        let failure = errno
        close(descriptor)
        errno = failure
        return nil
    }

    /// Whether bytes that were written wait for the kernel: `write` with more, or with none, sends them.
    var hasUnsent: Bool { secure?.hasUnsent ?? false }

    /// The number of bytes written; nil: the socket's buffer is full.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ClientError) -> Int? {
        if let secure { return try secure.write(bytes) }
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            if count >= 0 { return count }
            if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
            if errno != EINTR { throw .connectionLost(errorText()) }
        }
    }

    /// Polls for bytes until `deadline`, in monotonic nanoseconds, without letting the thread sleep: waking
    /// up takes tens of microseconds. True where bytes, or the end, can be read.
    func isReadable(asking deadline: UInt64) -> Bool {
        var byte: UInt8 = 0
        repeat {
            let count = Glibc.recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
            if count >= 0 || errno != EAGAIN && errno != EWOULDBLOCK { return true }
        } while MonotonicClock.nanoseconds() < deadline
        return false
    }

    /// Waits for bytes and reads them; 0: those that came are not enough to be decrypted.
    mutating func read(_ into: UnsafeMutableRawBufferPointer) throws(ClientError) -> Int {
        if let secure { return try secure.receive(into, waits: true) ?? 0 }
        while true {
            let count = Glibc.recv(descriptor, into.baseAddress, into.count, 0)
            if count > 0 { return count }
            if count == 0 { throw .connectionLost("the server closed it") }
            if errno != EINTR { throw .connectionLost(errorText()) }
        }
    }

    /// Waits until reading or writing is possible; `deadline` in monotonic nanoseconds.
    func wait(toRead: Bool, toWrite: Bool, until deadline: UInt64) throws(ClientError) -> Readiness {
        while true {
            var timeout: Int32 = -1
            if deadline != .max {
                let now = MonotonicClock.nanoseconds()
                guard now < deadline else { return .timedOut }
                timeout = Int32(clamping: (deadline - now + 999_999) / 1_000_000)
            }
            var events: Int32 = 0
            if toRead { events |= POLLIN }
            if toWrite { events |= POLLOUT }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, timeout)
            if count > 0 {
                // The next read or write reports an error or the peer's end.
                if toRead, Int32(entry.revents) & (POLLIN | POLLHUP | POLLERR) != 0 { return .readable }
                return .writable
            }
            if count < 0, errno != EINTR { throw .connectionLost(errorText()) }
        }
    }

    func closeOutput() {
        secure?.end()
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func reset() {
        // Disconnecting the socket sends a reset and leaves the descriptor to deinit.
        var nobody = sockaddr()
        nobody.sa_family = sa_family_t(AF_UNSPEC)
        _ = Glibc.connect(descriptor, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }
}

private func errorText() -> String { String(cString: strerror(errno)) }
