import Policy
import Population
import Settlement

/// A `CalculateBatchRequest` as its columns, each of which a test may spoil before it is sent.
struct Batch {
    var region: String
    var wantsLayers = false
    var diseases: [String] = []
    var products: [String] = []
    var institutions = Institutions()
    var persons = Persons()
    var claims = Claims()

    struct Institutions {
        var level: [UInt8] = []
        var chineseMedicine: [UInt8] = []
        var countyArea: [UInt8] = []
        var outOfCity: [UInt8] = []
    }

    struct Persons {
        var year: [UInt32] = []
        var insurance: [UInt8] = []
        var membership: [UInt8] = []
        var status: [UInt8] = []
        var coveredFrom: [UInt32] = []
        var coveredUntil: [UInt32] = []
        var product: [UInt8] = []
        var boughtOn: [UInt32] = []
        var preExisting: [UInt8] = []
        var identityRow: [UInt32] = []
        var identity: [UInt8] = []
        var identityGiven: [UInt32] = []
        var identityEnded: [UInt32] = []
        var filingRow: [UInt32] = []
        var filingDisease: [UInt8] = []
        var filingFrom: [UInt32] = []
        var filingUntil: [UInt32] = []
        var accountRow: [UInt32] = []
        var accountRelation: [UInt8] = []
        var accountBalance: [Fen] = []
        var accumulatorNames: [String] = []
        var accumulators: [Fen] = []
    }

    struct Claims {
        var personRow: [UInt32] = []
        var serviceDate: [UInt32] = []
        var kind: [UInt8] = []
        var institution: [UInt32] = []
        var disease: [UInt8] = []
        var accountUse: [UInt8] = []
        var referredFrom: [UInt8] = []
        /// The seven amounts of `CostSplit`, in its order.
        var cost = [[Fen]](repeating: [], count: 7)
        var externalBasic: [Fen] = []
        var externalLargeAmount: [Fen] = []
    }

    init(region: String) { self.region = region }

    /// A batch of samples of one region, each with a person row of its own.
    init(_ samples: [Sample]) {
        self.init(region: samples[0].region)
        for sample in samples { add(sample.claim, row: add(sample)) }
    }

    /// The batch after `change`.
    func with(_ change: (inout Batch) -> Void) -> Batch {
        var changed = self
        change(&changed)
        return changed
    }

    /// Adds the sample's person and year as a row; returns its number.
    mutating func add(_ sample: Sample) -> Int {
        let row = UInt32(persons.year.count)
        let facts = sample.person.facts
        persons.year.append(UInt32(bitPattern: sample.year))
        persons.insurance.append(facts.insurance.rawValue)
        persons.membership.append(facts.membership.rawValue)
        persons.status.append(facts.status.rawValue)
        persons.coveredFrom.append(UInt32(bitPattern: facts.covered.from.number))
        persons.coveredUntil.append(UInt32(bitPattern: facts.covered.until.number))
        persons.product.append(Self.index(of: sample.person.product, in: &products))
        persons.boughtOn.append(UInt32(bitPattern: facts.boughtOn.number))
        persons.preExisting.append(facts.hasPreExistingDisease ? 1 : 0)
        for record in sample.person.identities {
            persons.identityRow.append(row)
            persons.identity.append(record.identity.rawValue)
            persons.identityGiven.append(UInt32(bitPattern: record.given.number))
            persons.identityEnded.append(UInt32(bitPattern: record.ended.number))
        }
        for record in sample.person.filings {
            persons.filingRow.append(row)
            persons.filingDisease.append(Self.index(of: record.disease, in: &diseases))
            persons.filingFrom.append(UInt32(bitPattern: record.inForce.from.number))
            persons.filingUntil.append(UInt32(bitPattern: record.inForce.until.number))
        }
        for account in sample.person.accounts {
            persons.accountRow.append(row)
            persons.accountRelation.append(UInt8(account.relation.rawValue))
            persons.accountBalance.append(account.balance)
        }
        if persons.accumulatorNames.isEmpty { persons.accumulatorNames = sample.accumulators.map(\.name) }
        precondition(persons.accumulatorNames == sample.accumulators.map(\.name), "samples name other accumulators")
        persons.accumulators += sample.accumulators.map(\.amount)
        return Int(row)
    }

