import Glibc

/// A socket that listens; what is set here every accepted connection inherits from it.
package struct ListeningSocket: Sendable {
    let descriptor: Int32
    /// The port that it got.
    package let port: Int
    /// Connections that the kernel holds for us until they are accepted.
    let queueLength: Int

    /// Listens on the first address of `host` that can be listened on, with the longest queue the kernel allows.
    init(host: String, port: Int, keepAlive: KeepAlive) throws(ServerStartError) {
        func failed(_ reason: String) -> ServerStartError {
            ServerStartError(description: "cannot listen on \(host):\(port): \(reason)")
        }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let first = found else { throw failed(String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(first) }
        var reason: String?
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let address = next {
            let descriptor = Self.open(address.pointee, keepAlive)
            if descriptor >= 0 {
                self.descriptor = descriptor
                self.port = Self.port(of: descriptor) ?? port
                queueLength = Self.queueLength(of: descriptor)
                return
            }
            if reason == nil { reason = String(cString: strerror(errno)) }
            next = address.pointee.ai_next
        }
        throw failed(reason ?? "the name has no address")
    }

    /// The same for a server that is made later: connections wait with the kernel until `Server.start(on:)`.
    package init(_ configuration: ServerConfiguration) throws(ServerStartError) {
        try self.init(host: configuration.host, port: configuration.port, keepAlive: configuration.keepAlive)
    }

    /// Listens no more, where no server has it.
    package func close() { Glibc.close(descriptor) }

    /// The descriptor; below 0: `errno` says why not.
    private static func open(_ address: addrinfo, _ keepAlive: KeepAlive) -> Int32 {
        let descriptor = socket(
            address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), address.ai_protocol)
        guard descriptor >= 0 else { return -1 }
        let options: [(level: Int32, name: Int32, value: Int32)] =
            [(SOL_SOCKET, SO_REUSEADDR, 1), (Int32(IPPROTO_TCP), TCP_NODELAY, 1)] + keepAlive.options
        for option in options {
            var value = option.value
            setsockopt(descriptor, option.level, option.name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
        // The kernel cuts the length of the queue down to what the system's limit is.
        if bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, Int32.max) == 0 {
            return descriptor
        }
        let error = errno
        Glibc.close(descriptor)
        errno = error
        return -1
    }

    private static func port(of descriptor: Int32) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutableBytes(of: &storage) {
            getsockname(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard status == 0 else { return nil }
        // Both families have the port here.
        let bytes = withUnsafeBytes(of: storage) { $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self) }
        return Int(UInt16(bigEndian: bytes))
    }

    /// The kernel's own word for it: of a listening socket `tcpi_sacked` is the length of its queue.
    private static func queueLength(of descriptor: Int32) -> Int {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0 else { return 0 }
        return Int(info.tcpi_sacked)
    }
}

/// When a peer that says nothing is asked whether it is there, and when it is given up.
package struct KeepAlive: Sendable {
    /// Whole seconds, each at least 1.
    package var idleSeconds: Int32
    package var intervalSeconds: Int32
    package var probes: Int32

    package init(idleSeconds: Int32, intervalSeconds: Int32, probes: Int32) {
        self.idleSeconds = idleSeconds
        self.intervalSeconds = intervalSeconds
        self.probes = probes
    }

    /// A peer that is gone is found after so long, in milliseconds, whether it is silent or owes us receipts.
    private var givenUpMilliseconds: Int32 { (idleSeconds + intervalSeconds * probes) * 1000 }

    var options: [(level: Int32, name: Int32, value: Int32)] {
        let tcp = Int32(IPPROTO_TCP)
        return [
            (SOL_SOCKET, SO_KEEPALIVE, 1), (tcp, TCP_KEEPIDLE, idleSeconds), (tcp, TCP_KEEPINTVL, intervalSeconds),
            (tcp, TCP_KEEPCNT, probes), (tcp, TCP_USER_TIMEOUT, givenUpMilliseconds),
        ]
    }
}
