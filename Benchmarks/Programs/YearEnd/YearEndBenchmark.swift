import ArgumentParser
import Foundation
import Ledger
import LedgerStore
import Policy
import Population
import Records
import Registry
import Settlement

/// Makes a ledger of a generated year, to measure `jiesuan year-end --ledger` with.
@main struct YearEndBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a ledger of a generated year with late facts.",
        discussion: """
            EXAMPLES:
              year-end-benchmark --persons 100000 --claims 1000000 --ledger ./year.db
              /usr/bin/time -v jiesuan year-end --year 2023 --ledger ./year.db --out ./year --dry-run
            """)

    @Option(help: "Persons.") var persons: Int64 = 100_000
    @Option(help: "Claims.") var claims: Int64 = 1_000_000
    @Option(help: "Persons in a hundred who turn out to have had an identity.") var late = 5
    @Option(help: "Seed of the random numbers.") var seed: UInt64 = 1
    @Option(help: "Region.") var region = GeneratedPerson.Region.yantai
    @Option(help: "File of the ledger; there must be none.") var ledger: String

    func run() throws {
        let library = try PolicyLibrary.load()
        let maker = try YearMaker(path: ledger, library: library, region: region)
        var generator = Generator(Generator.Options(claims: claims, persons: persons, seed: seed, regions: [region]))
        let start = Date()
        while let person = generator.next() {
            try maker.add(person, isLate: Int(person.person.number % 100) < late)
        }
        try maker.finish()
        let seconds = Date().timeIntervalSince(start)
        print("\(maker.settled) settled, \(maker.refused) refused, \(Int(Double(maker.settled) / seconds)) a second")
    }
}

extension GeneratedPerson.Region: ExpressibleByArgument {}

/// Registers persons and settles their claims, in commits of some thousand.
final class YearMaker {
    private static let claimsPerCommit = 8_192

    private struct SystemTime: LedgerClock {
        func now() -> Moment { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    }

    private let ledger: Ledger
    private let pack: PolicyPack
    private let region: String
    private var institutions: [Int: UInt32] = [:]
    private var late: [UInt64] = []
    private var open = 0
    private(set) var settled = 0
    private(set) var refused = 0

    init(path: String, library: PolicyLibrary, region: GeneratedPerson.Region) throws {
        self.region = region.rawValue
        guard let pack = library[region.rawValue] else { throw CleanExit.message("no pack of \(region)") }
        self.pack = pack
        ledger = try Ledger(
            store: try SQLiteStore(path: path, mode: .create), library: library, clock: SystemTime(),
            directory: path + ".index")
    }

    func add(_ person: GeneratedPerson, isLate: Bool) throws {
        let record = person.person
        var events = [PersonEvent(.basics(PersonBasics(region: region, birthMonth: 1960_01)))]
        var covered = record.facts.covered
        if covered.from == .none { covered.from = CalendarDate(2015_01_01) }
        events.append(
            PersonEvent(
                .enrolment(
                    Enrolment(
                        record.facts.insurance, membership: record.facts.membership, status: record.facts.status,
                        covered: covered))))
        for identity in record.identities {
            events.append(PersonEvent(.identity(IdentityRecord(identity, department: .civilAffairs))))
        }
        if !record.product.isEmpty {
            events.append(
                PersonEvent(
                    .purchase(
                        SupplementaryPurchase(
                            product: record.product, boughtOn: record.facts.boughtOn,
                            hasPreExistingDisease: record.facts.hasPreExistingDisease))))
        }
        try ledger.record(events.map { .person(record.number, $0) })
        for (index, filing) in record.filings.enumerated() {
            try ledger.record([
                .filing(
                    .qualified(
                        person: record.number,
                        Qualification(
                            number: UInt32(index + 1), disease: filing.disease, inForce: filing.inForce,
                            way: .carriedOver)))
            ])
        }
        for claim in person.claims { try settle(claim, of: record.number) }
        if isLate { late.append(record.number) }
    }

    private func settle(_ claim: ClaimRecord, of person: UInt64) throws {
        var command = SettleCommand(person: person, claim: claim.claim)
        command.disease = claim.disease
        command.institution = try institution(claim.claim.institution)
        var id = "G\(settled + refused)"
        let result: Result<Refusal, DomainRefusal> = id.withUTF8 { bytes in
            do throws(DomainRefusal) {
                return .success(try ledger.settle(UnsafeRawBufferPointer(bytes), command).refusal)
            } catch {
                return .failure(error)
            }
        }
        if case .success(let refusal) = result, refusal.isNone { settled += 1 } else { refused += 1 }
        open += 1
        if open >= Self.claimsPerCommit { commit() }
    }

    private func commit() {
        if ledger.seal() != nil { ledger.queue.commit() }
        open = 0
    }

    /// A hospital with these properties.
    private func institution(_ hospital: Institution) throws -> UInt32 {
        let key =
            Int(hospital.level.rawValue) * 8 + (hospital.isChineseMedicine ? 4 : 0) + (hospital.isCountyArea ? 2 : 0)
            + (hospital.isOutOfCity ? 1 : 0)
        if let number = institutions[key] { return number }
        let record = InstitutionRecord(
            code: "H\(key)", region: region, level: hospital.level, isChineseMedicine: hospital.isChineseMedicine,
            isCountyArea: hospital.isCountyArea, isOutOfCity: hospital.isOutOfCity, treatsSpecialDiseases: true)
        try ledger.record([.institution(.registered(record))])
        let number = ledger.registry.institutions.number(ofCode: record.code) ?? 0
        institutions[key] = number
        return number
    }

    /// Records the late facts, which come last.
    func finish() throws {
        for person in late {
            let identity = DatedIdentity(.lowIncome, given: CalendarDate(2023_01_05))
            try ledger.record([
                .person(person, PersonEvent(.identity(IdentityRecord(identity, department: .civilAffairs))))
            ])
            open += 1
            if open >= Self.claimsPerCommit { commit() }
        }
        commit()
        ledger.close()
    }
}