    mutating func add(_ record: ClaimRecord, row: Int) {
        let claim = record.claim
        claims.personRow.append(UInt32(row))
        claims.serviceDate.append(UInt32(bitPattern: claim.serviceDate.number))
        claims.kind.append(claim.kind.rawValue)
        claims.institution.append(UInt32(institutions.level.count))
        institutions.level.append(claim.institution.level.rawValue)
        institutions.chineseMedicine.append(claim.institution.isChineseMedicine ? 1 : 0)
        institutions.countyArea.append(claim.institution.isCountyArea ? 1 : 0)
        institutions.outOfCity.append(claim.institution.isOutOfCity ? 1 : 0)
        claims.disease.append(Self.index(of: record.disease, in: &diseases))
        claims.accountUse.append(claim.accountUse.rawValue)
        claims.referredFrom.append(claim.referredFrom.rawValue)
        for (column, amount) in claim.cost.amounts.enumerated() { claims.cost[column].append(amount) }
        claims.externalBasic.append(claim.externalBasic)
        claims.externalLargeAmount.append(claim.externalLargeAmount)
    }

    /// 1 + the index of `code`, which is added where it is new; 0 for the empty one.
    private static func index(of code: String, in table: inout [String]) -> UInt8 {
        if code.isEmpty { return 0 }
        if let known = table.firstIndex(of: code) { return UInt8(known + 1) }
        table.append(code)
        return UInt8(table.count)
    }

    // MARK: As bytes

    var request: [UInt8] { request { $0.message(6, claimColumns) } }

    /// The request with its columns of claims as this says.
    func request(claims: (inout WireMessage) -> Void) -> [UInt8] {
        var request = WireMessage()
        request.text(1, region)
        claims(&request)
        request.number(2, wantsLayers ? 1 : 0)
        var table = WireMessage()
        table.column(1, institutions.level)
        table.column(2, institutions.chineseMedicine)
        table.column(3, institutions.countyArea)
        table.column(4, institutions.outOfCity)
        request.message(3, table)
        for disease in diseases { request.item(4, disease) }
        request.message(5, personTable)
        return request.bytes
    }

    private var personTable: WireMessage {
        var table = WireMessage()
        table.column(1, persons.year)
        table.column(2, persons.insurance)
        table.column(3, persons.membership)
        table.column(4, persons.status)
        table.column(5, persons.coveredFrom)
        table.column(6, persons.coveredUntil)
        table.column(7, persons.product)
        for product in products { table.item(8, product) }
        table.column(9, persons.boughtOn)
        table.column(10, persons.preExisting)
        table.column(11, persons.identityRow)
        table.column(12, persons.identity)
        table.column(13, persons.identityGiven)
        table.column(14, persons.identityEnded)
        table.column(15, persons.filingRow)
        table.column(16, persons.filingDisease)
        table.column(17, persons.filingFrom)
        table.column(18, persons.filingUntil)
        table.column(19, persons.accountRow)
        table.column(20, persons.accountRelation)
        table.column(21, persons.accountBalance)
        for name in persons.accumulatorNames { table.item(22, name) }
        table.column(23, persons.accumulators)
        return table
    }

    var claimColumns: WireMessage {
        var columns = WireMessage()
        columns.column(1, claims.personRow)
        columns.column(2, claims.serviceDate)
        columns.column(3, claims.kind)
        columns.column(4, claims.institution)
        columns.column(5, claims.disease)
        columns.column(6, claims.accountUse)
        columns.column(7, claims.referredFrom)
        for (index, amounts) in claims.cost.enumerated() { columns.column(8 + index, amounts) }
        columns.column(15, claims.externalBasic)
        columns.column(16, claims.externalLargeAmount)
        return columns
    }
}
