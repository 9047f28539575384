import Client
import ClientTesting
import Foundation
import Ledger
import LedgerStore
import Logging
import Policy
import Population
import RPC
import Records
import Registry
import Service
import Settlement

/// A clock that stands where it is put.
final class StandingClock: LedgerClock, @unchecked Sendable {
    // Unchecked: moved only while no call is in flight.
    var moment = Moment(startOf: CalendarDate(2024_07_01))

    func now() -> Moment { moment }
}

/// A server with a ledger inside the test process, with a few institutions and persons.
final class LedgerServer {
    /// Hospitals of their level in Chongqing; one in Yantai.
    static let institutions: [(code: String, region: String, level: Level)] = [
        ("H1", "chongqing", .one), ("H2", "chongqing", .two), ("H3", "chongqing", .three), ("Y2", "yantai", .two),
    ]
    /// A retired employee and an active one in Chongqing, a destitute resident in Yantai.
    static let retired: UInt64 = 101
    static let active: UInt64 = 102
    static let destitute: UInt64 = 201

    let clock: StandingClock
    let store: any LedgerStore
    let access: LedgerAccess
    /// Where runs of the year's end have their folders.
    let yearEnds: String
    let runs: YearEndRuns
    let mode = MaintenanceMode()
    let watch = AccessWatch()
    let control: AccessControl
    let methods: [Method]
    let server: Server
    let port: Int

    /// - Parameters:
    ///   - yearEnds: folder of another server's runs, to go on with them; nil: a fresh one.
    ///   - regions: with packs of its own that may be replaced.
    ///   - callers: who is known; nil: everybody may do everything.
    ///   - allowsLoadTests: whether load generators may write.
    init(
        store: any LedgerStore = MemoryStore(), clock: StandingClock = StandingClock(), yearEnds: String? = nil,
        regions: ServedRegions = Packs.regions, callers: AccessList? = nil, allowsLoadTests: Bool = false
    ) throws {
        self.yearEnds =
            yearEnds ?? FileManager.default.temporaryDirectory.path + "/jiesuan-year-ends-\(UUID().uuidString)"
        self.store = store
        self.clock = clock
        let ledger = try Ledger(store: store, library: Packs.library, clock: clock, directory: nil)
        let lane = SequencerLane()
        access = LedgerAccess(ledger, regions, lane: lane)
        if try store.lastSequence() == 0 {
            try ledger.record(Self.events)
            _ = ledger.seal()
            ledger.queue.commit()
        }
        var configuration = ServerConfiguration()
        configuration.tellErrors(of: regions)
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.drain = .milliseconds(0)
        runs = YearEndRuns(YearEndEnvironment(folder: self.yearEnds, lane: lane, open: { store }), access)
        let methods =
            Services.methods(
                regions, ledger: access, yearEnd: runs, allowsLoadTests: allowsLoadTests, maintenance: mode,
                watch: watch)
            + StatusMethods(log: LogControl()) { nil }.methods
        let own = OwnServices(beside: methods)
        self.methods = methods + own.methods
        configuration.streams = own.streams
        configuration.http.pages = ServerPages(methods: self.methods, health: own.health, version: "1.0.0").all
        let directory = callers.map {
            AccessDirectory($0, methods: methods + own.methods, allowsLoadTests: allowsLoadTests)
        }
        control = AccessControl(services: directory, mode: mode, watch: watch)
        configuration.access = control
        server = try Server(
            configuration: configuration, methods: self.methods,
            barrier: access.barrier, lane: lane, makeState: { _ in Services.makeState() },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        port = try server.start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: yearEnds)
    }

    /// Afterwards the store may be opened by another server.
    func stop() {
        server.drain()
        server.waitForSequencer()
        // Threads of the server may hold the ledger a little longer: its files go now.
        access.ledger.abandon()
    }

    func connect() throws -> SettlementClient {
        SettlementClient(try Client.connect(host: "127.0.0.1", port: port))
    }

    static var events: [RegistryEvent] {
        var events: [RegistryEvent] = institutions.map { place in
            .institution(.registered(InstitutionRecord(code: place.code, region: place.region, level: place.level)))
        }
        func person(_ number: UInt64, _ region: String, born: Int32, _ enrolment: Enrolment) {
            events.append(.person(number, PersonEvent(.basics(PersonBasics(region: region, birthMonth: born)))))
            events.append(.person(number, PersonEvent(.enrolment(enrolment))))
        }
        let always = DateRange(from: CalendarDate(2020_01_01))
        person(
            retired, "chongqing", born: 1962_05,
            Enrolment(.employee, membership: .employer, status: .retired, covered: always))
        for number in active..<(active + 50) {
            person(
                number, "chongqing", born: 1990_01,
                Enrolment(
                    .employee, membership: .employer, status: .active, covered: always, contributionBase: 5_000_00))
        }
        person(destitute, "yantai", born: 1950_01, Enrolment(.resident, covered: always))
        events.append(
            .person(
                destitute,
                PersonEvent(
                    .identity(
                        IdentityRecord(
                            DatedIdentity(.destitute, given: CalendarDate(2020_01_01)), department: .civilAffairs)))))
        return events
    }

    /// An ordinary outpatient claim, all of it in policy: of 2,800 yuan it is the source's example 003-1.
    static func outpatient(
        _ id: String, _ total: Fen = 2_800_00, person: UInt64 = retired, at institution: String = "H2"
    ) -> SettlementRequest {
        let claim = Claim(
            kind: .outpatient, serviceDate: CalendarDate(2024_06_30), cost: CostSplit(total: total, inPolicy: total))
        return SettlementRequest(id: id, person: person, institution: institution, ClaimRecord(claim))
    }
}

/// The error that a call must end with.
func refusal(_ body: () throws(ClientError) -> Void) -> ClientError? {
    do throws(ClientError) {
        try body()
        return nil
    } catch {
        return error
    }
}

/// Its code; 0: it was no refusal.
func code(_ body: () throws(ClientError) -> Void) -> Int32 {
    guard case .failed(let code, _)? = refusal(body) else { return 0 }
    return code
}
