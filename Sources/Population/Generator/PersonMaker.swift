import Policy
import Settlement

/// Makes one person and the claims of one year; the cities' own files extend it.
struct PersonMaker {
    let number: UInt64
    let isChronic: Bool
    var random: RandomStream

    /// `count` days from `first` to `last` of `year` in order, spread evenly with some disorder.
    mutating func days(_ count: Int, year: Int32, from first: Int64 = 0, to last: Int64 = 364) -> [CalendarDate] {
        let span = last - first + 1
        return (0..<Int64(count)).map { index in
            let start = first + span * index / Int64(count)
            let end = max(start, first + span * (index + 1) / Int64(count) - 1)
            return Self.day(random.within(start...end), of: year)
        }
    }

    /// Day `index` (0 … 364) of `year`; the last day of a leap year is not used.
    static func day(_ index: Int64, of year: Int32) -> CalendarDate {
        var rest = Int32(index)
        var month: Int32 = 1
        while rest >= CalendarDate.days(inMonth: month, of: year) {
            rest -= CalendarDate.days(inMonth: month, of: year)
            month += 1
        }
        return CalendarDate(year: year, month: month, day: rest + 1)
    }

    /// A day before or in the year, as identities are given.
    mutating func earlierDay(_ year: Int32) -> CalendarDate {
        Self.day(random.below(365), of: random.happens(7000) ? year - 1 : year)
    }

    mutating func level(_ weights: [Int64] = [30, 35, 35]) -> Level {
        Level(rawValue: UInt8(random.pick(weights) + 1)) ?? .three
    }

    mutating func institution(_ weights: [Int64] = [30, 35, 35], county: Int64 = 0) -> Institution {
        let level = level(weights)
        return Institution(
            level: level, isChineseMedicine: random.happens(1500), isCountyArea: random.happens(county),
            isOutOfCity: random.happens(600))
    }

    /// The median bill of a kind at a level, in fen.
    func median(_ kind: ClaimKind, _ level: Level) -> Fen {
        let factor = Fen(max(1, level.rawValue))
        return switch kind {
        case .inpatient: 3_200_00 * factor
        case .outpatient: 120_00 + 90_00 * factor
        case .emergency: 700_00 + 500_00 * factor
        case .special: isChronic ? 600_00 + 900_00 * factor : 250_00 + 200_00 * factor
        case .twoDisease: 90_00 + 30_00 * factor
        case .negotiated: 1_500_00 + 500_00 * factor
        case .specialDrug: 9_000_00
        case .unspecified: 0
        }
    }

    /// A bill of `kind` split into its parts.
    mutating func cost(_ kind: ClaimKind, _ level: Level, factor: Int64 = 1) -> CostSplit {
        let total = min(random.amount(around: median(kind, level) * factor), 20_000_000_00)
        if kind == .specialDrug { return CostSplit(total: total, specialDrug: total) }
        // Parts in 1/10,000 of the total; what is left is in policy.
        let outOfCatalog = random.happens(6000) ? total * random.within(10...1500) / 10_000 : 0
        let overLimit = random.happens(1500) ? total * random.within(10...300) / 10_000 : 0
        let firstSelfPay = random.happens(6500) ? total * random.within(50...1000) / 10_000 : 0
        let inPolicy = total - outOfCatalog - overLimit - firstSelfPay
        let drug = inPolicy * random.within(1500...9500) / 10_000
        return CostSplit(
            total: total, outOfCatalog: outOfCatalog, overLimit: overLimit, firstSelfPay: firstSelfPay,
            inPolicy: inPolicy, inPolicyDrug: random.happens(500) ? inPolicy : drug)
    }

    /// A plausible earlier payment by a basic insurance of `inPolicy`: 0 below its deductible.
    mutating func paidOutside(of inPolicy: Fen, _ kind: ClaimKind, _ level: Level) -> Fen {
        let deductible: Fen = kind == .inpatient ? 200_00 * Fen(max(1, level.rawValue)) : 0
        let ratio = random.within(5000...8500)
        return max(0, inPolicy - deductible) * ratio / 10_000
    }

    /// A claim of the kind with a bill of its size.
    mutating func claim(
        _ kind: ClaimKind, on date: CalendarDate, at institution: Institution, factor: Int64 = 1
    ) -> Claim {
        Claim(
            kind: kind, serviceDate: date, cost: cost(kind, institution.level, factor: factor),
            institution: institution)
    }
}
