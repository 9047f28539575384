import Glibc
import RPC

/// One call on its way over HTTP/2; reused for the next one, with its memory: there are as many as calls under way.
final class GRPCCall {
    /// A gRPC message begins with a byte that says whether it is compressed, and its length.
    static let prefixBytes = 5
    @exclusivity(unchecked) var id: Int64 = 0
    @exclusivity(unchecked) private var prefix: (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0)
    /// A small message, copied; empty where `message` refers to the caller's.
    @exclusivity(unchecked) private var copied: [UInt8] = []
    @exclusivity(unchecked) private var message = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Bytes of prefix and message that have left.
    @exclusivity(unchecked) private var sent = 0

    @exclusivity(unchecked) private var answer = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
    @exclusivity(unchecked) private var capacity = 4096
    @exclusivity(unchecked) private(set) var answerBytes = 0
    @exclusivity(unchecked) var httpStatus: Int32 = 0
    /// −1: none came.
    @exclusivity(unchecked) var status: Int32 = -1
    @exclusivity(unchecked) var encoding = Compression.none
    /// `grpc-status-details-bin` as it came.
    @exclusivity(unchecked) var details: [UInt8] = []

    deinit { answer.deallocate() }

    func begin(_ id: Int64, _ message: UnsafeRawBufferPointer, _ compression: Compression) {
        self.id = id
        let size = UInt32(message.count).bigEndian
        withUnsafeMutableBytes(of: &prefix) { bytes in
            bytes[0] = compression == .none ? 0 : 1
            bytes.storeBytes(of: size, toByteOffset: 1, as: UInt32.self)
        }
        copied.removeAll(keepingCapacity: true)
        if message.count <= SendQueue.copiedBytesMax {
            copied.append(contentsOf: message)
            self.message = UnsafeRawBufferPointer(start: nil, count: 0)
        } else {
            self.message = message
        }
        sent = 0
        answerBytes = 0
        httpStatus = 0
        status = -1
        encoding = .none
        details.removeAll(keepingCapacity: true)
    }

    /// Bytes of prefix and message that have not left.
    var left: Int { Self.prefixBytes + copied.count + message.count - sent }

    /// Puts the next `count` bytes of prefix and message into `queue`.
    func move(_ count: Int, to queue: SendQueue) {
        var count = count
        if sent < Self.prefixBytes {
            let part = min(count, Self.prefixBytes - sent)
            withUnsafeBytes(of: prefix) {
                queue.append(copying: UnsafeRawBufferPointer(rebasing: $0[sent..<sent + part]))
            }
            sent += part
            count -= part
        }
        guard count > 0 else { return }
        let from = sent - Self.prefixBytes
        if message.isEmpty {
            copied.withUnsafeBytes { queue.append(copying: UnsafeRawBufferPointer(rebasing: $0[from..<from + count])) }
        } else {
            queue.append(referringTo: UnsafeRawBufferPointer(rebasing: message[from..<from + count]))
        }
        sent += count
    }

    /// Keeps bytes of the answer.
    func received(_ bytes: UnsafeRawBufferPointer) {
        if answerBytes + bytes.count > capacity { resize(2 * (answerBytes + bytes.count)) }
        if let source = bytes.baseAddress { memcpy(answer + answerBytes, source, bytes.count) }
        answerBytes += bytes.count
    }

    private func resize(_ bytes: Int) {
        let other = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
        memcpy(other, answer, min(answerBytes, bytes))
        answer.deallocate()
        answer = other
        capacity = bytes
    }

    /// The answer's message and how it is compressed; nil where the bytes are not exactly one.
    var answered: (message: UnsafeRawBufferPointer, compression: Compression)? {
        guard answerBytes >= Self.prefixBytes else { return nil }
        let flag = answer.load(as: UInt8.self)
        let size = Int(UInt32(bigEndian: answer.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        guard size == answerBytes - Self.prefixBytes, flag == 0 || flag == 1 && encoding != .none else { return nil }
        return (
            UnsafeRawBufferPointer(start: answer + Self.prefixBytes, count: size), flag == 0 ? .none : encoding
        )
    }
}
