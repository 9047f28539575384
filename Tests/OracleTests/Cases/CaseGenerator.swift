import Settlement
import TestSupport

/// Draws person-years and claims that reach every rule, and the fen around every bound.
struct CaseGenerator {
    let subject: Subject
    var random: SeededRandom

    private var region: RegionUnderTest { subject.region }
    private var diseaseCount: Int { subject.diseaseCount }
    private var productCount: Int { subject.productCount }

    // MARK: a person

    /// A person of one year, before the first claim.
    mutating func person(year: Int32) -> OracleInput {
        var facts = PersonFacts(
            insurance: random.pick([.employee, .resident]),
            membership: random.pick([.employer, .tier1, .tier1, .tier2, .tier2]),
            status: random.pick([.active, .retired]))
        if facts.insurance == .resident && facts.membership == .employer && random.chance(80) {
            facts.membership = .tier2
        }
        if productCount > 0 && random.chance(60) {
            facts.product = UInt8(Int.random(in: 1...productCount, using: &random))
            facts.boughtOn = random.pick([
                CalendarDate(2022_11_03), CalendarDate(2022_11_30), CalendarDate(2022_12_31),
            ])
        }
        facts.hasPreExistingDisease = random.chance(30)
        var input = OracleInput(
            claim: Claim(kind: .inpatient, serviceDate: .none, cost: CostSplit(total: 0)), facts: facts)
        input.identities = (0..<random.pick([0, 1, 1, 1, 2, 3])).map { _ in identity(year: year) }
        input.filings = (0..<random.pick([0, 1, 2, 4, 4])).compactMap { _ in filing(year: year) }
        input.accounts = (0..<random.pick([0, 0, 1, 1, 2, 3, 8])).map { _ in balance() }
        return input
    }

    private mutating func balance() -> Fen {
        random.chance(20) ? 0 : random.magnitude(digits: random.chance(5) ? 15 : 8)
    }

    /// Rule G-11 turns on months: dates lie in and around the year, often at the ends of months.
    private mutating func identity(year: Int32) -> DatedIdentity {
        let given = random.chance(50) ? CalendarDate(year: year - 1, month: 6, day: 15) : date(around: year)
        let ended = random.chance(60) ? CalendarDate.none : date(around: year)
        return DatedIdentity(random.pick(region.identities), given: given, ended: ended)
    }

    private mutating func filing(year: Int32) -> DatedFiling? {
        guard diseaseCount > 0 else { return nil }
        return DatedFiling(
            disease: UInt8(Int.random(in: 1...diseaseCount, using: &random)),
            inForce: DateRange(
                from: random.chance(60) ? .none : date(around: year),
                until: random.chance(60) ? .none : date(around: year)))
    }

    private mutating func date(around year: Int32) -> CalendarDate {
        date(in: year + random.pick([-1, 0, 0, 0, 0, 0, 1]))
    }

    private mutating func date(in year: Int32) -> CalendarDate {
        let month = Int32.random(in: 1...12, using: &random)
        let last = CalendarDate.days(inMonth: month, of: year)
        let day = random.pick([1, last, Int32.random(in: 1...last, using: &random)])
        return CalendarDate(year: year, month: month, day: day)
    }

    /// What may change in a person's life from one claim to the next.
    mutating func liveOn(_ input: inout OracleInput, year: Int32) {
        if random.chance(3) { input.facts.status = random.pick([.active, .retired]) }
        if random.chance(3) { input.facts.membership = random.pick([.employer, .tier1, .tier2]) }
        if random.chance(2) { input.facts.insurance = random.pick([.employee, .resident]) }
        if random.chance(2) { input.facts.hasPreExistingDisease.toggle() }
        if random.chance(5) { input.identities.append(identity(year: year)) }
        if random.chance(5), input.identities.count > 1 { input.identities.removeFirst() }
        for index in input.accounts.indices where random.chance(5) { input.accounts[index] = balance() }
    }

    // MARK: a claim

