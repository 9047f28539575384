import Records
import Settlement

/// A fact as the register keeps it: plain, at most 36 bytes; names and referrals stand in tables beside it.
enum StoredFact: BitwiseCopyable {
    case basics(region: UInt16, birthMonth: Int32, since: CalendarDate, area: UInt16)
    case enrolment(StoredEnrolment)
    case purchase(product: UInt16, boughtOn: CalendarDate, isPreExisting: Bool, premium: UInt32)
    case identity(DatedIdentity, Department)
    case family(otherHigh: UInt32, otherLow: UInt32, FamilyRelation, DateRange)
    case special(disease: UInt16, DateRange)
    /// Index into the register's referrals.
    case referral(UInt32)
    case departure(Departure)
    case withdrawn
}

/// `Enrolment` with its amounts in 32 bits: 0 … `RegistryLimit.premiumMax`.
struct StoredEnrolment: BitwiseCopyable {
    let insurance: Insurance
    let membership: Membership
    let status: WorkStatus
    let payer: PremiumPayer
    let covered: DateRange
    private let paidOn: CalendarDate
    private let lumpSumUntil: CalendarDate
    private let contributionBase: UInt32
    private let premiumDue: UInt32
    private let premiumSubsidised: UInt32

    init(_ enrolment: Enrolment) {
        insurance = enrolment.insurance
        membership = enrolment.membership
        status = enrolment.status
        payer = enrolment.payer
        covered = enrolment.covered
        paidOn = enrolment.paidOn
        lumpSumUntil = enrolment.lumpSumUntil
        contributionBase = UInt32(clamping: enrolment.contributionBase)
        premiumDue = UInt32(clamping: enrolment.premiumDue)
        premiumSubsidised = UInt32(clamping: enrolment.premiumSubsidised)
    }

    var enrolment: Enrolment {
        Enrolment(
            insurance, membership: membership, status: status, covered: covered, payer: payer, paidOn: paidOn,
            lumpSumUntil: lumpSumUntil, contributionBase: Fen(contributionBase), premiumDue: Fen(premiumDue),
            premiumSubsidised: Fen(premiumSubsidised))
    }
}

/// A record of a person; each links to the one recorded before it, so a person's records are a list, the newest first.
struct StoredEntry: BitwiseCopyable {
    var recorded: Moment
    /// 1 + row of the entry recorded before it; 0: none.
    let previous: UInt32
    let number: UInt16
    let supersedes: UInt16
    var supersededBy: UInt16
    let fact: StoredFact

    /// Nothing corrected it, and it is no mere correction.
    var stands: Bool { supersededBy == 0 }
}

/// A person in the register: the registration itself, and where the other records begin.
struct StoredPerson: BitwiseCopyable {
    let number: UInt64
    var recorded: Moment
    /// 1 + row of the newest entry; 0: none but the registration.
    var newest: UInt32
    let birthMonth: Int32
    let region: UInt16
    /// Entries so far, the registration included.
    var entries: UInt16
    /// The entry that corrected the registration; `.max`: none did, but some move follows it; 0: neither.
    var newerBasics: UInt16 = 0
    let area: UInt16
}

extension StoredPerson {
    /// Some entry corrects or follows the registration.
    var hasNewerBasics: Bool { newerBasics != 0 }
    /// The entry that corrected the registration; 0: it stands.
    var supersededBy: UInt16 { newerBasics == .max ? 0 : newerBasics }
}
