import Client
import Glibc
import RPC
import Testing

/// The rows of design.md's table that the transport answers, against the real server process.
@Suite struct `Bad packets` {
    @Test func `bytes that are no packet close their connection and no other`() throws {
        let server = try ServerProcess()
        let rows: [(what: String, bytes: [UInt8])] = [
            ("another protocol", Array("HELO example.org\r\n".utf8)),
            ("another magic", Packet.header(magic: "PRPD", body: 10, meta: 10) + [UInt8](repeating: 0, count: 10)),
            ("a meta larger than the body", Packet.header(body: 10, meta: 11) + [UInt8](repeating: 0, count: 10)),
            ("a body above the limit", Packet.header(body: UInt32(Limits.frameBodyBytesMax) + 1, meta: 10)),
            ("a body of 4 GiB", Packet.header(body: .max, meta: .max)),
            ("a meta that is no RpcMeta", Packet.header(body: 4, meta: 4) + [0xff, 0xff, 0xff, 0xff]),
        ]
        for row in rows {
            let client = try server.connect()
            // What came before the bad bytes is answered, then the connection ends.
            try send(Packet(Sample.plain.request).bytes + row.bytes, on: client)
            #expect(try client.receive().code == 0, "\(row.what)")
            #expect(throws: ClientError.connectionLost("the server closed it"), "\(row.what)") {
                try client.receive()
            }
            try server.expectHealthy(after: row.what)
        }
        // Logged once each, without the bytes themselves; a server that has ended has written all of it.
        server.send(SIGTERM)
        #expect(try server.exitCode() == 0)
        let lines = server.logged.split(separator: "\n").filter { $0.contains("closing the connection of 127.0.0.1:") }
        #expect(lines.count == rows.count, "\(server.logged)")
    }

    @Test func `a request that cannot be read is refused with what is wrong`() throws {
        let server = try ServerProcess()
        // A field that nobody knows makes the message long enough to shrink.
        var padding = WireMessage()
        padding.blob(99, [UInt8](repeating: 7, count: 1_000))
        let request = Sample.plain.request + padding.bytes
        let zlib = compressed(request, .zlib)
        let gzip = compressed(request, .gzip)
        var damaged = zlib
        damaged[damaged.count / 2] ^= 0x55
        let bad = RPCErrorCode.badRequest
        var rows: [(what: String, packet: Packet, code: RPCErrorCode, words: [String])] = []
        rows.append(("no snappy", Packet(request, compressType: 1), bad, ["damaged"]))
        rows.append(("no such compression", Packet(request, compressType: 9), bad, ["compress_type 9", "snappy", "gzip"]))
        rows.append(("truncated zlib", Packet(Array(zlib.dropLast(5)), compressType: 3), bad, ["too early"]))
        rows.append(("truncated gzip", Packet(Array(gzip.dropLast(9)), compressType: 2), bad, ["too early"]))
        rows.append(("bytes after zlib", Packet(zlib + [0, 1, 2], compressType: 3), bad, ["3 bytes follow"]))
        rows.append(("a second gzip member", Packet(gzip + gzip, compressType: 2), bad, ["bytes follow"]))
        rows.append(("damaged zlib", Packet(damaged, compressType: 3), bad, ["damaged"]))
        rows.append(("plain bytes said to be gzip", Packet(request, compressType: 2), bad, ["damaged"]))
        rows.append(("nothing said to be gzip", Packet([], compressType: 2), bad, ["too early"]))
        rows.append(
            (
                "an attachment beyond the packet", Packet(request, attachmentSize: 1 << 20), bad,
                ["attachment_size 1048576"]
            ))
        rows.append(("a negative attachment", Packet(request, attachmentSize: -1), bad, ["attachment_size -1"]))
        rows.append(("no service", Packet(request, service: ""), bad, ["service_name"]))
        rows.append(("no method", Packet(request, method: ""), bad, ["method_name"]))
        rows.append(
            (
                "an unknown service", Packet(request, service: "jiesuan.v1.Weather"), .noService,
                ["jiesuan.v1.Weather", "jiesuan.v1.CalculationService"]
            ))
        rows.append(
            (
                "an unknown method", Packet(request, method: "Guess"), .noMethod,
                ["Guess", "Calculate", "CalculateBatch"]
            ))
        let noise = [UInt8](repeating: 0xfe, count: 100)
        let parse = ["CalculateRequest", "does not parse"]
        rows.append(("half a message", Packet(Array(request.dropLast(500))), bad, parse))
        rows.append(("noise", Packet(noise), bad, parse))
        let client = try server.connect()
        for row in rows {
            try send(row.packet.bytes, on: client)
            let answer = try client.receive()
            #expect(answer.correlationID == row.packet.correlationID, "\(row.what)")
            #expect(answer.code == row.code.rawValue, "\(row.what): \(answer.code) \(answer.errorText)")
            for word in row.words { #expect(answer.errorText.contains(word), "\(row.what): \(answer.errorText)") }
            try server.expectHealthy(after: row.what)
        }
    }

    @Test func `an attachment that nobody reads changes nothing`() throws {
        let server = try ServerProcess()
        let client = try server.connect()
        let plain = try client.call(Remote.calculate, bytes: Sample.plain.request)
        let attachment = [UInt8](repeating: 0x41, count: 5_000)
        try send(Packet(Sample.plain.request + attachment, attachmentSize: 5_000).bytes, on: client)
        let answer = try client.receive()
        #expect(answer.code == 0)
        #expect(Array(answer.message) == plain)
    }

    /// Less than a megabyte each where compressed, which inflate to 64 MiB and a byte, or to messages that need more
    /// memory than one may.
    @Test func `a small message that grows is refused at the limit`() throws {
        let server = try ServerProcess()
        let client = try server.connect()
        let zeros = [UInt8](repeating: 0, count: Limits.inflatedBytesMax + 1)
        // `accounts` (field 5) with an empty entry, and an unknown field: each takes far more memory than its bytes.
        let entries = [[UInt8]](repeating: [0x2a, 0], count: 6 << 20).flatMap(\.self)
        let unknown = [[UInt8]](repeating: [0x78, 1], count: 6 << 20).flatMap(\.self)
        let inflates = "inflates to more than \(Limits.inflatedBytesMax)"
        let rows: [(what: String, packet: Packet, words: String)] = [
            ("a zlib bomb", Packet(compressed(zeros, .zlib), compressType: 3), inflates),
            ("a gzip bomb", Packet(compressed(zeros, .gzip), method: "CalculateBatch", compressType: 2), inflates),
            ("six million empty submessages", Packet(entries), "more memory"),
            ("the same in gzip", Packet(compressed(entries, .gzip), compressType: 2), "more memory"),
            ("six million unknown fields", Packet(unknown, method: "CalculateBatch"), "more memory"),
            ("the same in zlib", Packet(compressed(unknown, .zlib), compressType: 3), "more memory"),
        ]
        for row in rows {
            #expect(row.packet.compressType == 0 || row.packet.payload.count < 1 << 20, "\(row.what)")
            try send(row.packet.bytes, on: client)
            let answer = try client.receive()
            #expect(answer.code == RPCErrorCode.badRequest.rawValue, "\(row.what): \(answer.code) \(answer.errorText)")
            #expect(answer.errorText.contains(row.words), "\(row.what): \(answer.errorText)")
            try server.expectHealthy(after: row.what)
        }
        print("peak of the server under messages that grow: \(server.peakResidentBytes >> 20) MiB")
    }

    @Test func `counts that a message only claims to have take no memory`() throws {
        let server = try ServerProcess()
        let client = try server.connect()
        // claims { person_row: packed, "4 GiB" long }
        let claim: [UInt8] = [0x32, 0x07, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]
        let rows: [(what: String, bytes: [UInt8])] = [
            ("a column of 4 GiB in nine bytes", claim),
            ("a length of ten bytes", [0x32] + [UInt8](repeating: 0xff, count: 9) + [0x01]),
            ("a packed column with half an entry", [0x32, 0x05, 0x0a, 0x03, 0x00, 0x00, 0x00]),
        ]
        for row in rows {
            let reply = try client.batch(bytes: Array(Batch(region: "chongqing").request) + row.bytes)
            guard case .failed(let code, let text) = reply else {
                Issue.record("\(row.what) is not refused: \(reply)")
                continue
            }
            #expect(code == RPCErrorCode.badRequest.rawValue, "\(row.what): \(text)")
            #expect(text.contains("does not parse"), "\(row.what): \(text)")
            try server.expectHealthy(after: row.what)
        }
    }

    private func send(_ bytes: [UInt8], on client: Client) throws {
        try bytes.withUnsafeBytes { try client.sendRaw($0) }
    }
}
