import Client
import ClientTesting
import Ledger
import Lists
import Logging
import Policy
import Population
import RPC
import Records
import Registry
import Service
import Settlement
import Testing

/// A ledger in memory, for one thread: the registers, a clock, settled claims and recognitions as a test gives them.
private final class FilingBench: FilingLedger, FilingReading, SettledVisits, @unchecked Sendable {
    // Unchecked: everything runs on the server's one sequencer.
    var methods: [Method] {
        let methods = FilingMethods(ledger: self, reading: self)
        return methods.methods(.sequencer) + methods.lists(.sequencer)
    }

    func read<Value>(
        _ call: Call, _ body: (FilingView) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value {
        let view = FilingView(registry, visits: self, now: now, recognisedPersons: recognisedPersons)
        do throws(DomainRefusal) { return try body(view) } catch { throw CallFailure(error) }
    }

    func change<Value: Sendable>(
        _ body: @escaping @Sendable (any FilingLedger) throws(DomainRefusal) -> Value
    ) throws(CallFailure) -> Value {
        do throws(DomainRefusal) { return try body(self) } catch { throw CallFailure(error) }
    }

    let registry = Registry(library: Packs.library)
    var now = Moment(startOf: CalendarDate(2020_09_30))
    var visits: [SettledVisit] = []
    var states: [UInt64: RecognitionState] = [:]
    var past: [SettledBurden] = []

    func record(_ events: [RegistryEvent]) throws(DomainRefusal) {
        for event in events { registry.apply(event, recorded: now) }
        now.milliseconds += 1_000
    }

    func forEachSettledVisit(
        _ question: VisitQuestion, _ body: (SettledVisit) -> Void
    ) throws(DomainRefusal) {
        for visit in visits where question.wants(visit) { body(visit) }
    }

    func recognitions(of person: UInt64) -> RecognitionState { states[person] ?? RecognitionState() }

    var recognisedPersons: Set<UInt64> { Set(states.keys) }

    func recognise(
        _ person: UInt64, _ command: RecognitionCommand
    ) throws(DomainRefusal) -> (event: RecognitionEvent, payment: RecognitionPayment?) {
        var state = recognitions(of: person)
        let pack = try registry.pack(of: person, on: now.date)
        let past = past
        let event = try state.decide(
            command, pack, today: now.date, identity: { registry.identity(of: person, on: $0, pack) },
            past: { days throws(DomainRefusal) in past.filter { days.contains($0.serviceDate) } })
        state.apply(event)
        states[person] = state
        return (event, nil)
    }
}

/// A server with `FilingService` over a bench, and a client of it.
private final class FilingServer {
    let bench = FilingBench()
    private let server: Server
    let client: FilingClient

    init(today: Int32) throws {
        bench.now = Moment(startOf: CalendarDate(today))
        var configuration = ServerConfiguration()
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.drain = .milliseconds(0)
        server = try Server(
            configuration: configuration, methods: bench.methods,
            makeState: { _ in Services.makeState() }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        client = FilingClient(try Client.connect(host: "127.0.0.1", port: try server.start()))
    }

    deinit { server.drain() }

    func institution(_ code: String, _ change: (inout InstitutionRecord) -> Void = { _ in }) throws {
        var record = InstitutionRecord(code: code, region: "chongqing", level: .two)
        change(&record)
        try bench.record([.institution(.registered(record))])
    }

    func person(_ number: UInt64, _ region: String, _ facts: [PersonFact] = []) throws {
        let basics = PersonFact.basics(PersonBasics(region: region, birthMonth: 196_001))
        try bench.record(([basics] + facts).map { .person(number, PersonEvent($0)) })
    }

    static func poor(_ given: Int32) -> PersonFact {
        .identity(
            IdentityRecord(DatedIdentity(.registeredPoor, given: CalendarDate(given)), department: .povertyAlleviation))
    }
}

/// The code that a call fails with; nil: it succeeds.
private func code(_ body: () throws -> Void) throws -> Int32? {
    do {
        try body()
        return nil
    } catch ClientError.failed(let code, let text) {
        // Names the rule or the field, and says what to do.
        #expect(text.contains(": "), "\(text)")
        return code
    }
}

@Suite struct `FilingService over the wire` {
    static let papers = ["identity_document", "outpatient_record", "discharge_record", "examination_report"]

