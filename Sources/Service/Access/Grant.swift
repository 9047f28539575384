/// Under which condition a role may call a method; a role without one may not call it.
///
/// Fields are named as in the .proto files, those of messages within messages with a dot: "referral.from".
package enum Grant: Sendable, Equatable {
    /// Whatever it asks.
    case all
    /// The institution in this field is one of the caller's.
    case ownInstitution(String)
    /// The same of a record that corrects none: what another institution recorded is not replaced by it.
    case ownNew(String)
    /// The same of a use of an account (个人账户) for a bill: premiums are the office's.
    case ownUse
    /// A claim of one of the caller's institutions that it sends online: what is handed in on paper is the office's.
    case ownClaim
    /// Every row of a batch is of one of the caller's institutions.
    case ownRows
    /// The settlement was made at one of the caller's institutions; none of these fields is set.
    case ownSettlement(without: [String])
    /// The application was received at the caller's service point (AH-1).
    case ownApplication
    /// One person, named by number; none of these fields is set. Each such question is recorded.
    case onePerson(without: [String])
    /// The person belongs to the caller's region and area today; named at the top, or in this message within.
    case person(within: String = "")
    /// The same of two persons, the second one in the field within: "member.other".
    case persons(and: String)
    /// A claim that is handed in on paper (手工报销) for a person of the caller's region and area.
    case manualClaim
    /// The settlement is of a person of the caller's region and area.
    case personsSettlement
    /// The person is new, or belongs to the caller's region and area, and belongs there afterwards.
    case registration
    /// The institution in this field is registered in the caller's region and area.
    case areaInstitution(String)
    /// The institution that is registered lies in the caller's region and area, before and afterwards.
    case institutionRecord(String)
    /// The region in this field is the caller's, and the caller is of the whole region.
    case wholeRegion(String)
    /// The region in the first field is the caller's, and the area in the second one lies in the caller's.
    case regionAndArea(String, String)
    /// Every item is what the caller may ask by itself.
    case items
}
