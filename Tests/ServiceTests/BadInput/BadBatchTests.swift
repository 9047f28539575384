import Client
import Policy
import Population
import RPC
import Settlement
import Testing

/// Batches that are wrong, against the real server process.
@Suite struct `Bad batches` {
    /// Three persons with everything that a person row can have, one claim each.
    static let good: Batch = {
        let row = Sample.plain.with {
            $0.region = "chongqing"
            $0.claim.claim.serviceDate = CalendarDate(2024_06_30)
            $0.person.identities = [DatedIdentity(.destitute, given: CalendarDate(2024_01_01))]
            $0.person.filings = [FilingRecord(disease: "hypertension", inForce: DateRange())]
            $0.person.product = "yukuaibao_2023_basic"
            $0.person.facts.boughtOn = CalendarDate(2022_12_01)
            $0.claim.disease = "hypertension"
            $0.accumulators = Packs.pack("chongqing").accumulators.map { ($0.name, 0) }
        }
        return Batch([row, row, row])
    }()

    @Test func `the batch that these tests spoil is good`() throws {
        let server = try ServerProcess()
        guard case .batch(let answer) = try server.connect().batch(Self.good) else {
            Issue.record("the good batch is refused")
            return
        }
        #expect(answer.errors.isEmpty && answer.rows.count == 3)
    }

    // MARK: The batch as a whole: EREQUEST, or one domain error

    private func expect(
        _ rows: [(what: String, bytes: [UInt8], code: Int32, words: [String])],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let server = try ServerProcess()
        let client = try server.connect()
        for row in rows {
            let reply = try client.batch(bytes: row.bytes)
            guard case .failed(let code, let text) = reply else {
                Issue.record("\(row.what) is not refused: \(reply)", sourceLocation: sourceLocation)
                continue
            }
            #expect(code == row.code, "\(row.what): \(code) \(text)", sourceLocation: sourceLocation)
            for word in row.words {
                #expect(text.contains(word), "\(row.what): \(text)", sourceLocation: sourceLocation)
            }
        }
        try server.expectHealthy(after: "bad batches")
    }

    private static let badRequest = RPCErrorCode.badRequest.rawValue

    /// Each column has an entry for each row, or none.
    static let columns: [(name: String, shorten: @Sendable (inout Batch) -> Void)] = [
        ("institutions.chinese_medicine", { $0.institutions.chineseMedicine.removeLast() }),
        ("institutions.county_area", { $0.institutions.countyArea.removeLast() }),
        ("institutions.out_of_city", { $0.institutions.outOfCity.removeLast() }),
        ("institutions.level", { $0.institutions.level.removeLast() }),
        ("persons.insurance", { $0.persons.insurance.removeLast() }),
        ("persons.membership", { $0.persons.membership.append(1) }),
        ("persons.status", { $0.persons.status.removeLast() }),
        ("persons.covered_from", { $0.persons.coveredFrom.removeLast() }),
        ("persons.covered_until", { $0.persons.coveredUntil.append(1) }),
        ("persons.product", { $0.persons.product.removeLast() }),
        ("persons.bought_on", { $0.persons.boughtOn.removeLast() }),
        ("persons.pre_existing", { $0.persons.preExisting.removeLast() }),
        ("persons.identity", { $0.persons.identity.removeLast() }),
        ("persons.identity_given", { $0.persons.identityGiven.append(0) }),
        ("persons.identity_ended", { $0.persons.identityEnded.removeLast() }),
        ("persons.filing_disease", { $0.persons.filingDisease.removeLast() }),
        ("persons.filing_from", { $0.persons.filingFrom.removeLast() }),
        ("persons.filing_until", { $0.persons.filingUntil.append(0) }),
        ("persons.account_relation", { $0.persons.accountRelation.removeLast() }),
        ("persons.account_balance", { $0.persons.accountBalance.removeLast() }),
        ("persons.accumulators", { $0.persons.accumulators.removeLast() }),
        ("claims.service_date", { $0.claims.serviceDate.removeLast() }),
        ("claims.kind", { $0.claims.kind.append(1) }),
        ("claims.institution", { $0.claims.institution.removeLast() }),
        ("claims.disease", { $0.claims.disease.removeLast() }),
        ("claims.account_use", { $0.claims.accountUse.removeLast() }),
        ("claims.referred_from", { $0.claims.referredFrom.append(0) }),
        ("claims.total", { $0.claims.cost[0].removeLast() }),
        ("claims.out_of_catalog", { $0.claims.cost[1].removeLast() }),
        ("claims.over_limit", { $0.claims.cost[2].removeLast() }),
        ("claims.first_self_pay", { $0.claims.cost[3].append(0) }),
        ("claims.in_policy", { $0.claims.cost[4].removeLast() }),
        ("claims.in_policy_drug", { $0.claims.cost[5].removeLast() }),
        ("claims.special_drug", { $0.claims.cost[6].removeLast() }),
        ("claims.external_basic", { $0.claims.externalBasic.removeLast() }),
        ("claims.external_large_amount", { $0.claims.externalLargeAmount.append(0) }),
    ]