    @Test func `CQ-46, CQ-14: filing, correcting and showing`() throws {
        let server = try FilingServer(today: 2023_06_01)
        try server.institution("H2") { $0.isCountyArea = true }
        try server.person(
            1, "chongqing",
            [
                .enrolment(
                    Enrolment(
                        .employee, membership: .tier1, status: .active,
                        covered: DateRange(from: CalendarDate(2023_01_01))))
            ])
        let from = CalendarDate(2023_01_01)
        #expect(
            try code { _ = try server.client.file(person: 1, disease: "dialysis", from: from, institution: "H2") } == 4213)
        _ = try server.client.designate(institution: "H2", certifier: true, servicePoint: false)
        #expect(try server.client.file(person: 1, disease: "dialysis", from: from, institution: "H2").number == 1)
        #expect(
            try code { _ = try server.client.file(person: 1, disease: "diabetes", from: from, institution: "H2") } == 4014)
        #expect(
            try code { _ = try server.client.file(person: 1, disease: "dialysis", from: from, institution: "H9") } == 4202)
        #expect(
            try code { _ = try server.client.file(person: 2, disease: "dialysis", from: from, institution: "H2") } == 4201)
        #expect(
            try code {
                _ = try server.client.file(person: 1, disease: "haemophilia", from: .none, institution: "H2")
            } == 4003)
        let ended = DateRange(from: from, until: CalendarDate(2023_05_31))
        #expect(try server.client.correct(person: 1, filing: 1, inForce: ended).number == 2)
        let filings = try server.client.show(1).filings
        #expect(filings.map(\.stands) == [false, true] && filings[1].inForce == ended)
        #expect(try server.client.correct(person: 1, filing: 2, inForce: nil).number == 3)
        #expect(try server.client.show(1).filings.allSatisfy { !$0.stands })
    }

    @Test func `AH-1 … AH-4: an application from the papers to the card, a screening, the ledger`() throws {
        let server = try FilingServer(today: 2020_09_30)
        let client = server.client
        try server.institution("S1")
        try server.person(1, "anhui", [FilingServer.poor(2020_01_01)])
        try server.person(2, "anhui", [FilingServer.poor(2020_01_01)])
        try server.person(3, "anhui")
        _ = try client.designate(institution: "S1", certifier: false, servicePoint: true)
        let always = DateRange(from: CalendarDate(2020_01_01))
        #expect(
            try code {
                _ = try client.registerExpert(region: "anhui", code: "E", title: "attending", inForce: always)
            } == 4014)
        _ = try client.registerExpert(region: "anhui", code: "E", title: "chief_physician", inForce: always)

        let july = { CalendarDate(2020_07_00 + $0) }
        #expect(
            try code {
                _ = try client.receive(person: 1, disease: "copd", papers: ["identity_document"], servicePoint: "S1")
            } == 4203)
        #expect(
            try client.receive(
                person: 1, disease: "copd", papers: Self.papers, servicePoint: "S1", on: july(1)
            ).number == 1)
        #expect(try code { _ = try client.passOn(person: 1, application: 1, on: july(2)) } == 4208)
        _ = try client.check(person: 1, application: 1, on: july(2))
        #expect(try client.passOn(person: 1, application: 1, on: july(25)).dueMonth == 202_007)
        #expect(try client.applications(region: "anhui", month: 202_007).awaiting.map(\.person) == [1])
        #expect(
            try code {
                _ = try client.appraise(person: 1, application: 1, refusedFor: "", experts: ["E"], on: july(31))
            } == 4209)
        #expect(try client.appraise(person: 1, application: 1, electronic: true, experts: ["E"], on: july(31)).card == 1)
        #expect(try client.applications(region: "anhui").untold.map(\.nextStep) == ["telling the result (结果反馈)"])
        _ = try client.deliver(person: 1, application: 1, toVillageCommittee: false, on: july(31))
        _ = try client.deliver(person: 1, application: 1, toVillageCommittee: true)
        #expect(try client.applications(region: "anhui").untold.isEmpty)

        server.bench.visits = [1, 2, 3].map {
            SettledVisit(
                person: $0, disease: "copd", level: .two, kind: .special, serviceDate: CalendarDate(2020_08_10),
                total: 100_00)
        }
        let screened = try client.screen(region: "anhui", month: 202_008)
        #expect(screened.added == 1 && screened.entries.map(\.person) == [2])
        #expect(try client.screen(region: "anhui", month: 202_008).added == 0)
        #expect(try client.reportSuspect(person: 3, disease: "diabetes", source: 1).number == 1)
        #expect(try client.suspects(region: "anhui").map(\.person) == [2, 3])
        #expect(try client.issueCard(person: 2, entry: 1).card == 2)
        #expect(try code { _ = try client.issueCard(person: 3, entry: 1) } == 4208)
        _ = try client.closeSuspect(person: 3, entry: 1, reason: "不符合标准")
        #expect(try client.suspects(region: "anhui").isEmpty)
        #expect(
            try client.table(region: "anhui", 1) == """
                person,county,area_code,area,disease,disease_name,card,medium,way,since,until,withdrawn,claims,total
                1,,,,copd,Chronic obstructive pulmonary disease,1,electronic,appraised,2020-07-31,,no,1,100.00
                2,,,,copd,Chronic obstructive pulmonary disease,2,paper,screened,2020-09-30,,no,0,0.00

                """)
    }

    @Test func `SY-8: filings, contracts, surveys and their tables`() throws {
        let server = try FilingServer(today: 2020_09_30)
        let client = server.client
        try server.institution("H4") { $0.doesPublicHealthAndPooling = true }
        try server.institution("H5")
        try server.person(1, "shenyang", [FilingServer.poor(2020_01_01)])
        let day = CalendarDate(2020_09_10)
        #expect(
            try code {
                _ = try client.file(person: 1, disease: "diabetes", from: day, institution: "H5", way: 4)
            } == 4213)
        _ = try client.file(person: 1, disease: "diabetes", from: day, institution: "H4", way: 4)
        _ = try client.sign(person: 1, institution: "H4", since: day)
        _ = try client.survey(person: 1, area: "甲镇", surveyed: day, answers: [1, 1, 2, 0], unsolved: "需要轮椅")
        server.bench.visits = [
            SettledVisit(
                person: 1, disease: "", level: .two, kind: .inpatient, serviceDate: CalendarDate(2019_05_01),
                total: 30_000_00)
        ]
        #expect(try client.table(region: "shenyang", 2).contains("1,,,,two_disease,diabetes,Diabetes,H4,,2020-09-10,\n"))
        #expect(try client.table(region: "shenyang", 2).contains("1,,,,contract,,,H4,,2020-09-10,\n"))
        #expect(try client.table(region: "shenyang", 3).contains("\"\",,,1,1,1,1,0,0,100.00,1,0,100.00\n"))
        #expect(try client.table(region: "shenyang", 4).contains("1,甲镇,1,yes,yes,no,,,需要轮椅\n"))
        #expect(try client.table(region: "shenyang", 5, costFrom: 30_000_00).contains("1,,,,30000.00,1,yes,no\n"))
        #expect(try client.table(region: "shenyang", 5, staysFrom: 2) == "person,county,area_code,area,total,stays,high_cost,repeated_stays\n")
        #expect(try code { _ = try client.table(region: "anhui", 5, staysFrom: 2) } == 4206)
        var question = ListQuestion(.poorResults, region: "shenyang")
        question.language = .chinese
        let results = try client.list(question)
        #expect(results.rows == 1 && results.csv.hasPrefix("区县,区划代码,乡镇街道,贫困人口数,"))
        #expect(results.columns == PoorResults.columns)
        question.area = "9"
        #expect(try code { _ = try client.list(question) } == 4211)
        #expect(try code { _ = try client.table(region: "nowhere", 1) } == 4206)
    }

    @Test func `YT-7: applying, recognising and what is due for the past`() throws {
        let server = try FilingServer(today: 2023_08_01)
        let client = server.client
        try server.person(1, "yantai")
        server.bench.past = [SettledBurden(serviceDate: CalendarDate(2023_02_01), burden: 15_000_00)]
        #expect(try code { _ = try client.recognise(person: 1, step: 3, year: 2023) } == 4208)
        _ = try client.recognise(person: 1, step: 1, on: CalendarDate(2023_07_15))
        #expect(try code { _ = try client.recognise(person: 1, step: 1) } == 4207)
        let answer = try client.recognise(
            person: 1, step: 3, year: 2023, outside: [(CalendarDate(2022_08_01), 5_000_00)])
        #expect(
            answer == RemoteRecognition(burden: 20_000_00, paid: 6_000_00, outstanding: 0, overpaid: 0, paidNow: 6_000_00))
        #expect(try code { _ = try client.recognise(person: 1, step: 4, year: 2023) } == 4211)
        #expect(try code { _ = try client.recognise(person: 1, step: 0) } == 4002)
        try server.person(2, "chongqing")
        #expect(try code { _ = try client.recognise(person: 2, step: 1) } == 4206)
    }

    /// A message of fields with numbers 1 … 10 and values that may be anything.
    private static func noise(_ random: inout RandomStream) -> [UInt8] {
        var bytes: [UInt8] = []
        func varint(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        let texts = ["", "anhui", "shenyang", "yantai", "copd", "S1", "E", "diabetes", "\u{0}", "甲镇"]
        for number in 1...10 as ClosedRange<UInt64> where Bool.random(using: &random) {
            switch Int.random(in: 0...3, using: &random) {
            case 0:
                varint(number << 3)
                varint(Bool.random(using: &random) ? UInt64.random(in: 0...3, using: &random) : .random(in: 0 ... .max, using: &random))
            case 1:
                varint(number << 3 | 1)
                withUnsafeBytes(of: UInt64.random(in: 0...4, using: &random)) { bytes += Array($0) }
            case 2:
                varint(number << 3 | 5)
                let values: [UInt32] = [0, 1, 202_007, 2020_07_15, 2020_08_10, 2020_09_31, .max]
                withUnsafeBytes(of: values.randomElement(using: &random)!) { bytes += Array($0) }
            default:
                let text = Array(texts.randomElement(using: &random)!.utf8)
                varint(number << 3 | 2)
                varint(UInt64(text.count))
                bytes += text
            }
        }
        return bytes
    }

    @Test func `whatever fields a request has, it is answered or refused`() throws {
        let server = try FilingServer(today: 2020_09_30)
        try server.institution("S1") { $0.doesPublicHealthAndPooling = true }
        for (person, region) in [(1, "anhui"), (2, "shenyang"), (3, "yantai")] as [(UInt64, String)] {
            try server.person(person, region, [FilingServer.poor(2020_01_01)])
        }
        _ = try server.client.designate(institution: "S1", certifier: true, servicePoint: true)
        print("requests of any fields: JIESUAN_SEED=\(RandomYear.seed)")
        var random = RandomStream(seed: RandomYear.seed, index: 2)
        var answered = 0
        var refused: Set<Int32> = []
        for method in server.bench.methods {
            for _ in 0..<300 {
                do {
                    _ = try server.client.client.call(
                        service: FilingMethods.service, method: method.name, message: Self.noise(&random))
                    answered += 1
                } catch ClientError.failed(let code, let text) {
                    refused.insert(code)
                    #expect(code == 1003 || (4001...4399).contains(code), "\(method.name): \(code) \(text)")
                }
            }
        }
        #expect(answered > 10 && refused.count > 5, "\(answered) answered, refused with \(refused.sorted()), seed \(RandomYear.seed)")
        #expect(try server.client.designate(institution: "S1", certifier: true, servicePoint: true).number == 1)
    }
}
