import Client
import RPC
import TestSupport
import Testing

/// Fields 6 to 13 of brpc's meta: served or refused, never passed over.
@Suite struct `What a meta can ask for` {
    @Test(
        arguments: [
            (1004, [0x3a, 3, 0x61, 0x62, 0x63], "RpcMeta.authentication_data is set, and this server checks no credentials"),
            (1003, [0x32, 4, 0x08, 1, 0x10, 2], "RpcMeta.chunk_info is set: a message comes whole here"),
            (1003, [0x42, 2, 0x08, 5], "RpcMeta.stream_settings is set: no method here opens a stream"),
            (1003, [0x42, 0], "RpcMeta.stream_settings is set"),
            (1003, [0x50, 1], "RpcMeta.content_type 1 is not supported; there are: 0 protobuf, 2 proto3's JSON"),
            (1003, [0x50, 3], "RpcMeta.content_type 3 is not supported"),
        ] as [(Int32, [UInt8], String)])
    func `what is not served is refused, by the field`(code: Int32, fields: [UInt8], text: String) throws {
        let answer = try `Bad input`.answer(requestPacket(message: [1], fields: fields))
        #expect(answer.0 == code)
        #expect(answer.1.hasPrefix(text), "\(answer.1)")
    }

    /// brpc writes these in every request.
    @Test func `zeros and empty values ask for nothing`() throws {
        let (code, text) = try `Bad input`.answer(
            requestPacket(
                message: [1], fields: [0x3a, 0, 0x50, 0, 0x58, 0, 0x62, 0, 0x68, 0] + userField("trace", "a1")))
        #expect(code == 0 && text.isEmpty)
    }

    @Test func `canary: the same fields pass a reader that does not know them`() throws {
        // Field 14 is nobody's.
        let (code, _) = try `Bad input`.answer(requestPacket(message: [1], fields: [0x72, 1, 1]))
        #expect(code == 0)
    }

    /// `ToyServer` tells a failure in Chinese as "中文 CODE: " and the English text.
    @Test func `failures are told in Chinese to who asks for it, wherever they are found`() throws {
        let toy = try ToyServer {
            $0.chineseWording = { "中文 \($0): \($1)" }
            $0.inflatedBytesMax = 1 << 20
        }
        defer { toy.server.drain() }
        let client = try toy.client()
        let zh = userField("accept-language", "zh-CN,en;q=0.5")
        let cases: [(String, [UInt8])] = [
            ("4001", requestPacket(method: "Fail", message: [], fields: zh)),
            ("1002", requestPacket(method: "Nothing", message: [], fields: zh)),
            ("1003", requestPacket(message: [1, 2, 3], compressType: 2, fields: zh)),
            ("1003", requestPacket(message: [1, 2, 3], compressType: 9, fields: zh)),
            ("1003", requestPacket(message: [], fields: zh + [0x50, 1])),
            ("1004", requestPacket(message: [], fields: [0x3a, 1, 1] + zh)),
            ("2002", requestPacket(method: "Large", message: [0xff, 0xff, 0xff, 0x7f], fields: zh)),
        ]
        for (code, packet) in cases {
            try client.sendRaw(packet)
            let answer = try client.receive()
            #expect("\(answer.code)" == code)
            #expect(answer.errorText.hasPrefix("中文 \(code): "), "\(answer.errorText)")
        }
        // In English for everybody else, on the same connection.
        for language in ["en", "en,zh", "fr"] {
            try client.sendRaw(requestPacket(method: "Fail", message: [], fields: userField("Accept-Language", language)))
            #expect(try client.receive().errorText.hasPrefix("total -1 is negative"))
        }
        try client.sendRaw(requestPacket(method: "Inline", message: [4], fields: zh))
        #expect(Array(try client.receive().message) == [4])
        try client.sendRaw(requestPacket(method: "Fail", message: []))
        #expect(try client.receive().errorText.hasPrefix("total -1 is negative"))
    }

    @Test func `an answer in Chinese says so, and one in English says nothing`() throws {
        let toy = try ToyServer { $0.chineseWording = { "中文 \($0): \($1)" } }
        defer { toy.server.drain() }
        let peer = try Peer(toy)
        for method in ["Fail", "Inline"] {
            for (list, language) in [("zh", AnswerLanguage.chinese), ("en", .english)] {
                peer.send(requestPacket(method: method, message: [], fields: userField("ACCEPT-language", list)))
                let answer = try #require(peer.receivePacket())
                answer.withUnsafeBytes { bytes in
                    let count = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
                    let meta = RPCMeta.read(UnsafeRawBufferPointer(rebasing: bytes[12..<(12 + count)]))
                    #expect(meta?.features.contentLanguage == language)
                    #expect(meta?.features.language == .english)
                }
            }
        }
    }

    @Test func `half an answer is none`() throws {
        let (code, text) = try `Bad input`.answer(requestPacket(method: "Unfinished", message: [], fields: []))
        #expect(code == 2001)
        #expect(text.contains("ask again with the same id"))
    }

    /// brpc asks again by itself after ELIMIT; the same question would get the same answer.
    @Test func `an answer that is too large is no ELIMIT`() throws {
        let (code, text) = try `Bad input`.answer(
            requestPacket(method: "Large", message: [0xff, 0xff, 0xff, 0x7f], fields: []))
        #expect(code == 2002)
        #expect(text.contains("ask for less in one call"))
    }
}
