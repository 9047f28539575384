import Foundation
import Ledger
import LedgerIndex
import LedgerStore
import Policy
import Records
import Registry
import Settlement

/// A clock that stands where it is put.
final class TestClock: LedgerClock, @unchecked Sendable {
    // Unchecked: one thread per test moves and reads it.
    var moment: Moment
    /// Goes on with `moment`, but where the clock is set.
    private(set) var passed: Int64 = 0

    init(_ date: CalendarDate = CalendarDate(2024_07_01)) { moment = Moment(startOf: date) }

    func now() -> Moment { moment }
    var uptime: Int64? { passed }

    func advance(milliseconds: Int64) {
        set(milliseconds: milliseconds)
        passed += milliseconds
    }

    /// Sets the clock ahead or back, while no time passes.
    func set(milliseconds: Int64) { moment = Moment(milliseconds: moment.milliseconds + milliseconds) }

    func move(to date: CalendarDate) {
        advance(milliseconds: Moment(startOf: date).milliseconds - moment.milliseconds)
    }
}

/// A ledger with a few institutions and persons of four regions.
final class World {
    static let library: PolicyLibrary = {
        do { return try PolicyLibrary.load() } catch { fatalError("\(error)") }
    }()

    let clock: TestClock
    let store: any LedgerStore
    private(set) var ledger: Ledger
    let directory: String?
    /// What was settled, quoted or found last, and the last reversal: the ledger's own memory, see `SettledView`.
    private(set) var entry = SettlementEntry()
    private(set) var reversal = ReversalEntry()
    /// What the ledger told of.
    let incidents = Incidents()
    private let visitsPerChunk: Int

    init(
        store: any LedgerStore = MemoryStore(), directory: String? = nil, clock: TestClock = TestClock(),
        visitsPerChunk: Int = VisitIndex.chunkVisitsUsual
    ) throws {
        self.visitsPerChunk = visitsPerChunk
        self.clock = clock
        self.store = store
        self.directory = directory
        ledger = try Ledger(
            store: store, library: Self.library, clock: clock, directory: directory, visitsPerChunk: visitsPerChunk,
            observer: incidents.observer)
        if try store.lastSequence() == 0 {
            try register()
            try commit()
        }
    }

    /// Closes the ledger and opens it anew from the store.
    ///
    /// - Parameter withSnapshot: closes it as an operator does, so that it is opened from a snapshot.
    func reopen(_ library: PolicyLibrary = World.library, withSnapshot: Bool = false) throws {
        if withSnapshot { ledger.close() } else { ledger.abandon() }
        ledger = try Ledger(
            store: store, library: library, clock: clock, directory: directory, visitsPerChunk: visitsPerChunk,
            observer: incidents.observer)
    }

    /// Commits what was recorded; false where that failed.
    @discardableResult
    func commit() throws -> Bool {
        guard let ticket = ledger.seal() else { return true }
        ledger.queue.commit()
        return ledger.queue.durability(of: ticket) == .durable
    }

    // MARK: Who is there

    /// Institutions by their codes: H1, H2, H3 are hospitals of their level, in Chongqing; Y2, S3, A2 elsewhere.
    static let institutions: [(code: String, region: String, level: Level)] = [
        ("H1", "chongqing", .one), ("H2", "chongqing", .two), ("H3", "chongqing", .three),
        ("Y2", "yantai", .two), ("S3", "shenyang", .three), ("A2", "anhui", .two),
    ]

    /// A retired employee, an active one, a resident in Chongqing; a poor resident in Yantai and one in Shenyang.
    static let retired: UInt64 = 101
    static let active: UInt64 = 102
    static let resident: UInt64 = 103
    static let destitute: UInt64 = 201
    static let poor: UInt64 = 301

    private func register() throws {
        var events: [RegistryEvent] = Self.institutions.map { place in
            .institution(.registered(InstitutionRecord(code: place.code, region: place.region, level: place.level)))
        }
        func person(_ number: UInt64, _ region: String, born: Int32, _ enrolment: Enrolment) {
            events.append(.person(number, PersonEvent(.basics(PersonBasics(region: region, birthMonth: born)))))
            events.append(.person(number, PersonEvent(.enrolment(enrolment))))
        }
        let always = DateRange(from: CalendarDate(2020_01_01))
        person(
            Self.retired, "chongqing", born: 1962_05,
            Enrolment(.employee, membership: .employer, status: .retired, covered: always))
        person(
            Self.active, "chongqing", born: 1990_01,
            Enrolment(.employee, membership: .employer, status: .active, covered: always, contributionBase: 5_000_00))
        person(
            Self.resident, "chongqing", born: 2000_01, Enrolment(.resident, membership: .tier1, covered: always))
        person(Self.destitute, "yantai", born: 1950_01, Enrolment(.resident, covered: always))
        person(Self.poor, "shenyang", born: 1960_01, Enrolment(.resident, covered: always))
        events.append(
            .person(
                Self.destitute,
                PersonEvent(
                    .identity(
                        IdentityRecord(
                            DatedIdentity(.destitute, given: CalendarDate(2020_01_01)), department: .civilAffairs)))))
        try ledger.record(events)
    }

    func institution(_ code: String) -> UInt32 {
        guard let number = ledger.registry.institutions.number(ofCode: code) else { fatalError("no \(code)") }
        return number
    }

    /// An ordinary outpatient claim, all of it in policy.
    func outpatient(
        _ total: Fen, of person: UInt64 = World.retired, at code: String = "H2", on date: Int32 = 2024_06_30
    ) -> SettleCommand {
        var command = SettleCommand(
            person: person,
            claim: Claim(
                kind: .outpatient, serviceDate: CalendarDate(date), cost: CostSplit(total: total, inPolicy: total)))
        command.institution = institution(code)
        return command
    }

    @discardableResult
    func settle(_ id: String, _ command: SettleCommand) throws -> Refusal {
        try Array(id.utf8).withUnsafeBytes { bytes -> Result<Refusal, DomainRefusal> in
            do throws(DomainRefusal) {
                let settled = try ledger.settle(bytes, command)
                entry = settled.entry
                return .success(settled.refusal)
            } catch {
                return .failure(error)
            }
        }.get()
    }

    func quote(_ command: SettleCommand) throws -> Refusal {
        let quoted = try ledger.quote(command)
        entry = quoted.entry
        return quoted.refusal
    }

    func reverse(_ id: String, reason: String = "wrong person") throws {
        try Array(id.utf8).withUnsafeBytes { bytes -> Result<Void, DomainRefusal> in
            do throws(DomainRefusal) {
                let reversed = try ledger.reverse(bytes, reason: reason)
                reversal = reversed.reversal
                return .success(())
            } catch {
                return .failure(error)
            }
        }.get()
    }

    /// Whether the settlement of an id, which is `entry` then, was reversed; nil: there is none.
    func standing(of id: String) throws -> Bool? {
        try Array(id.utf8).withUnsafeBytes { bytes -> Result<Bool?, DomainRefusal> in
            do throws(DomainRefusal) {
                let found = try ledger.getRecorded(bytes)
                entry = found.entry
                if let reversal = found.reversal { self.reversal = reversal }
                return .success(found.reversal != nil)
            } catch {
                return error.code == .settlementUnknown ? .success(nil) : .failure(error)
            }
        }.get()
    }
}
