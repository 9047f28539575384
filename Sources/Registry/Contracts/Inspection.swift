import Policy
import Records
import Settlement

/// A registered-poor person with high cost or repeated stays (重点排查, SY-8).
package struct InspectedPerson: Equatable, Sendable {
    package var person: UInt64
    /// 医疗费总额 of the stretch, in fen.
    package var total: Fen
    /// Inpatient stays of the stretch.
    package var stays: Int
    /// 费用较高, 反复住院.
    package var isHighCost: Bool
    package var isRepeated: Bool
}

/// The inspection list (排查). The operator sets the thresholds of high cost and repeated stays; the pack's
/// `filing.inspection.months` sets the period.
package struct Inspection {
    /// Total of the stretch from which a cost is high, in fen; `Fen.max`: not asked.
    package let costFrom: Fen
    /// Stays of the stretch from which they are repeated; `Int.max`: not asked.
    package let staysFrom: Int
    package let stretch: DateRange
    /// Of each person: the total, and stays.
    private var sums = PersonAmounts(width: 2)

    /// - Parameter day: the last day of the stretch.
    package init(costFrom: Fen, staysFrom: Int, until day: CalendarDate, _ pack: PolicyPack) throws(DomainRefusal) {
        guard let months = pack.number("filing.inspection.months"), let count = Int32(exactly: months), count <= 1_200
        else {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: pack.cites("SY-8"),
                "the pack has no inspection (filing.inspection.months)")
        }
        try checkDay(day, "until")
        if costFrom <= 0 || staysFrom <= 0 {
            throw DomainRefusal(
                .factInvalid, costFrom <= 0 ? "cost_from" : "stays_from",
                "\(costFrom <= 0 ? costFrom : Fen(staysFrom))", rule: "SY-8",
                "a threshold is above 0; everybody would be on the list")
        }
        self.costFrom = costFrom
        self.staysFrom = staysFrom
        // A year ago is the day after the same date: 2018-09-21 … 2020-09-20.
        stretch = DateRange(from: day.next.adding(months: -count), until: day)
    }

    /// Counts a settled claim that stands; those outside the stretch do not matter.
    package mutating func add(_ visit: SettledVisit) {
        guard stretch.contains(visit.serviceDate) else { return }
        sums.add(visit.total, visit.kind == .inpatient ? 1 : 0, of: visit.person)
    }

    /// The highest cost first.
    package func list(isRegisteredPoor: (UInt64) -> Bool) -> [InspectedPerson] {
        sums.persons.enumerated().compactMap { index, person in
            let (total, stays) = (sums[index].first ?? 0, Int(sums[index].last ?? 0))
            let row = InspectedPerson(
                person: person, total: total, stays: stays, isHighCost: total >= costFrom,
                isRepeated: stays >= staysFrom)
            return (row.isHighCost || row.isRepeated) && isRegisteredPoor(person) ? row : nil
        }.sorted { ($1.total, $0.person) < ($0.total, $1.person) }
    }
}
