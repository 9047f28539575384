import CShims
import RPC
import Settlement
import WireMessages

/// The answer's columns under construction, in the worker's arena.
struct BatchOutput {
    /// The ten columns of money, in the order of `OutcomeColumns`.
    static let moneyColumns = 10

    let count: Int
    /// `moneyColumns` columns of `count` entries, one after the other.
    let money: UnsafeMutableBufferPointer<Fen>
    let noRule: UnsafeMutableBufferPointer<UInt8>
    let identity: UnsafeMutableBufferPointer<UInt8>
    /// Bits that any entry of the column has: a column without any is left out of the answer.
    var seen = [10 of Fen](repeating: 0)
    var seenNoRule: UInt8 = 0
    var seenIdentity: UInt8 = 0

    init(_ count: Int, _ arena: Arena) throws(RequestProblem) {
        self.count = count
        money = try arena.array(count * Self.moneyColumns)
        noRule = try arena.array(count)
        identity = try arena.array(count)
    }

    /// By pointer: a value of this size would be copied first.
    @inline(__always)
    mutating func write(_ outcome: UnsafePointer<Outcome>, at row: Int) {
        put(outcome.pointee.funds[0], column: 0, row)
        put(outcome.pointee.funds[1], column: 1, row)
        put(outcome.pointee.funds[2], column: 2, row)
        put(outcome.pointee.funds[3], column: 3, row)
        put(outcome.pointee.funds[4], column: 4, row)
        put(outcome.pointee.funds[5], column: 5, row)
        put(outcome.pointee.accountPaid, column: 6, row)
        put(outcome.pointee.familyAccountPaid, column: 7, row)
        put(outcome.pointee.cash, column: 8, row)
        put(outcome.pointee.deductiblePaid, column: 9, row)
        noRule[row] = outcome.pointee.hasNoRule ? 1 : 0
        identity[row] = outcome.pointee.identity.rawValue
        seenNoRule |= noRule[row]
        seenIdentity |= identity[row]
    }

    /// A refused claim: zeros in every column.
    mutating func writeNothing(at row: Int) {
        for column in 0..<Self.moneyColumns { money[column * count + row] = 0 }
        noRule[row] = 0
        identity[row] = 0
    }

    @inline(__always)
    private mutating func put(_ amount: Fen, column: Int, _ row: Int) {
        money[column * count + row] = amount
        seen[column] |= amount
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
        if seenNoRule != 0 { message.no_rule = ProtobufCBinaryData(len: count, data: noRule.baseAddress) }
        if seenIdentity != 0 { message.identity = ProtobufCBinaryData(len: count, data: identity.baseAddress) }
    }

    private func link(_ column: Int, _ entries: inout Int, _ values: inout UnsafeMutablePointer<Fen>?) {
        guard seen[column] != 0, let base = money.baseAddress else { return }
        entries = count
        values = base + column * count
    }
}

/// The optional columns of layers, one entry per layer of a settled claim.
struct BatchLayers {
    private(set) var count = 0
    private let claim: UnsafeMutableBufferPointer<UInt32>
    private let layer: UnsafeMutableBufferPointer<UInt32>
    private let base: UnsafeMutableBufferPointer<Fen>
    private let deductible: UnsafeMutableBufferPointer<Fen>
    private let paid: UnsafeMutableBufferPointer<Fen>
    private let overflow: UnsafeMutableBufferPointer<Fen>

    /// - Parameter claims: 0 where nobody wants the layers.
    init(claims: Int, _ arena: Arena) throws(RequestProblem) {
        let most = claims * CalculatorLimit.layersMax
        claim = try arena.array(most)
        layer = try arena.array(most)
        base = try arena.array(most)
        deductible = try arena.array(most)
        paid = try arena.array(most)
        overflow = try arena.array(most)
    }

    mutating func write(_ outcome: borrowing Outcome, claim row: Int) {
        for position in 0..<outcome.layerCount {
            let result = outcome.layers[position]
            claim[count] = UInt32(row)
            layer[count] = result.layer
            base[count] = result.base
            deductible[count] = result.deductible
            paid[count] = result.paidFirst
            overflow[count] = result.paidSecond
            count += 1
        }
    }

    func link(_ message: inout Jiesuan__V1__LayerColumns, names: CNames) {
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
