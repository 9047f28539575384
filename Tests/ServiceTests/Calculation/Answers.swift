import CShims
import Settlement
import WireMessages

/// What a settled claim came to, as `Calculate` and a row of `CalculateBatch` both say it.
struct Amounts: Equatable {
    /// In the order of `FundCategory`.
    var funds: [Fen]
    var accountPaid: Fen
    var familyAccountPaid: Fen
    var cash: Fen
    var deductiblePaid: Fen
    /// What of the funds' payments was paid outside (rule G-9).
    var paidOutside: Fen
    var hasNoRule: Bool
    var identity: UInt8

    var fundTotal: Fen { funds.reduce(0, +) }
    /// Rule G-7: what all payers pay together.
    var sum: Fen { fundTotal + accountPaid + familyAccountPaid + cash }

    /// A refused claim of a batch.
    static let zeros = Amounts(
        funds: [Fen](repeating: 0, count: 6), accountPaid: 0, familyAccountPaid: 0, cash: 0, deductiblePaid: 0,
        paidOutside: 0, hasNoRule: false, identity: 0)
}

/// One layer of a settled claim.
struct LayerAmounts: Equatable {
    var layer: String
    var base: Fen
    var deductible: Fen
    /// By both of its funds.
    var paid: Fen
}

/// A `CalculateResponse`.
struct Answer: Equatable {
    var amounts: Amounts
    var total: Fen
    var layers: [LayerAmounts] = []
    var balances: [Fen] = []
    var year: Int32
    var accumulators: [String: Fen] = [:]
    var digest: String

    init?(_ bytes: [UInt8]) {
        guard let message = jiesuan__v1__calculate_response__unpack(nil, bytes.count, bytes) else { return nil }
        defer { jiesuan__v1__calculate_response__free_unpacked(message, nil) }
        guard let outcome = message.pointee.outcome?.pointee, let after = message.pointee.year_after?.pointee else {
            return nil
        }
        amounts = Amounts(
            funds: [
                outcome.pool_fund, outcome.large_amount_fund, outcome.critical_illness_fund, outcome.assistance_fund,
                outcome.reassistance_fund, outcome.supplementary,
            ],
            accountPaid: outcome.account_paid, familyAccountPaid: outcome.family_account_paid, cash: outcome.cash,
            deductiblePaid: outcome.deductible_paid, paidOutside: outcome.paid_outside, hasNoRule: outcome.no_rule != 0,
            identity: UInt8(outcome.identity.rawValue))
        total = outcome.total
        guard outcome.fund_total == amounts.fundTotal, outcome.person_total == total - amounts.fundTotal else {
            return nil
        }
        digest = String(cString: outcome.policy_digest)
        for index in 0..<outcome.n_layers {
            let row = outcome.layers[index]!.pointee
            let name = String(cString: row.layer)
            if layers.last?.layer == name {
                // The row of the fund that took over (CQ-13).
                layers[layers.count - 1].paid += row.paid
            } else {
                layers.append(
                    LayerAmounts(layer: name, base: row.base_amount, deductible: row.deductible, paid: row.paid))
            }
        }
        for index in 0..<outcome.n_accounts { balances.append(outcome.accounts[index]!.pointee.balance) }
        year = after.year
        for index in 0..<after.n_accumulators {
            let accumulator = after.accumulators[index]!.pointee
            accumulators[String(cString: accumulator.name)] = accumulator.amount
        }
    }
}

/// An `ItemError`.
struct ItemRefusal: Equatable {
    var item: Int
    var code: Int32
    var field: String
    var value: String
    var rule: String
    var message: String
}

/// A `CalculateBatchResponse`, row by row.
struct BatchAnswer: Equatable {
    var rows: [Amounts] = []
    var errors: [ItemRefusal] = []
    var names: [String] = []
    /// The years after, row by row, in the order of `names`.
    private var accumulators: [Fen]
    var balances: [Fen]
    /// By claim; empty where nobody wanted them.
    var layers: [[LayerAmounts]] = []
    var digest: String

