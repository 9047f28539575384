import Records
import Registry
import Settlement
import WireMessages

/// Errors of a request that the calculator does not check itself.
enum RequestProblem: Error {
    /// The message lacks a part or says something twice: EREQUEST.
    case malformed(StaticString)
    /// A column has neither no entry nor one per row: EREQUEST.
    case column(StaticString, entries: Int, rows: Int)
    /// A record of a table names a row that does not exist: EREQUEST.
    case record(StaticString, entry: Int, StaticString)
    /// A domain error about a field whose value the domain's types cannot hold.
    case refused(Refusal, value: String)
    /// A domain error about a field of the ledger's or the register's requests.
    case domain(DomainRefusal)
}

extension RequestProblem {
    static func invalid(_ field: ClaimField, _ value: some BinaryInteger) -> RequestProblem {
        .refused(Refusal(.factInvalid, field), value: "\(value)")
    }

    static func invalid(_ field: ClaimField, _ text: UnsafePointer<CChar>) -> RequestProblem {
        .refused(Refusal(.factInvalid, field), value: String(cString: text))
    }

    /// The refusal of a row; what spoils a whole request has none.
    var refusal: Refusal {
        if case .refused(let refusal, _) = self { refusal } else { .none }
    }

    /// The number that was refused; nil where it was a text.
    var number: UInt32? {
        if case .refused(_, let value) = self { UInt32(value) } else { nil }
    }
}

/// A number of the wire as one of our enums.
@inline(__always)
func fact<Fact: RawRepresentable>(
    _ number: UInt32, _ field: ClaimField, as type: Fact.Type = Fact.self
) throws(RequestProblem) -> Fact where Fact.RawValue == UInt8 {
    guard number < 256, let fact = Fact(rawValue: UInt8(truncatingIfNeeded: number)) else {
        throw .invalid(field, number)
    }
    return fact
}

/// A date of the wire; 0 is "none". Whether it exists is checked where it matters.
@inline(__always)
func date(_ number: UInt32, _ field: ClaimField) throws(RequestProblem) -> CalendarDate {
    guard let small = Int32(exactly: number) else {
        throw .refused(Refusal(.dateInvalid, field), value: "\(number)")
    }
    let date = CalendarDate(small)
    guard small == 0 || date.exists else { throw .refused(Refusal(.dateInvalid, field), value: "\(number)") }
    return date
}

/// A date of the wire that must be there.
@inline(__always)
func day(_ number: UInt32, _ field: ClaimField) throws(RequestProblem) -> CalendarDate {
    guard number != 0 else { throw .refused(Refusal(.dateInvalid, field), value: "0") }
    return try date(number, field)
}

extension ServedRegion {
    func claim(_ message: Jiesuan__V1__Claim) throws(RequestProblem) -> Claim {
        guard let cost = message.cost?.pointee else { throw .malformed("claim.cost is missing") }
        var institution = Institution()
        if let hospital = message.institution?.pointee {
            institution.level = try fact(hospital.level.rawValue, .level)
            institution.isChineseMedicine = hospital.chinese_medicine != 0
            institution.isCountyArea = hospital.county_area != 0
            institution.isOutOfCity = hospital.out_of_city != 0
        }
        return Claim(
            kind: try fact(message.kind.rawValue, .kind),
            // Whether the day exists is the claim's own check, in its turn.
            serviceDate: CalendarDate(Int32(clamping: message.service_date)),
            cost: CostSplit(
                total: cost.total, outOfCatalog: cost.out_of_catalog, overLimit: cost.over_limit,
                firstSelfPay: cost.first_self_pay, inPolicy: cost.in_policy, inPolicyDrug: cost.in_policy_drug,
                specialDrug: cost.special_drug),
            institution: institution,
            disease: try disease(message.disease, .disease),
            externalBasic: message.external_basic,
            externalLargeAmount: message.external_large_amount,
            accountUse: try fact(message.account_use.rawValue, .accountUse),
            referredFrom: try fact(message.referred_from.rawValue, .referredFrom))
    }

    func facts(_ message: Jiesuan__V1__PersonFacts) throws(RequestProblem) -> PersonFacts {
        var facts = PersonFacts(
            insurance: try fact(message.insurance.rawValue, .insurance),
            membership: try fact(message.membership.rawValue, .membership),
            status: try fact(message.status.rawValue, .status))
        // Values outside their lists are reported before dates that do not exist, the order of the error registry.
        if let cover = message.supplementary?.pointee { facts.product = try product(cover.product) }
        facts.covered = DateRange(
            from: try date(message.covered_from, .covered), until: try date(message.covered_until, .coveredUntil))
        if let cover = message.supplementary?.pointee {
            facts.boughtOn = try date(cover.bought_on, .boughtOn)
            facts.hasPreExistingDisease = cover.pre_existing != 0
        }
        return facts
    }

    /// 1 + the index of a disease code; 0 for the empty one.
    func disease(_ code: UnsafePointer<CChar>?, _ field: ClaimField) throws(RequestProblem) -> UInt8 {
        guard let code, code.pointee != 0 else { return 0 }
        guard let index = diseases.index(of: code, hint: 0) else { throw .invalid(field, code) }
        return UInt8(index + 1)
    }

    /// 1 + the index of a product id; 0 for the empty one.
    func product(_ id: UnsafePointer<CChar>?) throws(RequestProblem) -> UInt8 {
        guard let id, id.pointee != 0 else { return 0 }
        guard let index = products.index(of: id, hint: 0) else { throw .invalid(.product, id) }
        return UInt8(index + 1)
    }

    func identity(_ message: Jiesuan__V1__DatedIdentity) throws(RequestProblem) -> DatedIdentity {
        DatedIdentity(
            try fact(message.identity.rawValue, .identity),
            given: try day(message.given, .identityGiven), ended: try date(message.ended, .identityEnded))
    }

    func filing(_ message: Jiesuan__V1__DiseaseFiling) throws(RequestProblem) -> DatedFiling {
        let disease = try disease(message.disease, .filing)
        guard disease != 0 else { throw .refused(Refusal(.factInvalid, .filing), value: "") }
        return DatedFiling(
            disease: disease,
            inForce: DateRange(from: try date(message.from, .filingFrom), until: try date(message.until, .filingUntil)))
    }

    /// Fills `year` with the accumulators of `message`; those not named are 0.
    func readYear(_ message: Jiesuan__V1__YearState, into year: UnsafeMutablePointer<Fen>) throws(RequestProblem) {
        year.update(repeating: 0, count: CalculatorLimit.slotsMax)
        var seen: UInt32 = 0
        for position in 0..<message.n_accumulators {
            guard let accumulator = message.accumulators[position]?.pointee, let name = accumulator.name else {
                throw .malformed("year.accumulators has an entry without a name")
            }
            guard let slot = accumulators.index(of: name, hint: position) else {
                throw .refused(Refusal(.accumulatorUnknown, .accumulator), value: String(cString: name))
            }
            guard seen & (1 << UInt32(slot)) == 0 else {
                throw .malformed("year.accumulators names an accumulator twice")
            }
            seen |= 1 << UInt32(slot)
            year[slot] = accumulator.amount
        }
    }
}
