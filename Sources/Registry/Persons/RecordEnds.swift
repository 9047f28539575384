import Settlement

// An office's list names who left with the day: the row of a record that is open here, with its end. Such a row ends
// the record; nobody has to look its number up first.

extension PersonFact {
    /// The same without its end; nil: no end is told.
    var withoutEnd: PersonFact? {
        switch self {
        case .identity(var record) where record.dated.ended != .none:
            record.dated.ended = .none
            return .identity(record)
        case .family(var member) where member.inForce.until != .none:
            member.inForce.until = .none
            return .family(member)
        case .special(var registration) where registration.inForce.until != .none:
            registration.inForce.until = .none
            return .special(registration)
        default: return nil
        }
    }
}

extension Enrolment {
    /// True where everything that `request` tells is so here; what it leaves out, and its end, are not looked at.
    func agrees(with request: Enrolment) -> Bool {
        func same<Value: Equatable>(_ told: Value, _ known: Value, untold: Value) -> Bool {
            told == untold || told == known
        }
        return request.covered.from == covered.from && request.insurance == insurance
            && same(request.membership, membership, untold: .unspecified)
            && same(request.status, status, untold: .unspecified)
            && same(request.payer, payer, untold: .unspecified)
            && same(request.paidOn, paidOn, untold: .none)
            && same(request.lumpSumUntil, lumpSumUntil, untold: .none)
            && same(request.contributionBase, contributionBase, untold: 0)
            && same(request.premiumDue, premiumDue, untold: 0)
            && same(request.premiumSubsidised, premiumSubsidised, untold: 0)
    }
}

extension Registry {
    /// The open record that `fact` says again with an end; nil: there is none.
    func opened(_ fact: PersonFact, among entries: [PersonEntry]) -> PersonEntry? {
        guard let open = fact.withoutEnd else { return nil }
        return entries.first { $0.fact == open }
    }

    /// What enrolling again as `request` comes to where the enrolment stands already: nothing, or its end; nil: it does
    /// not stand.
    func repeated(
        _ request: EnrolmentRequest, of person: UInt64, among entries: [PersonEntry]
    ) -> [RegistryEvent]? {
        guard request.corrects == 0, request.enrolment.covered.from != .none else { return nil }
        let known = enrolments(entries).first { $0.enrolment.agrees(with: request.enrolment) }
        guard let known else { return nil }
        let until = request.enrolment.covered.until
        if until == known.enrolment.covered.until { return [] }
        guard known.enrolment.covered.until == .none else { return nil }
        var ended = known.enrolment
        ended.covered.until = until
        return [.person(person, PersonEvent(.enrolment(ended), supersedes: known.number))]
    }
}
