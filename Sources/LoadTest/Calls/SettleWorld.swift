import Client
import Policy
import Population
import Registry
import Settlement

/// Persons and institutions that a run registers, and the claims that it settles for them.
///
/// Only what a register knows without papers: no identities, filings, accounts or products, so that the calculator of
/// this process needs the person's year and nothing else. Numbers and ids begin with the time of the run, so that a
/// server that has seen other runs has an empty year for every person.
package struct SettleWorld: Sendable {
    /// Claims of one person that take turns.
    private static let claimsPerPerson = 4
    /// Bits of a person's number that count within a run; the time stands above them.
    private static let personBits: UInt64 = 22
    package static let personsMax = 1 << Int(personBits)
    /// Characters of a settlement's id: 12 of the run, 16 of the settlement, hexadecimal.
    static let idBytes = 28
    static let serialBytes = 16
    private static let kinds: Set<ClaimKind> = [.outpatient, .inpatient, .emergency]
    /// Persons drawn for one that can be settled for; the least share of the regions is one in two.
    private static let drawsMax = 50

    package struct Person: Sendable {
        package var number: UInt64
        /// Index into `packs`.
        var pack: Int
        var facts: PersonFacts
        /// Indexes into `claims`.
        var claims: Range<Int>
    }

    struct KnownClaim: Sendable {
        var claim: Claim
        /// Index into `institutions`.
        var institution: Int
    }

    package let packs: [PolicyPack]
    package private(set) var persons: [Person] = []
    private(set) var claims: [KnownClaim] = []
    private(set) var institutions: [InstitutionRecord] = []
    private var indexByCode: [String: Int] = [:]
    /// The first characters of every id.
    let idHead: [UInt8]

    /// - Parameter stamp: the time of the run in milliseconds since 1970: no two runs at one server have the same.
    package init(
        _ packs: [PolicyPack], persons count: Int, regions: [GeneratedPerson.Region], seed: UInt64, stamp: UInt64
    ) throws(LoadProblem) {
        precondition(count <= Self.personsMax)
        self.packs = packs
        idHead = HexText.of(stamp, digits: Self.idBytes - Self.serialBytes)
        let reckoners = packs.map(Reckoner.init)
        let draws = Int64(count) * Int64(Self.drawsMax)
        var generator = Generator(
            Generator.Options(claims: 8 * draws, persons: draws, seed: seed ^ 0x5E77_1E00, regions: regions))
        while persons.count < count, let drawn = generator.next() {
            guard let pack = packs.firstIndex(where: { $0.region == drawn.region.rawValue }) else {
                throw LoadProblem(noPackOf: drawn.region.rawValue)
            }
            add(drawn, pack, reckoners[pack], number: stamp << Self.personBits | UInt64(persons.count))
        }
        guard persons.count == count else {
            throw LoadProblem("these regions have too few claims that a register without papers can settle")
        }
    }

    private mutating func add(_ drawn: GeneratedPerson, _ pack: Int, _ reckoner: Reckoner, number: UInt64) {
        var facts = drawn.person.facts
        facts.product = 0
        facts.boughtOn = .none
        facts.hasPreExistingDisease = false
        guard let year = drawn.claims.first?.claim.serviceDate.year else { return }
        facts.covered = DateRange(from: CalendarDate(year: year, month: 1, day: 1))
        let start = claims.count
        for record in drawn.claims where claims.count - start < Self.claimsPerPerson {
            var claim = record.claim
            guard Self.kinds.contains(claim.kind), record.disease.isEmpty, claim.referredFrom == .unspecified,
                claim.serviceDate.year == year
            else { continue }
            claim.disease = 0
            var fresh = [Fen](repeating: 0, count: CalculatorLimit.slotsMax)
            let isSettled = fresh.withUnsafeMutableBufferPointer { year in
                reckoner.settle(claim, facts, year: year.baseAddress!) != nil
            }
            guard isSettled else { continue }
            claims.append(KnownClaim(claim: claim, institution: index(claim.institution, drawn.region)))
        }
        if claims.count == start { return }
        persons.append(Person(number: number, pack: pack, facts: facts, claims: start..<claims.count))
    }

    /// The institution of such facts in the region: its index.
    private mutating func index(_ institution: Institution, _ region: GeneratedPerson.Region) -> Int {
        let marks = [
            (institution.isChineseMedicine, "m"), (institution.isCountyArea, "c"), (institution.isOutOfCity, "o"),
        ]
        let code =
            "load-\(region.rawValue)-\(institution.level.rawValue)"
            + marks.filter(\.0).map(\.1).joined()
        if let known = indexByCode[code] { return known }
        institutions.append(
            InstitutionRecord(
                code: code, region: region.rawValue, level: institution.level,
                isChineseMedicine: institution.isChineseMedicine, isCountyArea: institution.isCountyArea,
                isOutOfCity: institution.isOutOfCity))
        indexByCode[code] = institutions.count - 1
        return institutions.count - 1
    }

    // MARK: Registering

    /// Registers all of it; `progress` is told how many persons are.
    package func register(at client: Client, progress: (Int) -> Void) throws {
        let registry = RegistryClient(client)
        try put(institutions.map { .institution($0) }, registry)
        // Two requests a person.
        let chunk = RegistryLimit.importItemsMax / 2
        for first in stride(from: 0, to: persons.count, by: chunk) {
            let some = persons[first..<min(first + chunk, persons.count)]
            try put(some.flatMap(requests), registry)
            progress(first + some.count)
        }
    }

    private func requests(_ person: Person) -> [RegistryRequest] {
        let facts = person.facts
        // Nothing here depends on the age.
        let basics = PersonBasics(region: packs[person.pack].region, birthMonth: 1970_01)
        let enrolment = Enrolment(
            facts.insurance, membership: facts.membership, status: facts.status, covered: facts.covered)
        return [.person(person.number, basics), .enrol(person.number, EnrolmentRequest(enrolment))]
    }

    private func put(_ requests: [RegistryRequest], _ registry: RegistryClient) throws {
        let receipt = try registry.put(requests)
        if let error = receipt.errors.first {
            throw LoadProblem("the server's register refuses \(error.field) \(error.value): \(error.message)")
        }
    }
}

/// Numbers as hexadecimal characters of a fixed width.
enum HexText {
    static func of(_ number: UInt64, digits count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            write(number, to: UnsafeMutableRawPointer(buffer.baseAddress!), digits: count)
            written = count
        }
    }

    @inline(__always)
    static func write(_ number: UInt64, to target: UnsafeMutableRawPointer, digits count: Int) {
        var rest = number
        for index in (0..<count).reversed() {
            let digit = UInt8(truncatingIfNeeded: rest & 15)
            target.storeBytes(of: digit < 10 ? 48 + digit : 87 + digit, toByteOffset: index, as: UInt8.self)
            rest >>= 4
        }
    }
}