    @Test func `a column of the wrong length is named with its entries`() throws {
        try expect(
            Self.columns.map { column in
                (column.name, Self.good.with(column.shorten).request, Self.badRequest, [column.name, "entries"])
            })
    }

    @Test func `records must be ordered by the rows that they belong to`() throws {
        let name = "persons."
        try expect([
            (
                "identities out of order", Self.good.with { $0.persons.identityRow = [1, 0, 2] }.request, Self.badRequest,
                [name + "identity_row[1]", "out of order"]
            ),
            (
                "a row twice", Self.good.with { $0.persons.filingRow = [0, 1, 0] }.request, Self.badRequest,
                [name + "filing_row[2]", "out of order"]
            ),
            (
                "accounts out of order", Self.good.with { $0.persons.accountRow = [2, 1, 0] }.request, Self.badRequest,
                [name + "account_row[1]", "out of order"]
            ),
            (
                "an identity of nobody", Self.good.with { $0.persons.identityRow[2] = 3 }.request, Self.badRequest,
                [name + "identity_row[2]", "not a row of persons"]
            ),
            (
                "a filing of nobody", Self.good.with { $0.persons.filingRow[0] = .max }.request, Self.badRequest,
                [name + "filing_row[0]", "not a row of persons"]
            ),
            (
                "nine accounts",
                Self.good.with {
                    $0.persons.accountRow = [UInt32](repeating: 1, count: 9)
                    $0.persons.accountRelation = [UInt8](repeating: 0, count: 9)
                    $0.persons.accountBalance = [Fen](repeating: 1, count: 9)
                }.request, Self.badRequest, [name + "account_row[", "ninth account"]
            ),
        ])
    }

    @Test func `names that the pack does not have, and names said twice, are refused`() throws {
        let names = Packs.pack("chongqing").accumulators.map(\.name)
        try expect([
            (
                "an unknown region", Self.good.with { $0.region = "atlantis" }.request, 4001,
                ["REGION_UNKNOWN", "atlantis"]
            ),
            (
                "an unknown accumulator", Self.good.with { $0.persons.accumulatorNames[0] = "no_such_name" }.request, 4008,
                ["ACCUMULATOR_UNKNOWN", "no_such_name", names[0]]
            ),
            (
                "an accumulator twice", Self.good.with { $0.persons.accumulatorNames[1] = names[0] }.request,
                Self.badRequest, ["persons.accumulator_names", "twice"]
            ),
            (
                "33 names",
                Self.good.with {
                    $0.persons.accumulatorNames = [String](repeating: names[0], count: 33)
                }.request, Self.badRequest, ["persons.accumulator_names", "more than 32"]
            ),
        ])
    }

    @Test func `tables larger than a batch may have are refused`() throws {
        let most = BatchLimitsOfTheWire.self
        func rows(_ count: Int) -> [UInt32] { [UInt32](repeating: 0, count: count) }
        try expect([
            (
                "65,537 claims", Self.good.with { $0.claims.personRow = rows(most.rows + 1) }.request, Self.badRequest,
                ["claims", "65,536"]
            ),
            (
                "65,537 persons", Self.good.with { $0.persons.year = rows(most.rows + 1) }.request, Self.badRequest,
                ["persons", "65,536"]
            ),
            (
                "524,289 identities", Self.good.with { $0.persons.identityRow = rows(most.records + 1) }.request,
                Self.badRequest, ["identities", "524,288"]
            ),
            (
                "524,289 filings", Self.good.with { $0.persons.filingRow = rows(most.records + 1) }.request,
                Self.badRequest, ["filings", "524,288"]
            ),
            (
                "524,289 accounts", Self.good.with { $0.persons.accountRow = rows(most.records + 1) }.request,
                Self.badRequest, ["accounts", "524,288"]
            ),
            (
                "65,537 institutions",
                Self.good.with {
                    $0.institutions.level = [UInt8](repeating: 1, count: most.rows + 1)
                }.request, Self.badRequest, ["institutions", "65,536"]
            ),
            (
                "256 diseases", Self.good.with { $0.diseases = [String](repeating: "dialysis", count: 256) }.request,
                Self.badRequest, ["diseases", "255"]
            ),
            (
                "a million products", Self.good.with { $0.products = [String](repeating: "", count: 1_000_000) }.request,
                Self.badRequest, ["products", "255"]
            ),
        ])
    }

