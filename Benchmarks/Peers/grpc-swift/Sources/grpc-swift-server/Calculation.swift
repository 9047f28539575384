import CCalculator
import GRPCCore
import SwiftProtobuf
import WireMessages

/// One CalculateRequest through the C calculator: messages to structs and back.
struct Calculation: Sendable {
    /// The tables in memory that never moves: the calculator takes a pointer.
    nonisolated(unsafe) private static let tables: UnsafePointer<calculator_tables> = {
        let memory = UnsafeMutablePointer<calculator_tables>.allocate(capacity: 1)
        memory.initialize(to: yantai_tables)
        return UnsafePointer(memory)
    }()

    private static let slots = Int(YANTAI_SLOTS)
    private static let digest = String(repeating: "0", count: 64)

    private let slotNames: [String]
    private let layerNames: [LayerNames]

    private struct LayerNames {
        var layer, fund, fundCode, rule, interpretation: String
    }

    init() {
        slotNames = withUnsafeBytes(of: yantai_slot_names) { bytes in
            bytes.bindMemory(to: UnsafePointer<CChar>.self).map { String(cString: $0) }
        }
        layerNames = (0..<UInt32(4)).map { layer in
            let names = yantai_layer_name(layer)!.pointee
            return LayerNames(
                layer: String(cString: names.layer), fund: String(cString: names.fund),
                fundCode: String(cString: names.fund_code), rule: String(cString: names.rule),
                interpretation: String(cString: names.interpretation))
        }
    }

    /// The answer, its layers and the policy's digest where `wantsLayers`; throws where the claim is refused or the
    /// request names what the tables do not have.
    func answer(_ request: Jiesuan_V1_CalculateRequest, wantsLayers: Bool) throws -> Jiesuan_V1_CalculateResponse {
        guard request.region == "yantai" else { throw Self.refusal("region: only yantai") }
        guard request.claim.disease.isEmpty, request.person.filings.isEmpty, request.accounts.isEmpty else {
            throw Self.refusal("disease, filings, accounts: not in these tables")
        }
        guard request.person.identities.count <= Int(YANTAI_IDENTITIES_MAX) else {
            throw Self.refusal("person.identities: at most 16")
        }
        var year = [Int64](repeating: 0, count: Self.slots)
        for accumulator in request.year.accumulators {
            guard let slot = slotNames.firstIndex(of: accumulator.name) else {
                throw Self.refusal("year: unknown accumulator")
            }
            year[slot] = accumulator.amount
        }
        let identities = try request.person.identities.map { dated in
            guard (0...7).contains(dated.identity.rawValue) else { throw Self.refusal("identity: unknown") }
            return calculator_identity(
                identity: UInt8(dated.identity.rawValue), given: Int32(bitPattern: dated.given),
                ended: Int32(bitPattern: dated.ended))
        }
        var claim = Self.claim(request.claim)
        var person = Self.person(request.person)
        var rows = calculator_rows()
        rows.year = request.year.year
        rows.identities_to = identities.count
        var outcome = calculator_outcome()
        let refusal = calculator_settle(
            Self.tables, &claim, &person, &rows, identities, nil, &year, nil, &outcome)
        guard refusal.code == 0 else { throw Self.refusal("refused: \(refusal.code)") }

        var response = Jiesuan_V1_CalculateResponse()
        response.outcome = self.outcome(outcome, wantsLayers: wantsLayers)
        response.yearAfter.year = request.year.year
        for slot in 0..<Self.slots where year[slot] != 0 {
            response.yearAfter.accumulators.append(
                .with {
                    $0.name = slotNames[slot]
                    $0.amount = year[slot]
                })
        }
        return response
    }

    private static func refusal(_ text: String) -> RPCError { RPCError(code: .invalidArgument, message: text) }

    private static func claim(_ claim: Jiesuan_V1_Claim) -> calculator_claim {
        let cost = claim.cost
        let institution = claim.institution
        return calculator_claim(
            kind: UInt8(truncatingIfNeeded: claim.kind.rawValue), service_date: Int32(bitPattern: claim.serviceDate),
            total: cost.total, out_of_catalog: cost.outOfCatalog, over_limit: cost.overLimit,
            first_self_pay: cost.firstSelfPay, in_policy: cost.inPolicy, in_policy_drug: cost.inPolicyDrug,
            special_drug: cost.specialDrug, level: UInt8(truncatingIfNeeded: institution.level.rawValue),
            chinese_medicine: institution.chineseMedicine, county_area: institution.countyArea,
            out_of_city: institution.outOfCity, disease: 0, external_basic: claim.externalBasic,
            external_large_amount: claim.externalLargeAmount,
            account_use: UInt8(truncatingIfNeeded: claim.accountUse.rawValue),
            referred_from: UInt8(truncatingIfNeeded: claim.referredFrom.rawValue))
    }

    private static func person(_ person: Jiesuan_V1_PersonFacts) -> calculator_person {
        calculator_person(
            insurance: UInt8(truncatingIfNeeded: person.insurance.rawValue),
            membership: UInt8(truncatingIfNeeded: person.membership.rawValue),
            status: UInt8(truncatingIfNeeded: person.status.rawValue),
            covered: calculator_range(
                from: Int32(bitPattern: person.coveredFrom), until: Int32(bitPattern: person.coveredUntil)),
            product: 0, bought_on: 0, pre_existing: false)
    }

    private func outcome(_ from: calculator_outcome, wantsLayers: Bool) -> Jiesuan_V1_Outcome {
        var to = Jiesuan_V1_Outcome()
        let funds = from.funds
        to.total = from.total
        to.poolFund = funds.0
        to.largeAmountFund = funds.1
        to.criticalIllnessFund = funds.2
        to.assistanceFund = funds.3
        to.reassistanceFund = funds.4
        to.supplementary = funds.5
        to.fundTotal = funds.0 + funds.1 + funds.2 + funds.3 + funds.4 + funds.5
        to.personTotal = from.total - to.fundTotal
        to.cash = from.cash
        to.deductiblePaid = from.deductible_paid
        to.paidOutside = from.paid_outside
        to.identity = Jiesuan_V1_Identity(rawValue: Int(from.identity)) ?? .none
        guard wantsLayers else { return to }
        to.policyDigest = Self.digest
        to.layers = withUnsafeBytes(of: from.layers) { bytes in
            bytes.bindMemory(to: calculator_layer_result.self).prefix(from.layer_count).map(row)
        }
        return to
    }

    private func row(_ result: calculator_layer_result) -> Jiesuan_V1_LayerRow {
        let names = layerNames[Int(result.layer) % layerNames.count]
        var row = Jiesuan_V1_LayerRow()
        row.layer = names.layer
        row.fund = names.fund
        row.fundCode = names.fundCode
        row.baseAmount = result.base
        row.deductible = result.deductible
        row.payable = result.base - result.deductible
        row.limited = result.quota_left >= 0
        row.quotaLeft = max(0, result.quota_left)
        row.paid = result.paid_first + result.paid_second
        row.rule = names.rule
        row.interpretation = names.interpretation
        return row
    }
}
