import Records
import Settlement
import Text

/// The persons of a request as its caller named them.
package struct PersonNames: Equatable, Sendable {
    /// Whose record it is.
    package var person: PersonName
    /// The other one, of a relation.
    package var other: PersonName

    package init(_ person: PersonName, other: PersonName = PersonName()) {
        self.person = person
        self.other = other
    }

    /// Whether anybody is named by the platform's number.
    package var hasNo: Bool { !person.no.isEmpty || !other.no.isEmpty }
}

extension RegistryRequest {
    /// The request with the names its caller gave, where the platform's numbers are among them.
    package func named(_ names: PersonNames) -> RegistryRequest { names.hasNo ? .named(names, self) : self }

    /// The names its caller gave; nil: it says our numbers.
    package var names: PersonNames? {
        if case .named(let names, _) = self { names } else { nil }
    }

    /// What is asked, without the names.
    package var asked: RegistryRequest {
        if case .named(_, let request) = self { request } else { self }
    }

    /// The request by our numbers.
    ///
    /// A person who is registered by the platform's number alone gets a free number of ours; registered again under
    /// the same in the same region, it is the same person.
    package func resolved(_ registry: Registry) throws(DomainRefusal) -> RegistryRequest {
        guard case .named(let names, let request) = self else { return self }
        guard case .person(let given, let basics, let corrects) = request else {
            var resolved = request.of(try registry.person(names.person))
            if case .family(let person, var member, let corrects) = resolved, !names.other.no.isEmpty {
                member.other = try registry.person(names.other, .relative)
                resolved = .family(person, member, corrects: corrects)
            }
            return resolved
        }
        if given != 0 || names.person.no == PersonBasics.noPersonNo { return request }
        guard let no = PersonNo(names.person.no) else { throw Registry.invalid(names.person.no, PersonField.person.no) }
        var number: UInt64
        if case .person(let found) = registry.people.find(no, inRegion: basics.region) {
            number = found
        } else if corrects != 0 || basics.since != .none || !names.person.region.isEmpty {
            // Of somebody registered elsewhere: a move, or a correction of one.
            number = try registry.person(names.person)
        } else {
            number = registry.people.freeNumber
        }
        return .person(number, basics, corrects: corrects)
    }

    /// The same of another person's record.
    private func of(_ person: UInt64) -> RegistryRequest {
        switch self {
        case .area, .institution, .named: self
        case .person(_, let basics, let corrects): .person(person, basics, corrects: corrects)
        case .enrol(_, let request): .enrol(person, request)
        case .change(_, let change): .change(person, change)
        case .endEnrolment(_, let date): .endEnrolment(person, date)
        case .buy(_, let purchase, let corrects): .buy(person, purchase, corrects: corrects)
        case .identity(_, let record, let corrects): .identity(person, record, corrects: corrects)
        case .endIdentity(_, let identity, let date): .endIdentity(person, identity, date)
        case .family(_, let member, let corrects): .family(person, member, corrects: corrects)
        case .special(_, let registration, let corrects): .special(person, registration, corrects: corrects)
        case .referral(_, let request, let corrects): .referral(person, request, corrects: corrects)
        case .feedback(_, let feedback): .feedback(person, feedback)
        case .chronicReport(_, let request): .chronicReport(person, request)
        case .endPerson(_, let departure, let corrects): .endPerson(person, departure, corrects: corrects)
        case .withdraw(_, let number, let whole): .withdraw(person, number, whole: whole)
        }
    }
}

extension DomainRefusal {
    /// The refusal of `request`, resolved from `named`, in the words of its caller.
    package func naming(_ named: RegistryRequest, as request: RegistryRequest) -> DomainRefusal {
        guard case .named(let names, _) = named else { return self }
        var refusal = self.naming(names.person, as: request.person ?? 0)
        if case .family(_, let member, _) = request {
            refusal = refusal.naming(names.other, as: member.other, .relative)
        }
        return refusal
    }
}
