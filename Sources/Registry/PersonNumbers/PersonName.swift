import Records
import Settlement
import Text

/// How a caller says who is meant: by our number, by the platform's `person_no`, or by both, which must agree.
package struct PersonName: Equatable, Sendable {
    /// Our number; where `no` is given, 0 says nothing.
    package var number: UInt64
    /// The platform's number (psn_no); empty: the person is named by `number`.
    package var no: String
    /// The region in which `no` is meant; empty: not told, and then `no` must be one person's alone.
    package var region: String

    package init(_ number: UInt64 = 0, no: String = "", region: String = "") {
        self.number = number
        self.no = no
        self.region = region
    }
}

extension PersonName: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self.init(value) }
}

/// Fields in which a message names a person.
package struct PersonField: Equatable, Sendable {
    /// Of our number: "person".
    package var number: String
    /// Of the platform's: "person_no".
    package var no: String

    package static let person = PersonField(number: "person", no: "person_no")
    package static let relative = PersonField(number: "family.other", no: "family.other_no")

    package init(number: String, no: String) {
        self.number = number
        self.no = no
    }
}

extension Registry {
    /// Our number of the person who is named. By `person_no` it costs one look-up in a hash table more.
    ///
    /// - Throws: `FACT_INVALID` for a text that is no number or belongs to another person than `number`,
    ///   `PERSON_UNKNOWN` where nobody has it, `RECORD_CONFLICT` where persons of several regions do and none is told.
    package func person(_ name: PersonName, _ field: PersonField = .person) throws(DomainRefusal) -> UInt64 {
        if name.no.isEmpty { return name.number }
        guard let no = PersonNo(name.no) else { throw Registry.invalid(name.no, field.no) }
        let found: UInt64
        switch people.find(no, inRegion: name.region) {
        case .person(let number): found = number
        case .none:
            throw DomainRefusal(
                .personUnknown, field.no, name.no,
                name.region.isEmpty
                    ? "nobody is registered under it; register the person first"
                    : "nobody is registered under it in \(name.region); register the person, or correct the region")
        case .several:
            throw DomainRefusal(
                .recordConflict, field.no, name.no,
                "persons of \(people.regions(of: no).joined(separator: " and ")) have it; say the region")
        }
        guard name.number == 0 || name.number == found else {
            throw DomainRefusal(
                .factInvalid, field.no, name.no,
                "is not registered for the person of \(field.number) \(name.number); send one of the two, or correct it"
            )
        }
        return found
    }

    static func invalid(_ text: String, _ field: String) -> DomainRefusal {
        DomainRefusal(
            .factInvalid, field, String(text.prefix(2 * PersonNo.charactersMax)),
            "\(PersonNo.explanation); a spreadsheet that shows 5.1E+19 has lost it")
    }
}

extension DomainRefusal {
    /// The refusal as who named a person by `person_no` reads it: with that, and not with a number never sent.
    package func naming(_ name: PersonName, as number: UInt64, _ field: PersonField = .person) -> DomainRefusal {
        guard name.number == 0, !name.no.isEmpty, self.field == field.number, value == "\(number)" else { return self }
        var named = self
        named.field = field.no
        named.value = name.no
        return named
    }
}
