import Client
import RPC

/// baidu_std: packets with correlation ids, answered in any order.
final class NativeWire: LoadWire {
    private let token: [UInt8]
    /// Heads of methods with the token.
    @exclusivity(unchecked) private var heads: [CallHead] = []
    private let queue = SendQueue()
    private let inbox = PacketBuffer()

    init(token: String = "") { self.token = Array(token.utf8) }

    var hasUnsent: Bool { !queue.isEmpty }
    var isInsideAnswer: Bool { inbox.isInsideAnswer }

    func append(_ head: CallHead, id: Int64, _ message: UnsafeRawBufferPointer) {
        queue.append(token.isEmpty ? head : withToken(head), id: id, message)
    }

    private func withToken(_ head: CallHead) -> CallHead {
        if let known = heads.first(where: { $0.call === head.call }) { return known }
        let made = head.with(token: token)
        heads.append(made)
        return made
    }

    func send(to socket: borrowing Socket) throws(ClientError) -> Bool { try queue.send(to: socket) }

    func fill(from socket: borrowing Socket) throws(ClientError) -> Bool { try inbox.fill(from: socket) }

    func next() throws(ClientError) -> WireAnswer? {
        guard let frame = try inbox.next() else { return nil }
        guard let meta = RPCMeta.read(frame.meta), meta.hasResponse else { throw .badAnswer("its meta is no response") }
        let messageBytes = frame.payload.count - Int(meta.attachmentSize)
        guard meta.attachmentSize >= 0, messageBytes >= 0, let compression = Compression(rawValue: meta.compressType)
        else { throw .badAnswer("its attachment or compression is none") }
        return WireAnswer(
            id: meta.correlationID, errorCode: meta.errorCode,
            message: UnsafeRawBufferPointer(start: frame.payload.baseAddress, count: messageBytes),
            compression: compression)
    }
}
