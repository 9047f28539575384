import Policy
import Settlement

/// Makes claims faulty in many ways, to test and to demonstrate refusals.
package struct Faults: Sendable {
    private var random: RandomStream
    /// In 1/10,000 of the rows.
    private let share: Int64

    /// - Parameter share: bad rows in 10,000.
    package init(share: Int64, seed: UInt64) {
        self.share = share
        random = RandomStream(seed: seed ^ 0xFA17_FA17_FA17_FA17)
    }

    /// Makes `row` faulty with the given probability; true where it did.
    package mutating func spoil(_ row: inout ClaimRow) -> Bool {
        guard share > 0, random.happens(share) else { return false }
        switch random.below(10) {
        case 0: row.claim.claim.cost.total += 1
        case 1: row.claim.claim.cost.total = -row.claim.claim.cost.total
        case 2: row.claim.claim.serviceDate = CalendarDate(row.claim.claim.serviceDate.year * 10_000 + 230)
        case 3: row.claim.claim.serviceDate = CalendarDate(19_990_101)
        case 4: row.person.facts.insurance = .unspecified
        case 5: row.claim.disease = "no_such_disease"
        case 6: row.claim.claim.externalBasic = row.claim.claim.cost.inPolicy + 1
        case 7: row.claim.claim.cost.inPolicyDrug = row.claim.claim.cost.inPolicy + 1
        case 8: row.person.facts.covered = DateRange(from: CalendarDate(29_990_101))
        default: row.region = "atlantis"
        }
        return true
    }
}
