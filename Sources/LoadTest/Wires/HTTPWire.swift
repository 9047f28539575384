import Client
import Glibc
import RPC

/// HTTP/1.1 with protobuf bodies: requests are pipelined, answers come in their order.
final class HTTPWire: LoadWire {
    private let authority: String
    private let token: String
    private let queue = SendQueue()
    private let inbox = HTTPAnswerBuffer()
    @exclusivity(unchecked) private var heads: [(name: CallName, bytes: [UInt8])] = []
    /// Ids of the requests under way, in their order, from `firstID` on.
    @exclusivity(unchecked) private var ids: [Int64] = []
    @exclusivity(unchecked) private var firstID = 0

    init(authority: String, token: String = "") {
        self.authority = authority
        self.token = token
    }

    var hasUnsent: Bool { !queue.isEmpty }
    var isInsideAnswer: Bool { inbox.isInsideAnswer }

    func append(_ head: CallHead, id: Int64, _ message: UnsafeRawBufferPointer) {
        bytes(of: head.call).withUnsafeBytes { queue.append(copying: $0) }
        var length = Array(String(message.count).utf8)
        length += [0x0D, 0x0A, 0x0D, 0x0A]
        length.withUnsafeBytes { queue.append(copying: $0) }
        if message.count <= SendQueue.copiedBytesMax {
            queue.append(copying: message)
        } else {
            queue.append(referringTo: message)
        }
        ids.append(id)
    }

    /// The request up to the number of its body's bytes.
    private func bytes(of name: CallName) -> [UInt8] {
        if let known = heads.first(where: { $0.name === name }) { return known.bytes }
        var text = "POST \(name.path) HTTP/1.1\r\nhost: \(authority)\r\ncontent-type: application/proto\r\n"
        if name.compression != .none {
            let encoding = name.compression == .zlib ? "deflate" : "\(name.compression)"
            text += "content-encoding: \(encoding)\r\naccept-encoding: \(encoding)\r\n"
        }
        if !token.isEmpty { text += "authorization: Bearer \(token)\r\n" }
        let bytes = Array((text + "content-length: ").utf8)
        heads.append((name, bytes))
        return bytes
    }

    func send(to socket: borrowing Socket) throws(ClientError) -> Bool { try queue.send(to: socket) }

    func fill(from socket: borrowing Socket) throws(ClientError) -> Bool { try inbox.fill(from: socket) }

    func next() throws(ClientError) -> WireAnswer? {
        guard let answer = try inbox.next() else { return nil }
        guard firstID < ids.count else { throw .badAnswer("an answer came that nobody asked for") }
        let id = ids[firstID]
        firstID += 1
        if firstID == ids.count || firstID >= 4096 {
            ids.removeFirst(firstID)
            firstID = 0
        }
        if answer.isLast, firstID < ids.count { throw .connectionLost("the server closes it with requests under way") }
        guard answer.status != 200 else {
            return WireAnswer(id: id, errorCode: 0, message: answer.body, compression: answer.compression)
        }
        return WireAnswer(
            id: id, errorCode: HTTPFailure.code(status: answer.status, body: answer.body),
            message: UnsafeRawBufferPointer(start: nil, count: 0), compression: .none)
    }
}

/// What a failed call over HTTP is counted under: the number that the native protocol would have answered.
private enum HTTPFailure {
    static func code(status: Int, body: UnsafeRawBufferPointer) -> Int32 {
        // An error is a JSON object whose field `code` is that number.
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        if let key = text.firstRange(of: "\"code\"") {
            let digits = text[key.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber }
            if let code = Int32(digits), code > 0 { return code }
        }
        return switch status {
        case 404, 405: 1002
        case 401, 403: 1004
        case 408, 504: 1008
        case 429: 2004
        case 503: 2003
        case 400..<500: 1003
        default: 2001
        }
    }
}
