import Descriptors
import TestSupport
import Testing

@Suite struct `gRPC's reflection` {
    private let reflection = Reflection(services: ["jiesuan.v1.SettlementService"] + Reflection.services)

    @Test func `names the services that the server has, and brings the question back`() throws {
        let question = Message.field(1, "settle.example") + Message.field(7, "*")
        let answer = try answer(question)
        #expect(answer[1] == [Array("settle.example".utf8)] && answer[2] == [question])
        let list = try Message.read(try #require(answer[6]?.first))
        let names = try list[1, default: []].map { service in
            String(decoding: try #require(try Message.read(service)[1]?.first), as: UTF8.self)
        }
        #expect(
            names == [
                "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
                "jiesuan.v1.SettlementService",
            ])
    }

    @Test(arguments: ["jiesuan.v1.SettlementService", ".jiesuan.v1.SettlementService.Settle", "jiesuan.v1.SettleRequest.person"])
    func `gives the file that declares a name, then all that it imports, without comments`(symbol: String) throws {
        let files = try files(in: try answer(Message.field(4, symbol)))
        #expect(files.first == "jiesuan/v1/settlement_service.proto")
        #expect(Set(files).isSuperset(of: ["claim", "person", "outcome", "error"].map { "jiesuan/v1/\($0).proto" }))
        #expect(files == (try self.files(in: try answer(Message.field(3, files[0])))))
    }

    @Test func `says what there is not within the call, so that it goes on`() throws {
        let missing: [([UInt8], code: UInt8, says: String)] = [
            (Message.field(3, "claim.proto"), 5, #"no file "claim.proto"; there are: "#),
            (Message.field(4, "jiesuan.v1.Clam"), 5, #"nothing of the full name "jiesuan.v1.Clam" is declared"#),
            (Message.field(5, Message.field(1, "jiesuan.v1.Claim") + [0x10, 100]), 5, "has no extensions"),
            (Message.field(6, "jiesuan.v1.Nobody"), 5, #"there is no message "jiesuan.v1.Nobody""#),
            ([], 3, "message_request is missing"),
            (Message.field(4, String(repeating: "a", count: 1000)), 5, "aaa…\""),
        ]
        for (question, code, says) in missing {
            let error = try Message.read(try #require(try answer(question)[7]?.first))
            #expect(error[1] == [[code]], "\(says)")
            let text = String(decoding: error[2]?.first ?? [], as: UTF8.self)
            #expect(text.contains(says) && text.utf8.count < 1000, "\(text)")
        }
    }

    @Test func `knows that no message has extensions`() throws {
        let numbers = try Message.read(try #require(try answer(Message.field(6, "jiesuan.v1.Claim"))[5]?.first))
        #expect(numbers == [1: [Array("jiesuan.v1.Claim".utf8)]])
    }

    @Test func `of several questions in one message answers the last, as a oneof has it`() throws {
        #expect(try answer(Message.field(7, "") + Message.field(3, "jiesuan/v1/claim.proto"))[4] != nil)
        #expect(try answer(Message.field(3, "jiesuan/v1/claim.proto") + Message.field(7, ""))[6] != nil)
    }

    @Test func `bytes that are no question, or too many, have no answer, and none stops the server`() {
        #expect(response([0x3a]) == nil && response([0x3a, 5, 1]) == nil && response([0]) == nil)
        #expect(response([0x38, 1]) == nil, "list_services is a text")
        #expect(response(Message.field(7, String(repeating: "*", count: Reflection.requestBytesMax))) == nil)
        var random = SeededRandom.printed()
        let seeds = [Message.field(7, ""), Message.field(4, "jiesuan.v1.Claim"), Message.field(5, Message.field(1, "x"))]
        for _ in 0..<20_000 {
            var bytes = random.chance(50) ? random.pick(seeds) : random.bytes(random.number(0...40))
            if !bytes.isEmpty { bytes[random.number(0...bytes.count - 1)] = random.bytes(1)[0] }
            if let answer = response(bytes) { #expect((try? Message.read(answer)) != nil, "\(bytes)") }
        }
    }

    private func response(_ question: [UInt8]) -> [UInt8]? { question.withUnsafeBytes { reflection.answer($0) } }

    private func answer(_ question: [UInt8]) throws -> [Int: [[UInt8]]] {
        try Message.read(try #require(response(question)))
    }

    /// The names of the files that an answer brings.
    private func files(in answer: [Int: [[UInt8]]]) throws -> [String] {
        let response = try Message.read(try #require(answer[4]?.first))
        return try response[1, default: []].map { file in
            let fields = try Message.read(file)
            #expect(fields[9] == nil, "with comments")
            return String(decoding: try #require(fields[1]?.first), as: UTF8.self)
        }
    }
}