    init?(_ bytes: [UInt8]) {
        guard let message = jiesuan__v1__calculate_batch_response__unpack(nil, bytes.count, bytes) else { return nil }
        defer { jiesuan__v1__calculate_batch_response__free_unpacked(message, nil) }
        let response = message.pointee
        digest = String(cString: response.policy_digest)
        balances = (0..<response.n_account_balance).map { response.account_balance[$0] }
        names = (0..<response.n_accumulator_names).map { String(cString: response.accumulator_names[$0]!) }
        accumulators = (0..<response.n_accumulators).map { response.accumulators[$0] }
        errors = (0..<response.n_errors).map { index in
            let error = response.errors[index]!.pointee
            return ItemRefusal(
                item: Int(error.item), code: Int32(error.code.rawValue), field: String(cString: error.field),
                value: String(cString: error.value), rule: String(cString: error.rule),
                message: String(cString: error.message))
        }
        guard let outcomes = response.outcomes?.pointee else { return nil }
        rows = Self.rows(outcomes, count: Int(response.claims))
        if let columns = response.layers?.pointee { layers = Self.layers(columns, count: rows.count) }
    }

    /// The year after of a person row, in the order of `names`.
    func year(_ row: Int) -> [Fen] { Array(accumulators[row * names.count..<(row + 1) * names.count]) }

    /// How many person rows have a year; 0 where the pack has no accumulator.
    var yearCount: Int { names.isEmpty ? 0 : accumulators.count / names.count }

    private static func rows(_ columns: Jiesuan__V1__OutcomeColumns, count: Int) -> [Amounts] {
        // A column that is left out is all zeros.
        func money(_ values: UnsafeMutablePointer<Int64>?, _ entries: Int) -> [Fen] {
            guard entries > 0, let values else { return [Fen](repeating: 0, count: count) }
            return (0..<entries).map { values[$0] }
        }
        func flags(_ column: ProtobufCBinaryData) -> [UInt8] {
            column.len == 0 ? [UInt8](repeating: 0, count: count) : (0..<column.len).map { column.data[$0] }
        }
        let funds = [
            money(columns.pool_fund, columns.n_pool_fund),
            money(columns.large_amount_fund, columns.n_large_amount_fund),
            money(columns.critical_illness_fund, columns.n_critical_illness_fund),
            money(columns.assistance_fund, columns.n_assistance_fund),
            money(columns.reassistance_fund, columns.n_reassistance_fund),
            money(columns.supplementary, columns.n_supplementary),
        ]
        let account = money(columns.account_paid, columns.n_account_paid)
        let family = money(columns.family_account_paid, columns.n_family_account_paid)
        let cash = money(columns.cash, columns.n_cash)
        let deductible = money(columns.deductible_paid, columns.n_deductible_paid)
        let outside = money(columns.paid_outside, columns.n_paid_outside)
        let noRule = flags(columns.no_rule)
        let identity = flags(columns.identity)
        return (0..<count).map { row in
            Amounts(
                funds: funds.map { $0[row] }, accountPaid: account[row], familyAccountPaid: family[row],
                cash: cash[row], deductiblePaid: deductible[row], paidOutside: outside[row],
                hasNoRule: noRule[row] != 0, identity: identity[row])
        }
    }

    private static func layers(_ columns: Jiesuan__V1__LayerColumns, count: Int) -> [[LayerAmounts]] {
        var layers = [[LayerAmounts]](repeating: [], count: count)
        for index in 0..<columns.n_claim {
            let overflow = columns.n_paid_overflow == 0 ? 0 : columns.paid_overflow[index]
            layers[Int(columns.claim[index])].append(
                LayerAmounts(
                    layer: String(cString: columns.layers[Int(columns.layer[index])]!),
                    base: columns.base_amount[index], deductible: columns.deductible[index],
                    paid: columns.paid[index] + overflow))
        }
        return layers
    }
}
