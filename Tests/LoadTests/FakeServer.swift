import Dispatch
import Foundation
import RPC
import Synchronization

/// A server of bytes: each request goes to a script that says what is answered, one after the other.
final class FakeServer: Sendable {
    /// What is done about a request.
    enum Reply {
        case message([UInt8])
        case error(Int32)
        case silence
        /// Bytes as they are, header and all.
        case raw([UInt8])
        /// The connection ends.
        case close
    }

    /// - Parameters:
    ///   - number: of the request, from 0, over all connections.
    ///   - id: its correlation id.
    typealias Script = @Sendable (_ number: Int, _ id: Int64, _ message: [UInt8]) -> Reply

    let port: Int
    private let listener: Int32
    private let script: Script
    /// Bytes of an answer that are written at once; 0: all.
    private let piece: Int
    private let count = Atomic<Int>(0)
    /// One request at a time, on all connections, as a server of one thread has it.
    private let turn = Mutex(0)

    /// - Parameter listens: whether it takes connections; else its port refuses them, and nobody else gets it.
    init(piece: Int = 0, listens: Bool = true, _ script: @escaping Script) throws {
        self.script = script
        self.piece = piece
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && (!listens || listen(listener, 64) == 0)
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        if listens { Thread { [self] in accept() }.start() }
    }

    /// Requests that have come.
    var requests: Int { count.load(ordering: .relaxed) }

    /// Ends the waiting for connections. The thread that waits closes the socket: another server of this process would
    /// get its number, and lose connections to that thread.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func accept() {
        while true {
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else {
                close(listener)
                return
            }
            var one: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            Thread { [self] in
                serve(socket)
                close(socket)
            }.start()
        }
    }

    private func serve(_ socket: Int32) {
        var decoder = FrameDecoder()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let received = recv(socket, &bytes, bytes.count, 0)
            guard received > 0 else { return }
            var calls: [(id: Int64, message: [UInt8])] = []
            bytes.withUnsafeBytes { all in
                var input = UnsafeRawBufferPointer(rebasing: all[..<received])
                while case .frame(let frame) = decoder.next(&input) {
                    calls.append((RPCMeta.read(frame.meta)?.correlationID ?? 0, Array(frame.payload)))
                }
            }
            for (id, message) in calls {
                let isOpen = turn.withLock { _ in
                    let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
                    return answer(script(number, id, message), id, socket)
                }
                guard isOpen else { return }
            }
        }
    }

    private func answer(_ reply: Reply, _ id: Int64, _ socket: Int32) -> Bool {
        switch reply {
        case .message(let message): return write(Self.packet(id, code: 0, message), socket)
        case .error(let code): return write(Self.packet(id, code: code, []), socket)
        case .raw(let bytes): return write(bytes, socket)
        case .silence: return true
        case .close:
            shutdown(socket, Int32(SHUT_RDWR))
            return false
        }
    }

    private func write(_ bytes: [UInt8], _ socket: Int32) -> Bool {
        var from = 0
        while from < bytes.count {
            let size = piece == 0 ? bytes.count - from : min(piece, bytes.count - from)
            let sent = bytes.withUnsafeBytes { send(socket, $0.baseAddress! + from, size, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            from += sent
        }
        return true
    }

    /// An answer as baidu_std has it.
    static func packet(_ id: Int64, code: Int32, _ message: [UInt8]) -> [UInt8] {
        let response = [0x08] + varint(UInt64(code))
        let meta = [0x12, UInt8(response.count)] + response + [0x20] + varint(UInt64(id))
        func bigEndian(_ number: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
        return Array("PRPC".utf8) + bigEndian(meta.count + message.count) + bigEndian(meta.count) + meta + message
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
