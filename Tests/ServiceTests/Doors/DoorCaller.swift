import Client
import ClientTesting
import Foundation
import ProtoJSON
import RPC
import Service
import TestSupport
import Testing

/// A way to a server's methods: a protocol, and the form of its messages.
enum CallerDoor: String, CaseIterable, Sendable {
    case native
    case grpc
    /// HTTP/1 with protobuf.
    case http
    /// HTTP/1 with JSON.
    case json
}

/// How a call over a door ended, in words that are the same for all of them.
struct DoorOutcome {
    /// 0: it was answered.
    var code: Int32 = 0
    /// Why it failed, in the language that was asked for.
    var text = ""
    /// The status of gRPC or HTTP; nil natively.
    var status: Int?
    /// The code's name, field, value and rule, where the door tells them one by one.
    var parts: [String: String] = [:]
    /// The answer, as protobuf.
    var message: [UInt8] = []
}

/// A client of one door, with one connection.
final class DoorCaller {
    private enum Connection {
        case native(Client)
        case grpc(GRPCSocket)
        case http(HTTPSocket)
    }

    let door: CallerDoor
    private let connection: Connection

    init(_ door: CallerDoor, port: Int) throws {
        self.door = door
        connection =
            switch door {
            case .native: .native(try Client.connect(host: "127.0.0.1", port: port))
            case .grpc: .grpc(try GRPCSocket(port: port))
            case .http, .json: .http(try HTTPSocket(port: port))
            }
    }

    /// Calls `SettlementService/Settle` with a message of protobuf, which JSON's door sends as JSON.
    ///
    /// - Parameters:
    ///   - compression: what the message is said to be compressed with, and is not by this.
    ///   - json: what JSON's door sends in place of the message.
    func call(
        _ path: String, _ message: [UInt8], _ language: AnswerLanguage = .english,
        compression: Compression = .none, json: [UInt8]? = nil, milliseconds: Int32 = 0
    ) throws -> DoorOutcome {
        switch connection {
        case .native(let client):
            return try native(client, path, message, language, compression, milliseconds)
        case .grpc(let socket):
            return try grpc(socket, path, message, language, compression, milliseconds)
        case .http(let socket):
            let body = door == .http ? message : try json ?? Self.json(path, message)
            return try http(socket, path, body, language, compression, milliseconds)
        }
    }

    private func native(
        _ client: Client, _ path: String, _ message: [UInt8], _ language: AnswerLanguage, _ compression: Compression,
        _ milliseconds: Int32
    ) throws -> DoorOutcome {
        let names = Self.split(path)
        var meta = WireMessage()
        var request = WireMessage()
        request.text(1, names.service)
        request.text(2, names.method)
        request.number(8, Int64(milliseconds))
        meta.message(1, request)
        meta.number(3, Int64(compression.rawValue))
        meta.number(4, 7)
        if language == .chinese {
            var entry = WireMessage()
            entry.text(1, "accept-language")
            entry.text(2, "zh-CN")
            meta.message(9, entry)
        }
        let header = Packet.header(body: UInt32(meta.bytes.count + message.count), meta: UInt32(meta.bytes.count))
        try (header + meta.bytes + message).withUnsafeBytes { try client.sendRaw($0) }
        let answer = try client.receive()
        return DoorOutcome(code: answer.code, text: answer.errorText, message: Array(answer.message))
    }

    private func grpc(
        _ socket: GRPCSocket, _ path: String, _ message: [UInt8], _ language: AnswerLanguage,
        _ compression: Compression, _ milliseconds: Int32
    ) throws -> DoorOutcome {
        var fields: [(String, String)] = []
        if language == .chinese { fields.append(("accept-language", "zh-CN")) }
        if compression == .gzip { fields.append(("grpc-encoding", "gzip")) }
        if compression == .zlib { fields.append(("grpc-encoding", "deflate")) }
        if milliseconds > 0 { fields.append(("grpc-timeout", "\(milliseconds)m")) }
        let flag: UInt8 = compression == .none ? 0 : 1
        let reply = try #require(socket.call("/" + path, message, flag: flag, fields: fields))
        return try DoorOutcome(reply)
    }

    private func http(
        _ socket: HTTPSocket, _ path: String, _ body: [UInt8], _ language: AnswerLanguage, _ compression: Compression,
        _ milliseconds: Int32
    ) throws -> DoorOutcome {
        var fields = language == .chinese ? "Accept-Language: zh-CN\r\n" : ""
        if compression == .gzip { fields += "Content-Encoding: gzip\r\n" }
        if compression == .zlib { fields += "Content-Encoding: deflate\r\n" }
        if milliseconds > 0 { fields += "X-Timeout-Ms: \(milliseconds)\r\n" }
        let type = door == .json ? "application/json" : "application/proto"
        let answer = try #require(socket.call("/" + path, body, type: type, fields: fields))
        return try DoorOutcome(answer, language)
    }

    /// A message of the method's request as JSON.
    private static func json(_ path: String, _ message: [UInt8]) throws -> [UInt8] {
        guard let method = try? MethodCatalog.find(path) else { return Array("{}".utf8) }
        return try message.withUnsafeBytes { try MessageDecoder.decode($0, as: method.request, indents: false) }
    }

    private static func split(_ path: String) -> (service: String, method: String) {
        let slash = path.lastIndex(of: "/") ?? path.endIndex
        return (String(path[..<slash]), String(path[slash...].dropFirst()))
    }
}

extension DoorOutcome {
    init(_ reply: GRPCReply) throws {
        self.init()
        status = reply.status
        guard status != 0 else {
            message = reply.message
            return
        }
        text = reply.text
        // An ErrorInfo in Base64 without padding; its map's entries are "code" and digits, one after the other.
        let details = try #require(reply.fields["grpc-status-details-bin"], "\(reply.fields)")
        let padded = details + String(repeating: "=", count: (4 - details.count % 4) % 4)
        let bytes = Array(try #require(Data(base64Encoded: padded)))
        code = try #require(Self.entry("code", in: bytes).flatMap { Int32($0) })
        for key in ["field", "rule"] { parts[key] = Self.entry(key, in: bytes) }
    }

    private static func entry(_ key: String, in bytes: [UInt8]) -> String? {
        let mark = [0x0A, UInt8(key.utf8.count)] + Array(key.utf8) + [0x12]
        guard let found = bytes.firstRange(of: mark) else { return nil }
        let rest = bytes[found.upperBound...]
        guard let count = rest.first, rest.count > Int(count) else { return nil }
        return String(decoding: rest.dropFirst().prefix(Int(count)), as: UTF8.self)
    }

    init(_ answer: HTTPAnswer, _ language: AnswerLanguage) throws {
        self.init()
        status = answer.status
        guard status != 200 else {
            message = answer.body
            return
        }
        let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        code = Int32(try #require(json["code"] as? Int))
        text = try #require(json[language == .chinese ? "chinese" : "text"] as? String, "\(answer.text)")
        for key in ["name", "field", "value", "rule"] { parts[key] = json[key] as? String }
    }
}
