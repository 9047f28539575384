import Policy
import Registry
import Settlement

/// The register's implementation of the accounts' interface.
extension Registry: AccountFacts {
    package var persons: [UInt64] { people.numbers }
    package var personCount: Int { people.count }

    package func region(of person: UInt64, on day: CalendarDate) -> String? {
        people.basics(of: person, on: day)?.region
    }

    package func creditFacts(of person: UInt64, on day: CalendarDate) -> CreditFacts {
        // The last day of a registration is still covered.
        let isRegistered = people.departure(of: person).map { day <= $0.date } ?? true
        guard isRegistered, let enrolment = people.enrolment(of: person, on: day) else {
            return CreditFacts(person: person, insurance: .unspecified, membership: .unspecified, status: .unspecified)
        }
        return CreditFacts(
            person: person, insurance: enrolment.insurance, membership: enrolment.membership,
            status: enrolment.status, covered: enrolment.covered, contributionBase: enrolment.contributionBase,
            lumpSumUntil: enrolment.lumpSumUntil,
            birthMonth: people.basics(of: person, on: day)?.birthMonth ?? 0)
    }

    package func beneficiary(_ person: UInt64, of owner: UInt64, on day: CalendarDate) -> UseFacts.Beneficiary {
        if person == owner { return .own }
        // The other person's relation to the owner.
        switch people.relation(of: person, to: owner, on: day) {
        case .spouse: return .spouse
        case .parent: return .parent
        case .child: return .child
        case nil: return .other
        }
    }

    package func isRetired(_ person: UInt64, on day: CalendarDate) -> Bool {
        people.enrolment(of: person, on: day)?.status == .retired
    }

    package func institution(_ code: String, on day: CalendarDate) -> UseFacts.Institution {
        if code.isEmpty { return .none }
        guard let number = institutions.number(ofCode: code), let record = institutions.record(number, on: day) else {
            return .unknown
        }
        guard record.designated.contains(day) else { return .notDesignated }
        switch record.kind {
        case .pharmacy: return .pharmacy
        case .unspecified: return .notDesignated
        case .hospital, .primary, .internetHospital: return .medical
        }
    }

    package func departure(of person: UInt64, on day: CalendarDate) -> AccountDeparture {
        guard let departure = people.departure(of: person), departure.date <= day else { return .none }
        return departure.reason == .death ? .death : .deregistered
    }
}
