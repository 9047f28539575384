import Settlement
import TestSupport

// Inputs that must be refused, or that sit on the last value that is not.
extension CaseGenerator {
    /// One thing wrong with a valid case; some of the choices turn out to be harmless, which is a case too.
    mutating func spoil(_ input: inout OracleInput, _ person: inout Product.Person, _ memory: inout OracleYear) {
        switch Int.random(in: 0..<22, using: &random) {
        case 0: input.claim.kind = random.chance(30) ? .unspecified : .special
        case 1: input.claim.serviceDate = CalendarDate(random.pick(Self.wrongDates))
        case 2: spoilAmount(&input.claim, by: random.pick([-1, -1_000_000, .min, 1_000_000_000_001, .max]))
        case 3: input.claim.cost.total &+= random.pick([-1, 1])
        case 4: input.claim.cost.specialDrug &+= 1
        case 5: input.claim.cost.inPolicyDrug = input.claim.cost.inPolicy &+ random.pick([0, 1])
        case 6: input.claim.externalBasic = input.claim.cost.inPolicy &+ random.pick([0, 1])
        case 7:
            input.claim.externalLargeAmount =
                input.claim.cost.inPolicy &- min(input.claim.cost.inPolicy, input.claim.externalBasic)
                &+ random.pick([0, 1])
        case 8: input.claim.externalBasic = min(1, input.claim.cost.inPolicy)
        case 9: input.claim.externalLargeAmount = min(1, input.claim.cost.inPolicy)
        case 10: input.facts.insurance = .unspecified
        case 11: input.facts.covered.from = neighbour(of: input.claim.serviceDate)
        case 12: input.facts.covered.until = neighbour(of: input.claim.serviceDate)
        case 13: input.facts.membership = random.pick([.unspecified, .employer])
        case 14: input.facts.status = .unspecified
        case 15: input.claim.institution.level = .unspecified
        case 16: input.claim.disease = numberAround(subject.diseaseCount)
        case 17: input.facts.product = numberAround(subject.productCount)
        case 18: input.facts.boughtOn = random.pick(Self.purchaseDates)
        case 19:
            person.year += random.pick([-1, 1])
            memory.year = person.year
        case 20: spoilAccumulator(&person, &memory)
        default:
            guard !input.accounts.isEmpty else { return }
            input.accounts[input.accounts.count - 1] = random.pick(Self.accumulatorBounds)
        }
    }

    /// None, the last of the list, the first outside it, the largest there is.
    private mutating func numberAround(_ count: Int) -> UInt8 {
        random.pick([0, UInt8(count), UInt8(count + 1), 255])
    }

    private static var wrongDates: [Int32] {
        [
            0, -1, 1, 2023_02_29, 2024_02_29, 2023_04_31, 2023_13_01, 2023_00_10, 2023_01_00, 2023_01_32,
            1899_12_31, 3000_01_01, .max, .min,
            2021_12_31, 2022_01_01, 2020_06_22, 2020_06_23, 2019_12_31, 2021_01_01,
        ]
    }

    private static var purchaseDates: [CalendarDate] {
        [2022_11_02, 2022_11_03, 2022_12_31, 2023_01_01, 0, 2024_11_15].map { CalendarDate($0) }
    }

    private static var accumulatorBounds: [Fen] {
        [-1, 0, 1_000_000_000_000_000, 1_000_000_000_000_001, .min, .max]
    }

    private mutating func spoilAmount(_ claim: inout Claim, by value: Fen) {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: claim.cost.total = value
        case 1: claim.cost.outOfCatalog = value
        case 2: claim.cost.overLimit = value
        case 3: claim.cost.firstSelfPay = value
        case 4: claim.cost.inPolicy = value
        case 5: claim.cost.inPolicyDrug = value
        case 6: claim.cost.specialDrug = value
        case 7: claim.externalBasic = value
        default: claim.externalLargeAmount = value
        }
    }

    /// The day itself, or the one before or after; the 31st stands in for the last day of any month.
    private mutating func neighbour(of date: CalendarDate) -> CalendarDate {
        guard date.exists else { return .none }
        let last = CalendarDate.days(inMonth: date.month, of: date.year)
        switch random.pick([-1, 0, 1]) {
        case -1 where date.day > 1: return CalendarDate(date.number - 1)
        case 1 where date.day < last: return CalendarDate(date.number + 1)
        default: return date
        }
    }

    private mutating func spoilAccumulator(_ person: inout Product.Person, _ memory: inout OracleYear) {
        guard !person.accumulators.isEmpty else { return }
        let slot = Int.random(in: 0..<person.accumulators.count, using: &random)
        let value = random.pick(Self.accumulatorBounds)
        person.accumulators[slot] = value
        memory[subject.slots[slot]] = value
    }
}
