import CShims
import RPC
import Settlement
import WireMessages

extension OutcomeColumns {
    /// Columns for `count` claims, in the worker's arena.
    init(_ count: Int, _ arena: Arena) throws(RequestProblem) {
        self.init(
            count: count, money: try arena.array(count * Self.moneyColumns), noRule: try arena.array(count),
            identity: try arena.array(count))
    }

    /// Links the columns into `message`, leaving out those that are all zero.
    func link(_ message: inout Jiesuan__V1__OutcomeColumns) {
        link(0, &message.n_pool_fund, &message.pool_fund)
        link(1, &message.n_large_amount_fund, &message.large_amount_fund)
        link(2, &message.n_critical_illness_fund, &message.critical_illness_fund)
        link(3, &message.n_assistance_fund, &message.assistance_fund)
        link(4, &message.n_reassistance_fund, &message.reassistance_fund)
        link(5, &message.n_supplementary, &message.supplementary)
        link(6, &message.n_account_paid, &message.account_paid)
        link(7, &message.n_family_account_paid, &message.family_account_paid)
        link(8, &message.n_cash, &message.cash)
        link(9, &message.n_deductible_paid, &message.deductible_paid)
        link(10, &message.n_paid_outside, &message.paid_outside)
        if let noRuleColumn { message.no_rule = ProtobufCBinaryData(len: count, data: noRuleColumn) }
        if let identityColumn { message.identity = ProtobufCBinaryData(len: count, data: identityColumn) }
    }

    private func link(_ column: Int, _ entries: inout Int, _ values: inout UnsafeMutablePointer<Fen>?) {
        guard let column = money(column) else { return }
        entries = count
        values = column
    }
}

extension LayerColumns {
    /// Columns for the layers of `claims` claims, in the worker's arena.
    init(claims: Int, _ arena: Arena) throws(RequestProblem) {
        let most = claims * CalculatorLimit.layersMax
        self.init(
            claim: try arena.array(most), layer: try arena.array(most), base: try arena.array(most),
            deductible: try arena.array(most), paid: try arena.array(most), overflow: try arena.array(most))
    }

    func link(_ message: inout Jiesuan__V1__LayerColumns, names: CStringTable) {
        message.n_claim = count
        message.claim = claim.baseAddress
        message.n_layer = count
        message.layer = layer.baseAddress
        message.n_layers = names.count
        message.layers = names.pointers
        message.n_base_amount = count
        message.base_amount = base.baseAddress
        message.n_deductible = count
        message.deductible = deductible.baseAddress
        message.n_paid = count
        message.paid = paid.baseAddress
        message.n_paid_overflow = count
        message.paid_overflow = overflow.baseAddress
    }
}
