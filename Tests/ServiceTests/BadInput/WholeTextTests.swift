import CShims
import ProtoJSON
import RPC
import Service
import Testing

/// protobuf-c gives a text up to its first zero byte: two ids that differ after it would be taken for one.
@Suite struct `A text with a zero byte` {
    /// Requests of a kind, each with nothing but one text, at any depth.
    private static func requests(_ type: MessageType, _ text: String) -> [(field: String, bytes: [UInt8])] {
        type.fields.flatMap { field -> [(field: String, bytes: [UInt8])] in
            var message = WireMessage()
            if field.type == PROTOBUF_C_TYPE_STRING {
                message.item(Int(field.id), text)
                return [(field.protoName, message.bytes)]
            }
            guard field.holdsMessages,
                let inner = field.descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
            else { return [] }
            return requests(MessageType(inner), text).map { request in
                var message = WireMessage()
                message.blob(Int(field.id), request.bytes)
                return ("\(field.protoName).\(request.field)", message.bytes)
            }
        }
    }

    @Test func `is refused in every field of every request that finds or keeps something`() throws {
        let server = try LedgerServer()
        let context = WorkerContext(index: 0, configuration: ServerConfiguration(), state: Services.makeState())
        var fields: [String] = []
        for method in Services.methods(Packs.regions, ledger: server.access, yearEnd: server.runs)
        where method.service != Services.calculation {
            let described = try #require(
                MethodCatalog.methods.first { $0.service == method.service && $0.name == method.name })
            for request in Self.requests(described.request, "a\0b") {
                var reply = ReplyWriter(firstCapacity: 1_024)
                context.arena.reset()
                let status = request.bytes.withUnsafeBytes { method.handler($0, &reply, context) }
                #expect(
                    status.code == 1_003 && status.text.contains("zero byte"),
                    "\(method.name), \(request.field): \(status.code) \(status.text)")
                fields.append("\(method.name).\(request.field)")
            }
        }
        // Those that the settling access once did not look at are among them.
        #expect(fields.contains("Settle.claim.disease") && fields.contains("Credit.request_id") && fields.count > 60)
    }

    /// The same requests without the zero byte are refused for something else, or answered.
    @Test func `is what they are refused for`() throws {
        let regions = Packs.regions
        let context = WorkerContext(index: 0, configuration: ServerConfiguration(), state: Services.makeState())
        for method in Services.methods(regions) where method.service == Services.policy {
            let described = try #require(
                MethodCatalog.methods.first { $0.service == method.service && $0.name == method.name })
            for request in Self.requests(described.request, "ab") {
                var reply = ReplyWriter(firstCapacity: 1 << 20)
                context.arena.reset()
                let status = request.bytes.withUnsafeBytes { method.handler($0, &reply, context) }
                #expect(!status.text.contains("zero byte"), "\(method.name), \(request.field)")
            }
        }
    }

    @Test func `every method of the .proto files is served`() throws {
        let server = try LedgerServer()
        let served = Set(
            server.methods.filter { $0.service.hasPrefix("jiesuan.") }.map { "\($0.service)/\($0.name)" })
        let described = Set(MethodCatalog.methods.map { "\($0.service)/\($0.name)" })
        #expect(described.subtracting(served) == [] && served.subtracting(described) == [])
        #expect(served.count > 60)
    }
}