    private enum BatchLimitsOfTheWire {
        static let rows = 65_536
        static let records = 8 * 65_536
    }

    @Test func `a batch without its tables is refused`() throws {
        var empty = WireMessage()
        empty.text(1, "chongqing")
        var onlyClaims = empty
        onlyClaims.message(6, WireMessage())
        try expect([
            ("no claims", empty.bytes, Self.badRequest, ["claims is missing"]),
            ("no persons", onlyClaims.bytes, Self.badRequest, ["persons is missing"]),
        ])
    }

    // MARK: One item

    @Test func `an item that is wrong has its own error and the others are settled`() throws {
        typealias Item = (code: DomainCode, field: String, value: String, spoil: (inout Batch) -> Void)
        let items: [Item] = [
            (.factInvalid, "claims.person_row", "3", { $0.claims.personRow[1] = 3 }),
            (.factInvalid, "claims.person_row", "4294967295", { $0.claims.personRow[1] = .max }),
            (.factInvalid, "claims.institution", "3", { $0.claims.institution[1] = 3 }),
            (.factInvalid, "claims.institution", "4294967295", { $0.claims.institution[1] = .max }),
            (.factInvalid, "claims.disease", "2", { $0.claims.disease[1] = 2 }),
            (.factInvalid, "claims.disease", "255", { $0.claims.disease[1] = 255 }),
            (
                .factInvalid, "claims.disease", "2",
                {
                    $0.diseases.append("plague")
                    $0.claims.disease[1] = 2
                }
            ),
            (.factInvalid, "claims.kind", "8", { $0.claims.kind[1] = 8 }),
            (.factInvalid, "claims.account_use", "3", { $0.claims.accountUse[1] = 3 }),
            (.factInvalid, "claims.referred_from", "4", { $0.claims.referredFrom[1] = 4 }),
            (.factInvalid, "persons.insurance", "3", { $0.persons.insurance[1] = 3 }),
            (.factInvalid, "persons.membership", "4", { $0.persons.membership[1] = 4 }),
            (.factInvalid, "persons.status", "255", { $0.persons.status[1] = 255 }),
            (.factInvalid, "persons.identity", "8", { $0.persons.identity[1] = 8 }),
            (.factInvalid, "persons.filing_disease", "2", { $0.persons.filingDisease[1] = 2 }),
            (
                .factInvalid, "persons.filing_disease", "plague",
                {
                    $0.diseases.append("plague")
                    $0.persons.filingDisease[1] = 2
                }
            ),
            (.factInvalid, "persons.account_relation", "4", { $0.persons.accountRelation[1] = 4 }),
            (.factInvalid, "persons.product", "2", { $0.persons.product[1] = 2 }),
            (
                .factInvalid, "persons.product", "lottery",
                {
                    $0.products.append("lottery")
                    $0.persons.product[1] = 2
                }
            ),
            (.dateInvalid, "claims.service_date", "20240230", { $0.claims.serviceDate[1] = 20_240_230 }),
            (.dateInvalid, "claims.service_date", "4294967295", { $0.claims.serviceDate[1] = .max }),
            (.dateInvalid, "persons.covered_until", "20240230", { $0.persons.coveredUntil[1] = 20_240_230 }),
            (.dateInvalid, "persons.identity_given", "4294967295", { $0.persons.identityGiven[1] = .max }),
            (.dateInvalid, "persons.filing_until", "20240230", { $0.persons.filingUntil[1] = 20_240_230 }),
            (.dateInvalid, "persons.bought_on", "20240230", { $0.persons.boughtOn[1] = 20_240_230 }),
            (.amountOutOfRange, "claims.in_policy", "-1", { $0.claims.cost[4][1] = -1 }),
            (.amountOutOfRange, "claims.total", "1000000000001", { $0.claims.cost[0][1] = AmountLimit.claimMax + 1 }),
            (.amountsDoNotAddUp, "claims.total", "280001", { $0.claims.cost[0][1] += 1 }),
            (.partExceedsWhole, "claims.in_policy_drug", "280001", { $0.claims.cost[5][1] = 280_001 }),
            (.yearMismatch, "persons.year", "2023", { $0.persons.year[1] = 2023 }),
            (
                .accumulatorOutOfRange, "persons.accumulators", "-1",
                { batch in
                    batch.persons.accumulators[batch.persons.accumulatorNames.count] = -1
                }
            ),
            (.accumulatorOutOfRange, "persons.account_balance", "-1", { $0.persons.accountBalance[1] = -1 }),
            (
                .policyNotInForce, "claims.service_date", "20211231",
                {
                    $0.claims.serviceDate[1] = 20_211_231
                    $0.persons.year[1] = 2021
                }
            ),
            (.purchaseNotValid, "persons.bought_on", "20230101", { $0.persons.boughtOn[1] = 20_230_101 }),
            (.notCovered, "persons.covered_from", "20240701..", { $0.persons.coveredFrom[1] = 20_240_701 }),
            (.factMissing, "institutions.level", "0", { $0.institutions.level[1] = 0 }),
        ]
        let server = try ServerProcess()
        let client = try server.connect()
        guard case .batch(let good) = try client.batch(Self.good) else { return }
        for item in items {
            let reply = try client.batch(Self.good.with(item.spoil))
            guard case .batch(let answer) = reply else {
                Issue.record("\(item.field) = \(item.value): \(reply)")
                continue
            }
            #expect(answer.errors.count == 1, "\(item.field) = \(item.value): \(answer.errors)")
            guard let error = answer.errors.first else { continue }
            #expect(error.item == 1 && error.code == Int32(item.code.rawValue), "\(item.field): \(error)")
            #expect(error.field == item.field && error.value == item.value, "\(item.field) = \(item.value): \(error)")
            #expect(!error.message.isEmpty)
            // Nothing of the refused claim stands in the answer, and its neighbours are what they were.
            #expect(answer.rows == [good.rows[0], .zeros, good.rows[2]], "\(item.field)")
            #expect(answer.year(0) == good.year(0) && answer.year(2) == good.year(2), "\(item.field)")
        }
        try server.expectHealthy(after: "bad items")
    }

