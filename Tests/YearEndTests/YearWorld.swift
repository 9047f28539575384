import Accounts
import Foundation
import Ledger
import LedgerStore
import Policy
import Records
import Registry
import Settlement
import TestSupport
import YearEnd

/// A clock that stands where it is put.
final class StandingClock: LedgerClock, @unchecked Sendable {
    // Unchecked: one thread per test moves and reads it.
    var moment = Moment(startOf: CalendarDate(2024_07_01))

    func now() -> Moment { moment }
    func move(to date: Int32) { moment = Moment(startOf: CalendarDate(date)) }
}

/// A ledger whose persons' years a test works out by hand.
final class YearWorld {
    static let library: PolicyLibrary = {
        do { return try PolicyLibrary.load() } catch { fatalError("\(error)") }
    }()

    let clock = StandingClock()
    let store: any LedgerStore
    private(set) var ledger: Ledger
    /// What was settled last, and the last reversal: the ledger's own memory, see `SettledView`.
    private(set) var entry = SettlementEntry()
    private(set) var reversal = ReversalEntry()
    let folder = ScratchFolder()
    private var runs = 0

    /// Hospitals by code: H1 … H3 in Chongqing, Y2 in Yantai, S2 and S3 in Shenyang.
    static let institutions: [(code: String, region: String, level: Level)] = [
        ("H1", "chongqing", .one), ("H2", "chongqing", .two), ("H3", "chongqing", .three), ("Y2", "yantai", .two),
        ("S2", "shenyang", .two), ("S3", "shenyang", .three),
    ]

    init(store: any LedgerStore = MemoryStore()) throws {
        self.store = store
        ledger = try Ledger(store: store, library: Self.library, clock: clock, directory: nil)
        try ledger.record(
            Self.institutions.map { place in
                .institution(.registered(InstitutionRecord(code: place.code, region: place.region, level: place.level)))
            })
        try commit()
    }

    func commit() throws {
        guard let ticket = ledger.seal() else { return }
        ledger.queue.commit()
        guard ledger.queue.durability(of: ticket) == .durable else { throw RunProblem("not durable") }
    }

    func reopen() throws {
        ledger.abandon()
        ledger = try Ledger(store: store, library: Self.library, clock: clock, directory: nil)
    }

    // MARK: Facts

    func person(_ number: UInt64, _ region: String, _ enrolment: Enrolment) throws {
        try ledger.record([
            .person(number, PersonEvent(.basics(PersonBasics(region: region, birthMonth: 1960_05)))),
            .person(number, PersonEvent(.enrolment(enrolment))),
        ])
    }

    static let always = DateRange(from: CalendarDate(2019_01_01))

    func resident(_ number: UInt64, _ region: String) throws {
        try person(number, region, Enrolment(.resident, covered: Self.always))
    }

    func employee(_ number: UInt64, _ status: WorkStatus) throws {
        try person(
            number, "chongqing", Enrolment(.employee, membership: .employer, status: status, covered: Self.always))
    }

    func identity(_ identity: Identity, of person: UInt64, given: Int32) throws {
        try ledger.record([
            .person(
                person,
                PersonEvent(
                    .identity(
                        IdentityRecord(
                            DatedIdentity(identity, given: CalendarDate(given)), department: .civilAffairs))))
        ])
    }

    func endEnrolment(of person: UInt64, on date: Int32) throws {
        try ledger.record(ledger.registry.endEnrolment(person, on: CalendarDate(date)))
    }

    func credit(_ amount: Fen, to owner: UInt64) throws {
        let view = ledger.accounts.account(of: owner)
        try ledger.record([
            AccountEvent(
                owner: owner, .credit(.openingBalance, reason: "start"), amount: amount,
                balance: (view?.balance ?? 0) + amount, previous: view?.lastPosition ?? 0)
        ])
    }

    // MARK: Claims

    /// Settles a claim whose cost is all in policy; amounts in yuan.
    @discardableResult
    func settle(
        _ id: String, _ person: UInt64, _ kind: ClaimKind, on date: Int32, at code: String, yuan: Fen, drug: Fen = 0,
        basic: Fen = 0, outOfCatalog: Fen = 0, documents: [String] = []
    ) throws -> Refusal {
        var command = SettleCommand(
            person: person,
            claim: Claim(
                kind: kind, serviceDate: CalendarDate(date),
                cost: CostSplit(
                    total: (yuan + outOfCatalog) * 100, outOfCatalog: outOfCatalog * 100, inPolicy: yuan * 100,
                    inPolicyDrug: drug * 100),
                externalBasic: basic * 100))
        command.institution = ledger.registry.institutions.number(ofCode: code) ?? 0
        command.documents = documents
        let refusal = try settle(id, command)
        if refusal.isNone { try commit() }
        return refusal
    }

    func settle(_ id: String, _ command: SettleCommand) throws -> Refusal {
        try withID(id) { id throws(DomainRefusal) in
            let settled = try ledger.settle(id, command)
            entry = settled.entry
            return settled.refusal
        }
    }

    func reverse(_ id: String) throws {
        try withID(id) { id throws(DomainRefusal) in
            let reversed = try ledger.reverse(id, reason: "wrong person")
            reversal = reversed.reversal
        }
        try commit()
    }

    /// Takes a second-round entry of a settlement back (SY-4).
    func takeBackRound(_ id: String, _ round: UInt32) throws {
        _ = try withID(id) { id throws(DomainRefusal) in
            try ledger.takeBackRound(id, round: round, reason: "not registered")
        }
        try commit()
    }

    /// The second-round entries of a settlement, as amounts.
    func rounds(of id: String) throws -> [Fen] {
        try withID(id) { bytes throws(DomainRefusal) in
            let found = try ledger.get(bytes)
            return try ledger.secondRounds(of: id, found.entry.position).map(\.amount)
        }
    }

    /// What the verification finds wrong.
    func differences() throws -> [String] {
        try commit()
        return try Verifier(store: store, library: Self.library).verify { _ in }.differences
    }

    private func withID<Result>(
        _ id: String, _ body: (UnsafeRawBufferPointer) throws(DomainRefusal) -> Result
    ) throws -> Result {
        try Array(id.utf8).withUnsafeBytes { bytes -> Swift.Result<Result, DomainRefusal> in
            do throws(DomainRefusal) { return .success(try body(bytes)) } catch { return .failure(error) }
        }.get()
    }

    // MARK: Runs

    /// The result of a run, its rows of adjustments by settlement id, and its posts.
    struct Run {
        var result: YearResult
        var adjustments: [String: [String: String]]
        var folder: String
        var posts: String
        var end: UInt64
    }

    func run(_ options: YearOptions, asKnownOn day: CalendarDate? = nil, workers: Int = 2) throws -> Run {
        try commit()
        runs += 1
        let path = folder.file("run\(runs)")
        let run = try YearRun(ledger: store, Self.library, options, asKnownOn: day, folder: path)
        let result = try run.run(workers: workers) { _ in }
        var adjustments: [String: [String: String]] = [:]
        for row in try Self.rows(path + "/adjustments.csv") { adjustments[row["settlement_id"] ?? ""] = row }
        return Run(result: result, adjustments: adjustments, folder: path, posts: run.postsPath, end: run.end ?? 0)
    }

    func post(_ run: Run) throws -> PostingResult {
        let posting = try YearPosting(
            run.posts, regions: Self.library.packs.map(\.region), readThrough: run.end)
        try posting.postAll(to: ledger) { _ in }
        return posting.result
    }

    /// A result's rows by column.
    static func rows(_ path: String) throws -> [[String: String]] {
        // Without the byte-order mark.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(3)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
    }
}
