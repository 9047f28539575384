import Client
import Glibc
import RPC
import Testing

/// A client's socket of its own, which sends what it is told to and knows its address.
final class Peer {
    private let descriptor: Int32
    let address: String

    convenience init(_ toy: ToyServer, from: String = "127.0.0.1") throws { try self.init(port: toy.port, from: from) }

    /// - Parameter from: the loopback address that it calls from.
    init(port: Int, from: String) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        // A suite that hangs tells nobody which test it was.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let own = Self.call(bind, descriptor, from, 0)
        try #require(own == 0)
        let connected = Self.call(connect, descriptor, "127.0.0.1", port)
        try #require(connected == 0)
        var storage = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutableBytes(of: &storage) {
            getsockname(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        address = "\(from):\(UInt16(bigEndian: storage.sin_port))"
    }

    deinit { close(descriptor) }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ descriptor: Int32, _ host: String,
        _ port: Int
    ) -> Int32 {
        var storage = sockaddr_in()
        storage.sin_family = sa_family_t(AF_INET)
        storage.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, host, &storage.sin_addr)
        return withUnsafeBytes(of: storage) {
            function(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }

    /// Sends all of it; false when the server has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 { return false }
            sent += count
        }
        return true
    }

    /// Sends what the kernel takes at once, so that a server that reads no more holds nobody up.
    func sendWhatFits(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0 { return }
            sent += count
        }
    }

    /// Calls a method and waits for one answer; false when the server closes instead.
    func isAnswered(_ method: String = "Inline", _ message: [UInt8] = [1]) -> Bool {
        guard send(requestPacket(method: method, message: message)) else { return false }
        return hasAnswer
    }

    /// Waits for bytes; false: the server has closed.
    var hasAnswer: Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { Issue.record("\(address) got neither an answer nor an end in a minute") }
        return count > 0
    }

    /// The next packet, whole; nil: the server has closed.
    func receivePacket() -> [UInt8]? {
        func read(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            return recv(descriptor, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
        }
        guard let header = read(FrameDecoder.headerBytes) else { return nil }
        let body = header[4..<8].reduce(0) { $0 << 8 | Int($1) }
        return body == 0 ? header : read(body).map { header + $0 }
    }

    /// Waits for bytes; nil: the server has closed.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { Issue.record("\(address) got neither an answer nor an end in a minute") }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Waits until the server has closed, dropping what comes.
    func waitForEnd() { while hasAnswer {} }

    /// Whether it is open still, at the moment.
    var isOpen: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count > 0 || count < 0 && errno == EAGAIN
    }
}

extension ToyServer {
    /// Waits until something is logged about this peer; what it is.
    func logged(of peer: Peer) -> [String] {
        eventually { log.messages.contains { $0.contains(" of \(peer.address): ") } }
        return log.messages.filter { $0.contains(" of \(peer.address): ") }
    }
}