    /// Every claim is refused with a text: what such a batch asks for must not grow out of proportion.
    @Test func `a whole batch of refused claims is answered item by item`() throws {
        let server = try ServerProcess()
        let client = try server.connect()
        let count = 65_536
        var batch = Batch([Sample.plain])
        batch.diseases = ["plague"]
        batch.claims.personRow = [UInt32](repeating: 0, count: count)
        batch.claims.disease = [UInt8](repeating: 1, count: count)
        batch.claims.institution = batch.claims.personRow
        batch.claims.kind = [UInt8](repeating: 2, count: count)
        batch.claims.serviceDate = [UInt32](repeating: 20_240_630, count: count)
        batch.claims.accountUse = []
        batch.claims.referredFrom = []
        batch.claims.cost = [[Fen]](repeating: [], count: 7)
        batch.claims.externalBasic = []
        batch.claims.externalLargeAmount = []
        let sent = compressed(batch.request, .gzip)
        let answer = try client.batch(bytes: batch.request, compression: .gzip)
        guard case .batch(let answer) = answer else {
            Issue.record("a batch of bad claims has no answer: \(answer)")
            return
        }
        #expect(answer.errors.map(\.item) == Array(0..<count))
        let first = answer.errors.first
        #expect(first?.code == Int32(DomainCode.factInvalid.rawValue) && first?.field == "claims.disease")
        #expect(first?.value == "1" && first?.message.contains("hypertension") == true)
        #expect(answer.errors.allSatisfy { $0.message == first?.message && $0.value == first?.value })
        #expect(answer.rows == [Amounts](repeating: .zeros, count: count))
        #expect(sent.count < 8 << 10)
        try server.expectHealthy(after: "65,536 bad items")
    }
}
