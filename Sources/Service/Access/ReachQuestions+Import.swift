import Ledger
import Records
import Registry
import Settlement

/// Items of an import, each asked as if it came by itself.
extension ReachQuestions {
    /// Why an item lies out of the caller's reach; nil: in it.
    func refusal(of request: RegistryRequest) -> DomainRefusal? {
        switch request.asked {
        case .area:
            return AccessCheck.refused("area", "the table of areas is the server's operator's", rule: "G-17")
        case .institution(let record):
            guard !reach.region.isEmpty, record.region == reach.region else {
                return AccessCheck.refused(
                    "institution.region", "this caller is of the region \(reach.region): name it")
            }
            return area(record.area, "institution.area")
                ?? Array(record.code.utf8).withUnsafeBytes { institution($0, "institution.code") }
        case .person(let number, let basics, _):
            guard basics.region == reach.region, !reach.region.isEmpty else {
                return AccessCheck.refused("region", "this caller is of the region \(reach.region): name it")
            }
            var name = request.names?.person ?? PersonName(number)
            if name.no.isEmpty { name.no = basics.personNo }
            return area(basics.area, "area")
                ?? (registered(name, region: basics.region) ? nil : Self.foreign("person", reach))
        default:
            let name = request.names?.person ?? PersonName(request.asked.person)
            guard holdsOrNew(named(name)) else { return Self.foreign("person", reach) }
            // A relation opens either one's account to the other (CQ-31).
            guard case .family(_, let member, _) = request.asked else { return nil }
            var other = request.names?.other ?? PersonName(member.other)
            if other.no.isEmpty { other = PersonName(member.other) }
            return holdsOrNew(named(other)) ? nil : Self.foreign("member.other", reach)
        }
    }
}

extension RegistryRequest {
    /// Whose record it is; 0 where it is nobody's.
    fileprivate var person: UInt64 {
        switch self {
        case .area, .institution, .named: 0
        case .person(let person, _, _), .enrol(let person, _), .change(let person, _), .endEnrolment(let person, _),
            .buy(let person, _, _), .identity(let person, _, _), .endIdentity(let person, _, _),
            .family(let person, _, _), .special(let person, _, _), .referral(let person, _, _),
            .feedback(let person, _), .chronicReport(let person, _), .endPerson(let person, _, _),
            .withdraw(let person, _, _):
            person
        }
    }
}
