import Records
import Registry
import Settlement

/// A part of a monthly run over a whole region.
package struct CreditPart: Equatable, Sendable {
    package var sums = CreditSums()
    /// The numbers of the persons of this part.
    package var outcomes: [CreditOutcome] = []
    /// Cursor (`after`) of the next part; 0: this was the last.
    package var next: UInt64 = 0
}

/// The registered persons ordered by number, for monthly runs in parts.
///
/// Sorted again after a new registration; 8 bytes a person.
package final class CreditRoll {
    private var persons: [UInt64] = []
    /// The register of these persons; the ledger replaces it after a store failure.
    private weak var register: AnyObject?

    package init() {}

    /// Runs the month for the persons after number `after`, at most `limit` of them, 1 … `AccountLimit.runPersonsMax`.
    package func run(
        _ month: CreditMonth, region: String, after: UInt64, limit: Int, on ledger: any AccountLedger
    ) throws(DomainRefusal) -> CreditPart {
        try ledger.ready()
        try month.check(notAfter: ledger.now.date)
        let rule = try CreditRule(try ledger.rules(inRegion: region), month: month)
        let facts = ledger.facts
        if persons.count != facts.personCount || register !== facts {
            persons = facts.persons.sorted()
            register = facts
        }
        let start = index(after: after)
        let end = min(persons.count, start + min(max(1, limit), AccountLimit.runPersonsMax))
        var asked: [CreditFacts] = []
        for person in persons[start..<end] where facts.region(of: person, on: month.firstDay) == region {
            asked.append(facts.creditFacts(of: person, on: month.firstDay))
        }
        var part = CreditPart()
        part.sums = try CreditRun.run(rule, asked, on: ledger) { part.outcomes.append($0) }
        if end < persons.count { part.next = persons[end - 1] }
        return part
    }

    /// The first index with a number above `number`.
    private func index(after number: UInt64) -> Int {
        var (low, high) = (0, persons.count)
        while low < high {
            let middle = (low + high) / 2
            if persons[middle] <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
