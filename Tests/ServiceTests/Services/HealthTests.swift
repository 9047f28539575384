import Client
import ClientTesting
import Glibc
import Ledger
import LedgerFormat
import LedgerStore
import Logging
import Policy
import RPC
import Service
import Testing

@Suite struct `Health, as gRPC asks for it` {
    private static let ledgerServices = ["jiesuan.v1.SettlementService", "jiesuan.v1.RegistryService"]

    private func health(_ condition: LedgerCondition? = nil) -> ServerHealth {
        ServerHealth(
            services: Self.ledgerServices + [Services.calculation], ledgerServices: Set(Self.ledgerServices),
            ledger: condition)
    }

    @Test func `the server and each service take calls until it drains; others are unknown`() {
        let health = health()
        for service in [""] + health.services { #expect(health.status(of: service) == .serving) }
        for service in ["jiesuan.v1.Nobody", "SettlementService", " "] { #expect(health.status(of: service) == .unknown) }
        health.beginDrain()
        for service in [""] + health.services { #expect(health.status(of: service) == .notServing) }
        #expect(health.status(of: "jiesuan.v1.Nobody") == .unknown && !health.isServing)
    }

    @Test(arguments: [
        (LedgerIncident.Kind.commitFailed, LedgerIncident.Kind.recovered), (.rolledBack, .recovered),
        (.notRolledBack, .recovered), (.notRecovered, .recovered), (.clockBehind, .clockRight),
    ])
    func `while the ledger takes nothing, what needs no ledger goes on`(
        down: LedgerIncident.Kind, up: LedgerIncident.Kind
    ) {
        let condition = LedgerCondition()
        let health = health(condition)
        condition.note(.checkpointFailed)
        condition.note(.diskNearlyFull)
        #expect(health.isServing, "it writes on")
        condition.note(down)
        for service in [""] + Self.ledgerServices { #expect(health.status(of: service) == .notServing) }
        #expect(health.status(of: Services.calculation) == .serving)
        condition.note(down == .clockBehind ? .recovered : .clockRight)
        #expect(!health.isServing, "the other trouble is over")
        condition.note(up)
        #expect(health.isServing && health.status(of: Self.ledgerServices[0]) == .serving)
    }

    @Test func `Watch answers at once, and again when it changes`() {
        let condition = LedgerCondition()
        let call = HealthService(health(condition)).watch.begin()
        var answers = StreamAnswers()
        ask("jiesuan.v1.SettlementService", call, &answers)
        call.clientEnded(&answers)
        for _ in 0..<3 { call.tick(isDraining: false, &answers) }
        #expect(answers.messages == [[8, 1]], "told once")
        condition.note(.commitFailed)
        call.tick(isDraining: false, &answers)
        condition.note(.recovered)
        call.tick(isDraining: false, &answers)
        call.tick(isDraining: true, &answers)
        #expect(answers.messages == [[8, 1], [8, 2], [8, 1], [8, 2]] && answers.end == nil)
    }

    @Test func `Watch of a service that is not there goes on, and says so`() {
        let call = HealthService(health()).watch.begin()
        var answers = StreamAnswers()
        ask("jiesuan.v1.Nobody", call, &answers)
        call.tick(isDraining: false, &answers)
        #expect(answers.messages == [[8, 3]] && answers.end == nil)
    }

    @Test func `Watch of nothing, of two things or of no message is refused`() {
        let name = String(repeating: "a", count: 300)
        let wrong: [[[UInt8]]] = [[], [[], []], [[0x0a, 5]], [[0x0a, 0xac, 2] + name.utf8]]
        for messages in wrong {
            let call = HealthService(health()).watch.begin()
            var answers = StreamAnswers()
            for message in messages { message.withUnsafeBytes { call.received($0, &answers) } }
            call.clientEnded(&answers)
            #expect(answers.end?.code == RPCErrorCode.badRequest.rawValue, "\(messages)")
        }
    }

    @Test func `Check is answered on the native wire, and an unknown service is refused by name`() throws {
        let methods = Services.methods(Packs.regions)
        let own = OwnServices(beside: methods)
        var configuration = ServerConfiguration()
        configuration.drain = .zero
        configuration.streams = own.streams
        let server = try Server(
            configuration: configuration, methods: methods + own.methods, makeState: { _ in Services.makeState() },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let client = try Client.connect(host: "127.0.0.1", port: try server.start())
        defer { _ = server.drain() }
        func check(_ message: [UInt8]) throws(ClientError) -> [UInt8] {
            try client.call(service: HealthService.name, method: "Check", message: message)
        }
        #expect(try check([]) == [8, 1])
        #expect(try check([0x0a, UInt8(Services.policy.utf8.count)] + Services.policy.utf8) == [8, 1])
        #expect(
            refusal { () throws(ClientError) in _ = try check([0x0a, 1, 0x78]) }
                == .failed(
                    code: 4211,
                    text: "RECORD_UNKNOWN service=x: this server has no such service; there are: "
                        + own.health.services.joined(separator: ", ")))
        #expect(
            refusal { () throws(ClientError) in _ = try check([0x0a, 5]) }
                == .failed(code: 1003, text: "the message is not a HealthCheckRequest"))
        own.health.beginDrain()
        #expect(try check([]) == [8, 2])
    }

    @Test func `a ledger whose store failed is taken up again without a request`() throws {
        let store = MemoryStore()
        let server = try LedgerServer(store: store)
        defer { server.stop() }
        let client = try server.connect()
        store.fail(append: 1, .notWritten)
        #expect(throws: ClientError.self) { try client.settle(LedgerServer.outpatient("A")) }
        for _ in 0..<100 where server.access.ledger.queue.hasFailed {
            server.access.tryAgain()
            usleep(50_000)
        }
        #expect(!server.access.ledger.queue.hasFailed)
        #expect(try client.settle(LedgerServer.outpatient("B")).sequence > 0)
    }

    private func ask(_ service: String, _ call: any StreamCall, _ answers: inout StreamAnswers) {
        let message = [0x0a, UInt8(service.utf8.count)] + Array(service.utf8)
        message.withUnsafeBytes { call.received($0, &answers) }
    }
}
