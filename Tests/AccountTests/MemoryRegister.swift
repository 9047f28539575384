import Accounts
import Policy
import Settlement

/// A register in memory: what accounts ask of it, person by person.
final class MemoryRegister: AccountFacts {
    struct Person {
        var region = "chongqing"
        var credit: CreditFacts
        var departure = AccountDeparture.none
    }

    let library: PolicyLibrary
    var people: [UInt64: Person] = [:]
    /// By owner, then by the other person.
    var family: [UInt64: [UInt64: UseFacts.Beneficiary]] = [:]
    var institutions: [String: UseFacts.Institution] = [:]

    init(library: PolicyLibrary) { self.library = library }

    var persons: [UInt64] { Array(people.keys) }
    var personCount: Int { people.count }

    func region(of person: UInt64, on day: CalendarDate) -> String? { people[person]?.region }

    func creditFacts(of person: UInt64, on day: CalendarDate) -> CreditFacts {
        people[person]?.credit
            ?? CreditFacts(person: person, insurance: .unspecified, membership: .unspecified, status: .unspecified)
    }

    func beneficiary(_ person: UInt64, of owner: UInt64, on day: CalendarDate) -> UseFacts.Beneficiary {
        person == owner ? .own : family[owner]?[person] ?? .other
    }

    func isRetired(_ person: UInt64, on day: CalendarDate) -> Bool { people[person]?.credit.status == .retired }

    func institution(_ code: String, on day: CalendarDate) -> UseFacts.Institution {
        code.isEmpty ? .none : institutions[code] ?? .unknown
    }

    func departure(of person: UInt64, on day: CalendarDate) -> AccountDeparture { people[person]?.departure ?? .none }
}
