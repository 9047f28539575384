import Logging
import RPC
import Records
import Service
import Settlement
import Testing
import Text

/// Every code of the registry, told over every door in both languages.
///
/// Some codes need a full disk, a server that ends or a year of other calls: how a door tells a code does not depend on
/// how it came about, so a method of this test's own fails with the code that it is asked for. `BadInputDoorTests` has
/// those that one request brings about.
@Suite struct `Errors over every door` {
    private static let value = "结算 \"17\"\\"

    /// A server with one method, which fails with the code in the four bytes that it is sent.
    private static func start() throws -> (server: Server, port: Int) {
        let method = Method(service: "jiesuan.v1.FailingService", name: "Fail", placement: .readingThread) {
            message, _, _ in
            guard message.count == 4 else { return .failed(.badRequest, "four bytes are a code") }
            let code = message.loadUnaligned(as: Int32.self)
            guard let entry = ErrorRegistry[code], code >= 4000, let domain = DomainCode(rawValue: UInt16(code)) else {
                return .failed(code, "what is wrong: \(value); what to do")
            }
            let refusal = DomainRefusal(domain, "claim.disease", value, rule: "G-5", "what is wrong; what to do")
            let parts = FailureParts(
                name: entry.name, field: refusal.field, value: refusal.value, rule: refusal.rule,
                message: refusal.message)
            return .failed(code, refusal.line, parts)
        }
        var configuration = ServerConfiguration()
        configuration.tellErrors(of: Packs.regions)
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.drain = .zero
        let server = try Server(
            configuration: configuration, methods: [method], makeState: { _ in Services.makeState() },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return (server, try server.start())
    }

    // JSON's door needs a description of the message, which this method has not; its errors are HTTP's.
    @Test(arguments: [CallerDoor.native, .grpc, .http])
    func `with its code, in English and in Chinese`(door: CallerDoor) throws {
        let (server, port) = try Self.start()
        defer { server.drain() }
        let caller = try DoorCaller(door, port: port)
        #expect(ErrorRegistry.all.count > 45)
        for entry in ErrorRegistry.all {
            let request = withUnsafeBytes(of: entry.number.littleEndian, Array.init)
            let english = try caller.call("jiesuan.v1.FailingService/Fail", request)
            let chinese = try caller.call("jiesuan.v1.FailingService/Fail", request, .chinese)
            #expect(english.code == entry.number && chinese.code == entry.number, "\(entry.name)")
            #expect(english.text.contains("what is wrong") && english.text.contains(Self.value), "\(english.text)")
            #expect(chinese.text.hasPrefix(entry.sentence.chinese + "。"), "\(chinese.text)")
            #expect(chinese.text.hasSuffix(english.text), "\(chinese.text)")
            if entry.number >= 4000 {
                #expect(english.text.hasPrefix("\(entry.name) claim.disease=\(Self.value) [G-5]: "), "\(english.text)")
                #expect(chinese.text.contains("字段: 病种。"), "\(chinese.text)")
            }
            expectStatus(english, entry, door)
            expectStatus(chinese, entry, door)
        }
        let errors = server.statistics.errors
        #expect(ErrorRegistry.all.allSatisfy { errors[$0.number] == 2 }, "\(errors)")
    }

    private func expectStatus(_ outcome: DoorOutcome, _ entry: ErrorEntry, _ door: CallerDoor) {
        switch door {
        case .native: #expect(outcome.status == nil)
        case .grpc:
            #expect(outcome.status == Int(ServiceErrors.naming.status(of: entry.number).rawValue), "\(entry.name)")
        case .http, .json:
            let status = RPCErrorCode(rawValue: entry.number)?.httpStatus ?? HTTPStatus.status(of: entry.number)
            #expect(outcome.status == status && outcome.parts["name"] == entry.name, "\(entry.name)")
        }
        guard entry.number >= 4000, door != .native else { return }
        #expect(outcome.parts["field"] == "claim.disease" && outcome.parts["rule"] == "G-5", "\(outcome.parts)")
        if door != .grpc { #expect(outcome.parts["value"] == Self.value, "\(outcome.parts)") }
    }
}
