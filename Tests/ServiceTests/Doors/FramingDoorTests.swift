import Client
import ClientTesting
import Glibc
import RPC
import TestSupport
import Testing

/// Bytes that are no request of their protocol: the connection ends, is counted, and no other one notices.
@Suite struct `Bytes that are no request of any door` {
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        /// What is said before the end: the statuses of HTTP; HTTP/2's is a GOAWAY.
        let status: Int?

        init(_ what: String, _ bytes: [UInt8], status: Int? = nil) {
            self.what = what
            self.bytes = bytes
            self.status = status
        }

        init(_ what: String, _ text: String, status: Int) { self.init(what, Array(text.utf8), status: status) }

        var testDescription: String { what }
    }

    private static let zeros = [UInt8](repeating: 0, count: 10)
    private static let post = "POST /SettlementService/Settle HTTP/1.1\r\nHost: a\r\n"

    static let native: [Row] = [
        Row("another magic", Packet.header(magic: "PRPD", body: 10, meta: 10) + zeros),
        Row("a meta larger than the body", Packet.header(body: 10, meta: 11) + zeros),
        Row("a body above the limit", Packet.header(body: UInt32(Limits.frameBodyBytesMax) + 1, meta: 10)),
        Row("a meta that is no RpcMeta", Packet.header(body: 4, meta: 4) + [0xFF, 0xFF, 0xFF, 0xFF]),
    ]

    /// Behind preface and settings.
    static let http2: [Row] = [
        Row("a frame above the limit", [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1]),
        Row("data of no stream", GRPCSocket.frame(0, stream: 0, [1])),
        Row("a header block that does not inflate", GRPCSocket.frame(1, flags: 5, stream: 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF])),
        Row("settings of another size", GRPCSocket.frame(4, [0, 4, 0])),
    ]

    static let http1: [Row] = [
        Row("no version", "POST /SettlementService/Settle\r\n\r\n", status: 400),
        Row("another version", "POST /SettlementService/Settle HTTP/3.0\r\nHost: a\r\n\r\n", status: 505),
        Row("two lengths", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", status: 400),
        Row("a blank before the colon", post + "Content-Length : 1\r\n\r\n", status: 400),
        Row("a body above the limit", post + "Content-Length: \(Limits.frameBodyBytesMax + 1)\r\n\r\n", status: 413),
        Row("a chunk of no size", post + "Transfer-Encoding: chunked\r\n\r\nx\r\n", status: 400),
        Row("another encoding", post + "Transfer-Encoding: gzip\r\n\r\n", status: 501),
        Row("a long line", "POST /" + String(repeating: "a", count: 5_000), status: 414),
    ]

    @Test func `end their connection, are counted, and others are served`() throws {
        let server = try LedgerServer()
        defer { server.stop() }
        var closed: UInt64 = 0
        for row in Self.native + Self.http2 + Self.http1 {
            if let status = row.status {
                let socket = try HTTPSocket(port: server.port)
                socket.send(row.bytes)
                let answer = try #require(socket.receive(), "\(row.what)")
                #expect(answer.status == status && answer.fields["connection"] == "close", "\(row.what)")
                #expect(socket.isAtEnd, "\(row.what)")
            } else if Self.native.contains(where: { $0.bytes == row.bytes }) {
                let socket = try HTTPSocket(port: server.port)
                socket.send(row.bytes)
                #expect(socket.isAtEnd, "\(row.what)")
            } else {
                let socket = try GRPCSocket(port: server.port)
                socket.send(row.bytes)
                #expect(socket.isAtEnd && socket.goAway ?? 0 != 0, "\(row.what): \(String(describing: socket.goAway))")
            }
            closed += 1
            #expect(server.server.statistics.closedForBadFrames == closed, "\(row.what)")
            for door in CallerDoor.allCases {
                let outcome = try DoorCaller(door, port: server.port).call(
                    "jiesuan.v1.CalculationService/Calculate", Sample.plain.request)
                #expect(outcome.code == 0 && !outcome.message.isEmpty, "\(door) after \(row.what): \(outcome.text)")
            }
        }
    }

    @Test func `a message that claims more than the limit is refused before it has come, and gRPC's connection goes on`()
        throws
    {
        let server = try LedgerServer()
        defer { server.stop() }
        let socket = try GRPCSocket(port: server.port)
        let path = "/jiesuan.v1.SettlementService/Settle"
        let english = try DoorOutcome(try #require(socket.call(path, body: [0, 0xFF, 0xFF, 0xFF, 0xFF])))
        #expect(english.code == 1003 && english.status == 8, "\(english.text)")
        #expect(english.text.contains("claims 4294967295 bytes") && english.text.contains("67108864"), "\(english.text)")
        // gRPC's own rules, told in Chinese too.
        for (body, status) in [([], 12), ([0, 0, 0, 0, 9, 1], 13), ([2, 0, 0, 0, 0], 13)] as [([UInt8], Int)] {
            let reply = try #require(socket.call(path, body: body, fields: [("accept-language", "zh")]))
            let outcome = try DoorOutcome(reply)
            #expect(outcome.code == 1003 && outcome.status == status, "\(outcome.text)")
            #expect(outcome.text.hasPrefix("请求无法读取"), "\(outcome.text)")
        }
        #expect(server.server.statistics.errors[1003] == 4)
        #expect(socket.call("/jiesuan.v1.CalculationService/Calculate", Sample.plain.request)?.status == 0)
    }

    @Test func `JSON over HTTP/2 is refused with what to do`() throws {
        let server = try LocalServer()
        let socket = try GRPCSocket(port: server.port)
        let json = Array("{}".utf8)
        let reply = try #require(
            socket.call(
                "/jiesuan.v1.CalculationService/Calculate", body: json, fields: [("content-type", "application/json")]))
        #expect(reply.httpStatus == 415 && reply.text.contains("send JSON over HTTP/1.1"), "\(reply.fields)")
        #expect(try DoorOutcome(reply).code == 1003)
        #expect(socket.call("/jiesuan.v1.CalculationService/Calculate", Sample.plain.request)?.status == 0)
    }
}
