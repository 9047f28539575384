import Policy
import Population
import Settlement

/// One claim with everything that settles it, as a caller holds it.
struct Sample {
    var region: String
    var person: PersonRecord
    var claim: ClaimRecord
    /// The natural year of `accumulators`.
    var year: Int32
    /// The year so far, by the pack's names.
    var accumulators: [(name: String, amount: Fen)] = []

    init(region: String, person: PersonRecord, claim: ClaimRecord) {
        self.region = region
        self.person = person
        self.claim = claim
        year = claim.claim.serviceDate.year
    }

    init(_ row: ClaimRow) { self.init(region: row.region, person: row.person, claim: row.claim) }

    /// An employee's ordinary outpatient bill of 2,800 yuan in Chongqing: the source's example 003-1.
    static let plain = Sample(WorkedExamples.all[0])

    static func example(_ id: String) -> Sample { Sample(WorkedExamples.all.first { $0.id == id }!) }

    /// The sample after `change`.
    func with(_ change: (inout Sample) -> Void) -> Sample {
        var changed = self
        change(&changed)
        return changed
    }

    /// The bytes of a `CalculateRequest`.
    var request: [UInt8] {
        var request = WireMessage()
        request.text(1, region)
        request.message(2, claimMessage)
        request.message(3, personMessage)
        request.message(4, yearMessage)
        for account in person.accounts {
            var message = WireMessage()
            message.number(1, Int64(account.relation.rawValue))
            message.fixed64(2, person.number)
            message.number(3, account.balance)
            request.message(5, message)
        }
        return request.bytes
    }

    private var claimMessage: WireMessage {
        let claim = claim.claim
        var message = WireMessage()
        message.number(1, Int64(claim.kind.rawValue))
        message.fixed32(2, UInt32(bitPattern: claim.serviceDate.number))
        var cost = WireMessage()
        for (field, amount) in claim.cost.amounts.enumerated() { cost.number(field + 1, amount) }
        message.message(3, cost)
        var institution = WireMessage()
        institution.number(1, Int64(claim.institution.level.rawValue))
        institution.number(2, claim.institution.isChineseMedicine ? 1 : 0)
        institution.number(3, claim.institution.isCountyArea ? 1 : 0)
        institution.number(4, claim.institution.isOutOfCity ? 1 : 0)
        message.message(4, institution)
        message.text(5, self.claim.disease)
        message.number(6, claim.externalBasic)
        message.number(7, claim.externalLargeAmount)
        message.number(8, Int64(claim.accountUse.rawValue))
        message.number(9, Int64(claim.referredFrom.rawValue))
        return message
    }

    private var personMessage: WireMessage {
        var message = WireMessage()
        message.fixed64(1, person.number)
        message.number(2, Int64(person.facts.insurance.rawValue))
        message.number(3, Int64(person.facts.membership.rawValue))
        message.number(4, Int64(person.facts.status.rawValue))
        message.fixed32(5, UInt32(bitPattern: person.facts.covered.from.number))
        message.fixed32(6, UInt32(bitPattern: person.facts.covered.until.number))
        for record in person.identities {
            var identity = WireMessage()
            identity.number(1, Int64(record.identity.rawValue))
            identity.fixed32(2, UInt32(bitPattern: record.given.number))
            identity.fixed32(3, UInt32(bitPattern: record.ended.number))
            message.message(7, identity)
        }
        for record in person.filings {
            var filing = WireMessage()
            filing.text(1, record.disease)
            filing.fixed32(2, UInt32(bitPattern: record.inForce.from.number))
            filing.fixed32(3, UInt32(bitPattern: record.inForce.until.number))
            message.message(8, filing)
        }
        if !person.product.isEmpty {
            var cover = WireMessage()
            cover.text(1, person.product)
            cover.fixed32(2, UInt32(bitPattern: person.facts.boughtOn.number))
            cover.number(3, person.facts.hasPreExistingDisease ? 1 : 0)
            message.message(9, cover)
        }
        return message
    }

    private var yearMessage: WireMessage {
        var message = WireMessage()
        message.number(1, Int64(year))
        for accumulator in accumulators {
            var entry = WireMessage()
            entry.text(1, accumulator.name)
            entry.number(2, accumulator.amount)
            message.message(2, entry)
        }
        return message
    }
}

extension CostSplit {
    /// In the order of the fields of the wire's `CostSplit`.
    var amounts: [Fen] { [total, outOfCatalog, overLimit, firstSelfPay, inPolicy, inPolicyDrug, specialDrug] }
}
