import Policy
import Records
import Settlement

/// A contract with its number among everything recorded of the person's contracts, and whether it stands.
package struct NumberedContract: Equatable, Sendable {
    /// 1, 2, 3 … in the order of recording.
    package var number: UInt32
    package var contract: OutpatientContract
    /// Nothing took its place, and it was not withdrawn.
    package var stands: Bool
}

extension OutpatientContract {
    /// Signed by mistake: it ends before it begins, so that no day is in it.
    var isWithdrawn: Bool { until != .none && until < since }

    var days: DateRange { DateRange(from: since, until: until) }

    fileprivate var withdrawn: OutpatientContract {
        OutpatientContract(institution: institution, since: since, until: since.previous)
    }
}

/// Contracts are corrected as everything is: by a record that takes the place of another, here the one of the same
/// first day.
extension FilingRegister {
    /// Everything recorded of a person's contracts, the oldest first.
    package func numberedContracts(of person: UInt64) -> [NumberedContract] {
        let contracts = contracts(of: person)
        return contracts.indices.map { index in
            let contract = contracts[index]
            let isReplaced = contracts[(index + 1)...].contains { $0.since == contract.since }
            return NumberedContract(
                number: UInt32(index + 1), contract: contract, stands: !isReplaced && !contract.isWithdrawn)
        }
    }

    /// The contracts that stand, by their first days.
    func standingContracts(of person: UInt64) -> [OutpatientContract] {
        numberedContracts(of: person).filter(\.stands).map(\.contract).sorted { $0.since < $1.since }
    }

    /// Puts `contract` in the place of the person's contract of that number, or with nil withdraws it (SY-8).
    ///
    /// - Parameter institution: of `contract`, where it is another than before.
    package func correctContract(
        _ person: UInt64, _ number: UInt32, to contract: OutpatientContract?, institution: FilingInstitution?,
        today: CalendarDate
    ) throws(DomainRefusal) -> [FilingEvent] {
        let all = numberedContracts(of: person)
        guard let known = all.first(where: { $0.number == number }) else {
            throw DomainRefusal(
                .recordUnknown, "number", "\(number)", rule: "SY-8", "the person has no contract of that number")
        }
        guard known.stands else {
            if contract == nil, known.contract.isWithdrawn { return [] }
            throw DomainRefusal(
                .recordConflict, "number", "\(number)", rule: "SY-8",
                "another record took its place, or it was withdrawn: correct the one that stands")
        }
        guard all.count + 2 <= FilingLimit.recordsMax else { throw tooMany("contracts", all.count) }
        guard var next = contract else { return [.contract(person: person, known.contract.withdrawn)] }
        next.institution = known.contract.institution
        if let institution {
            try checkTwoDiseaseInstitution(institution)
            next.institution = institution.number
        }
        try checkPast(next.since, "since", today)
        if next.until != .none {
            try checkDay(next.until, "until")
            guard next.since <= next.until else {
                throw DomainRefusal(
                    .dateInvalid, "until", next.until.description, "is before since, \(next.since.description)")
            }
        }
        if next == known.contract { return [] }
        for other in all where other.stands && other.number != number && other.contract.days.overlaps(next.days) {
            throw DomainRefusal(
                .recordConflict, "since", next.since.description, rule: "SY-8",
                "contract \(other.number) stands in that time: correct that one first")
        }
        let moved = next.since == known.contract.since ? [] : [known.contract.withdrawn]
        return (moved + [next]).map { .contract(person: person, $0) }
    }
}