    /// A claim that is valid by itself (rule G-5); what the person may do with it, the rules decide.
    mutating func claim(of person: OracleInput, year: Int32, memory: OracleYear) -> Claim {
        let kind = random.pick(region.kinds)
        var claim = Claim(
            kind: kind, serviceDate: date(in: year), cost: CostSplit(total: 0),
            institution: Institution(
                level: random.pick([.one, .two, .three]), isChineseMedicine: random.chance(30),
                isCountyArea: random.chance(30), isOutOfCity: random.chance(20)),
            accountUse: random.pick([.standard, .standard, .none, .all]),
            referredFrom: random.chance(80) ? .unspecified : random.pick([.one, .two, .three]))
        if diseaseCount > 0, random.chance(kind == .special ? 97 : 10) {
            claim.disease = UInt8(Int.random(in: 1...diseaseCount, using: &random))
        }
        if kind == .special, !person.filings.isEmpty, random.chance(50) {
            claim.disease = random.pick(person.filings).disease
        }
        if kind == .specialDrug {
            let amount = amount(memory)
            claim.cost = CostSplit(total: amount, specialDrug: amount)
            return claim
        }
        payOutside(&claim, borne: amount(memory))
        splitCost(&claim, memory)
        return claim
    }

    /// `borne` is what the pack's first layer sees; what others have paid comes on top.
    private mutating func payOutside(_ claim: inout Claim, borne: Fen) {
        let hasTable = region.operatorTable != nil && claim.kind == .inpatient
        let isAllowed =
            region.region == "chongqing"
            ? [.twoDisease, .negotiated, .emergency, .outpatient].contains(claim.kind) : !hasTable
        if random.chance(isAllowed ? 70 : 4) {
            // Fixed fees are small: what they leave of the pool's limit still matters.
            let digits = claim.kind == .outpatient && random.chance(90) ? 5 : 8
            claim.externalBasic = random.magnitude(digits: random.chance(98) ? digits : 11)
        }
        if random.chance(region.region == "yantai" ? 30 : 2) {
            claim.externalLargeAmount = random.magnitude(digits: 8)
        }
        claim.cost.inPolicy = min(1_000_000_000_000, borne + claim.externalBasic + claim.externalLargeAmount)
    }

    private mutating func splitCost(_ claim: inout Claim, _ memory: OracleYear) {
        let room: Fen = 1_000_000_000_000 - claim.cost.inPolicy
        var left = room
        func fitting(_ amount: Fen) -> Fen {
            let fits = min(amount, left)
            left -= fits
            return fits
        }
        if random.chance(40) { claim.cost.firstSelfPay = fitting(amount(memory)) }
        if random.chance(30) { claim.cost.overLimit = fitting(random.magnitude(digits: 7)) }
        if random.chance(40) { claim.cost.outOfCatalog = fitting(amount(memory)) }
        claim.cost.total =
            claim.cost.inPolicy + claim.cost.firstSelfPay + claim.cost.overLimit + claim.cost.outOfCatalog
        switch random.pick([0, 1, 2]) {
        case 0: claim.cost.inPolicyDrug = 0
        case 1: claim.cost.inPolicyDrug = claim.cost.inPolicy
        default: claim.cost.inPolicyDrug = random.amount(0...claim.cost.inPolicy)
        }
    }

    /// An amount, by preference one that ends within two fen of a bound of the rules.
    mutating func amount(_ memory: OracleYear) -> Fen {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<4: 0
        case 4..<44: amountNearBound(memory)
        case 44..<54: yuan(random.amount(1...2_000))
        case 54..<97: random.magnitude(digits: random.pick([5, 6, 7, 8]))
        default: random.magnitude(digits: 12)
        }
    }

    /// What is missing to a bound, as payable or as payment at some ratio, with a deductible on top or not.
    private mutating func amountNearBound(_ memory: OracleYear) -> Fen {
        var missing = yuan(random.pick(region.thresholds))
        if random.chance(70), let layer = memory.layers.randomElement(using: &random)?.value {
            missing -= random.pick([layer.absorbed, layer.base, layer.paid])
        }
        if random.chance(50) {
            missing = missing * 100 / random.pick([90, 87, 85, 80, 75, 70, 65, 60, 55, 50, 30, 10])
        }
        if random.chance(30) { missing += yuan(random.pick(region.thresholds)) }
        missing += random.amount(-2...2)
        return min(max(0, missing), 1_000_000_000_000)
    }
}
