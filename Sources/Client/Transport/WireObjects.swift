import Policy
import Population
import Settlement
import WireMessages

/// An arena of one call's messages, which may point at each other and live as long as this object.
final class WireObjects {
    fileprivate var memory: [UnsafeMutableRawPointer] = []

    deinit { for piece in memory { piece.deallocate() } }

    func make<Message>(_ start: (UnsafeMutablePointer<Message>?) -> Void) -> UnsafeMutablePointer<Message> {
        let message = UnsafeMutablePointer<Message>.allocate(capacity: 1)
        memory.append(message)
        start(message)
        return message
    }

    func string(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { copy[index] = byte }
        memory.append(copy)
        return copy
    }

    /// Pointers as protobuf-c's repeated field.
    func array<Message>(
        _ messages: [UnsafeMutablePointer<Message>]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<Message>?>.allocate(capacity: max(1, messages.count))
        for (index, message) in messages.enumerated() { pointers[index] = message }
        memory.append(pointers)
        return pointers
    }
}

extension WireObjects {
    /// An array of values in the arena.
    func values<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let copy = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
        for (index, value) in values.enumerated() { (copy + index).initialize(to: value) }
        memory.append(copy)
        return copy
    }

    /// `row` as a request for one claim, with the year's accumulators by name.
    func request(
        _ row: ClaimRow, year: [(name: String, amount: Fen)]
    ) -> UnsafeMutablePointer<Jiesuan__V1__CalculateRequest> {
        let request = make(jiesuan__v1__calculate_request__init)
        request.pointee.region = string(row.region)
        request.pointee.claim = claim(row.claim)
        request.pointee.person = person(row.person)
        let state = make(jiesuan__v1__year_state__init)
        state.pointee.year = row.claim.claim.serviceDate.year
        let accumulators = year.map { entry in
            let accumulator = make(jiesuan__v1__accumulator__init)
            accumulator.pointee.name = string(entry.name)
            accumulator.pointee.amount = entry.amount
            return accumulator
        }
        state.pointee.n_accumulators = accumulators.count
        state.pointee.accumulators = array(accumulators)
        request.pointee.year = state
        let accounts = row.person.accounts.map { account in
            let balance = make(jiesuan__v1__account_balance__init)
            balance.pointee.relation = Jiesuan__V1__Relation(rawValue: UInt32(account.relation.rawValue))
            balance.pointee.balance = account.balance
            return balance
        }
        request.pointee.n_accounts = accounts.count
        request.pointee.accounts = array(accounts)
        return request
    }

    func claim(_ record: ClaimRecord) -> UnsafeMutablePointer<Jiesuan__V1__Claim> {
        let claim = record.claim
        let message = make(jiesuan__v1__claim__init)
        message.pointee.kind = Jiesuan__V1__ClaimKind(rawValue: UInt32(claim.kind.rawValue))
        message.pointee.service_date = UInt32(bitPattern: claim.serviceDate.number)
        message.pointee.disease = string(record.disease)
        message.pointee.external_basic = claim.externalBasic
        message.pointee.external_large_amount = claim.externalLargeAmount
        message.pointee.account_use = Jiesuan__V1__AccountUse(rawValue: UInt32(claim.accountUse.rawValue))
        message.pointee.referred_from = Jiesuan__V1__Level(rawValue: UInt32(claim.referredFrom.rawValue))
        let cost = make(jiesuan__v1__cost_split__init)
        cost.pointee.total = claim.cost.total
        cost.pointee.out_of_catalog = claim.cost.outOfCatalog
        cost.pointee.over_limit = claim.cost.overLimit
        cost.pointee.first_self_pay = claim.cost.firstSelfPay
        cost.pointee.in_policy = claim.cost.inPolicy
        cost.pointee.in_policy_drug = claim.cost.inPolicyDrug
        cost.pointee.special_drug = claim.cost.specialDrug
        message.pointee.cost = cost
        let institution = make(jiesuan__v1__institution__init)
        institution.pointee.level = Jiesuan__V1__Level(rawValue: UInt32(claim.institution.level.rawValue))
        institution.pointee.chinese_medicine = claim.institution.isChineseMedicine ? 1 : 0
        institution.pointee.county_area = claim.institution.isCountyArea ? 1 : 0
        institution.pointee.out_of_city = claim.institution.isOutOfCity ? 1 : 0
        message.pointee.institution = institution
        return message
    }

    private func person(_ record: PersonRecord) -> UnsafeMutablePointer<Jiesuan__V1__PersonFacts> {
        let facts = record.facts
        let message = make(jiesuan__v1__person_facts__init)
        message.pointee.person = record.number
        message.pointee.insurance = Jiesuan__V1__Insurance(rawValue: UInt32(facts.insurance.rawValue))
        message.pointee.membership = Jiesuan__V1__Membership(rawValue: UInt32(facts.membership.rawValue))
        message.pointee.status = Jiesuan__V1__WorkStatus(rawValue: UInt32(facts.status.rawValue))
        message.pointee.covered_from = UInt32(bitPattern: facts.covered.from.number)
        message.pointee.covered_until = UInt32(bitPattern: facts.covered.until.number)
        let identities = record.identities.map { identity in
            let dated = make(jiesuan__v1__dated_identity__init)
            dated.pointee.identity = Jiesuan__V1__Identity(rawValue: UInt32(identity.identity.rawValue))
            dated.pointee.given = UInt32(bitPattern: identity.given.number)
            dated.pointee.ended = UInt32(bitPattern: identity.ended.number)
            return dated
        }
        message.pointee.n_identities = identities.count
        message.pointee.identities = array(identities)
        let filings = record.filings.map { record in
            let filing = make(jiesuan__v1__disease_filing__init)
            filing.pointee.disease = string(record.disease)
            filing.pointee.from = UInt32(bitPattern: record.inForce.from.number)
            filing.pointee.until = UInt32(bitPattern: record.inForce.until.number)
            return filing
        }
        message.pointee.n_filings = filings.count
        message.pointee.filings = array(filings)
        if !record.product.isEmpty {
            let cover = make(jiesuan__v1__supplementary_cover__init)
            cover.pointee.product = string(record.product)
            cover.pointee.bought_on = UInt32(bitPattern: facts.boughtOn.number)
            cover.pointee.pre_existing = facts.hasPreExistingDisease ? 1 : 0
            message.pointee.supplementary = cover
        }
        return message
    }
}
