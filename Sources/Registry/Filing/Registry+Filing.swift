import Policy
import Records
import Settlement

/// What filings ask of the other registers.
extension Registry {
    /// The pack of a person's region on `day`.
    package func pack(of person: UInt64, on day: CalendarDate) throws(DomainRefusal) -> PolicyPack {
        guard let basics = people.basics(of: person, on: day) else {
            throw DomainRefusal(.personUnknown, "person", "\(person)", "register the person first")
        }
        return try pack(region: basics.region)
    }

    package func pack(region: String) throws(DomainRefusal) -> PolicyPack {
        if let pack = library[region] { return pack }
        let known = library.packs.map(\.region).joined(separator: ", ")
        throw DomainRefusal(.noRule, "region", region, "there is no policy pack of that region; there are: \(known)")
    }

    /// An institution as it is on `day`; nil where the code is empty.
    package func filingInstitution(
        _ code: String, _ field: String, on day: CalendarDate
    ) throws(DomainRefusal) -> FilingInstitution? {
        if code.isEmpty { return nil }
        guard let number = institutions.number(ofCode: code),
            let record = institutions.record(number, on: day) ?? institutions[number]
        else { throw DomainRefusal(.institutionUnknown, field, code, "register the institution first") }
        return FilingInstitution(number: number, record: record)
    }

    /// The person's facts on `day` as far as a filing looks at them; nil: not enrolled then.
    package func filingFacts(of person: UInt64, on day: CalendarDate) -> PersonFacts? {
        people.enrolment(of: person, on: day).map {
            PersonFacts(insurance: $0.insurance, membership: $0.membership, status: $0.status)
        }
    }

    /// The identity that counts for a person on `day` (G-10).
    package func identity(of person: UInt64, on day: CalendarDate, _ pack: PolicyPack) -> Identity {
        let identities = people.identities(of: person)
        let span = identities.span
        return pack.tables.identity(on: day, among: span, range: identities.indices)
    }

    /// True for a person of `region` now.
    package func belongs(_ person: UInt64, to region: String, on day: CalendarDate) -> Bool {
        people.basics(of: person, on: day)?.region == region
    }
}
