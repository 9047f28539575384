/// The columns of an outcome: which kind of fund paid.
package enum FundCategory: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 统筹基金.
    case pool
    /// 职工大额.
    case largeAmount
    /// 大病保险.
    case criticalIllness
    /// 医疗救助.
    case assistance
    /// 再救助.
    case reassistance
    /// 补充保险.
    case supplementary
}

/// Sizes of the calculator's fixed tables.
///
/// Public where loops of other modules run to it: only then it is a constant there, and no call.
public enum CalculatorLimit {
    /// Kinds of funds, the columns of an outcome: those of `FundCategory`, `Outcome.funds` and `RowOutcome.funds`.
    @inlinable public static var fundCategories: Int { 6 }
    /// Layers of one settlement. The longest waterfall of the sources has five.
    package static var layersMax: Int { 8 }
    /// Accumulators of a pack.
    package static var slotsMax: Int { 32 }
    /// Funds of a pack.
    package static var fundsMax: Int { 16 }
    /// Personal accounts of one settlement: one's own, a spouse, parents and children.
    package static var accountsMax: Int { 8 }
    /// Brackets of one layer; the sources have four.
    package static var bracketsMax: Int { 8 }
    /// Brackets of one layer by payment; keeps the exact fractions within 128 bits.
    package static var paymentBracketsMax: Int { 4 }
}

/// What one layer did in one settlement; amounts in fen.
package struct LayerResult: Equatable, Sendable, BitwiseCopyable {
    /// Index into the calculator's layers.
    package var layer: UInt32 = 0
    /// What the layer may look at.
    package var base: Fen = 0
    /// What its deductible took.
    package var deductible: Fen = 0
    /// The layer's cumulative base, or what it had paid, before this settlement: where brackets are measured.
    package var measureBefore: Fen = 0
    /// After rounding (rule G-3), before caps.
    package var computed: Fen = 0
    /// Quota of the layer's yearly cap before this settlement; negative: no cap.
    package var quotaLeft: Fen = -1
    /// Paid by the first fund.
    package var paidFirst: Fen = 0
    /// Paid by the second fund, which takes over where the first is exhausted (CQ-13).
    package var paidSecond: Fen = 0

    package init(
        layer: UInt32 = 0, base: Fen = 0, deductible: Fen = 0, measureBefore: Fen = 0, computed: Fen = 0,
        quotaLeft: Fen = -1, paidFirst: Fen = 0, paidSecond: Fen = 0
    ) {
        self.layer = layer
        self.base = base
        self.deductible = deductible
        self.measureBefore = measureBefore
        self.computed = computed
        self.quotaLeft = quotaLeft
        self.paidFirst = paidFirst
        self.paidSecond = paidSecond
    }

    /// What is payable at the layer's ratios: base − deductible.
    package var payable: Fen { base - deductible }
    package var paid: Fen { paidFirst + paidSecond }
}

/// Who pays what; amounts in fen.
///
/// Large, so it is written in place and never copied on the path. Rule G-7 holds for every outcome: the sum of
/// `funds`, `accountPaid`, `familyAccountPaid` and `cash` is `total`.
package struct Outcome: Sendable {
    package var total: Fen = 0
    package var funds: [6 of Fen] = [6 of Fen](repeating: 0)
    package var accountPaid: Fen = 0
    package var familyAccountPaid: Fen = 0
    package var cash: Fen = 0
    /// 实际支付起付线: the deductible of the basic insurance.
    package var deductiblePaid: Fen = 0
    /// What of the funds' payments was paid outside (系统外已支付, rule G-9): nobody is owed it.
    package var paidOutside: Fen = 0
    package var identity: Identity = .none
    /// Nothing from the pack: its source has no rule for this kind of claim (rule G-5, I-18).
    package var hasNoRule: Bool = false
    /// Index into the calculator's plans.
    package var plan: UInt32 = 0
    package var layerCount: Int = 0
    package var layers: [8 of LayerResult] = [8 of LayerResult](repeating: LayerResult())
    /// What of each part of the bill nobody has paid; at the end, what the person pays in cash.
    var left = CostLeft()
    /// Paid from each of the accounts of the request, in their order.
    package var accounts: [8 of Fen] = [8 of Fen](repeating: 0)

    package init() {}

    package subscript(fund: FundCategory) -> Fen { funds[Int(fund.rawValue)] }

    package var fundTotal: Fen {
        @_noAllocation @_noLocks get { funds[0] + funds[1] + funds[2] + funds[3] + funds[4] + funds[5] }
    }
}
