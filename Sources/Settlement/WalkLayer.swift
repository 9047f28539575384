/// A layer in the form that `walk` reads: one cache line, enum choices precomputed as indexes, so that the loop has few
/// data-dependent branches.
///
/// Made once for each layer of `Tables`; see `Layer` for the meaning of the fields.
struct WalkLayer: BitwiseCopyable {
    enum Method: UInt8, BitwiseCopyable {
        /// One ratio, or brackets measured on the cumulative base: a ratio and breakpoints.
        case byExpense
        case byPayment, externalBasic, externalLargeAmount, silent
    }

    let deductible: Fen
    let cap: Fen
    let firstLimit: Fen
    let secondLimit: Fen
    /// Of `byExpense`: the ratio of the first bracket, in basis points.
    let ratio: Int32
    /// Of `byExpense` and `byPayment`: index of its first bracket; a bracket and its breakpoint have the same index.
    let firstBracket: UInt16
    let bracketCount: UInt8
    /// Of `byExpense`: breakpoints after the first bracket.
    let breakpointCount: UInt8
    let method: Method
    /// Indexes in `CostLeft` of the parts of the bill that it reads and reduces, in this order; the second may be
    /// `CostLeft.nothing`.
    let part: UInt8
    let nextPart: UInt8
    let isOfTwoParts: Bool
    let isDrugShare: Bool
    let absorbedSlot: UInt8
    let measureSlot: UInt8
    let paidSlot: UInt8
    let firstSlot: UInt8
    let secondSlot: UInt8
    let firstCategory: UInt8
    let secondCategory: UInt8
    let hasCap: Bool
    let hasSecond: Bool
    /// A fund has a limit of its own.
    let isLimited: Bool
    let isBasic: Bool

    init(_ layer: Layer, brackets: [Bracket]) {
        let first = Int(layer.firstBracket)
        deductible = layer.deductible
        cap = layer.cap
        firstLimit = layer.first.limit
        secondLimit = layer.second.limit
        ratio = layer.method == .expenseBrackets ? brackets[first].ratio : layer.ratio
        breakpointCount = layer.method == .expenseBrackets ? UInt8(layer.bracketCount - 1) : 0
        firstBracket = layer.firstBracket
        bracketCount = UInt8(layer.bracketCount)
        method =
            switch layer.method {
            case .flat, .expenseBrackets: .byExpense
            case .paymentBrackets: .byPayment
            case .externalBasic: .externalBasic
            case .externalLargeAmount: .externalLargeAmount
            case .silent: .silent
            }
        (part, nextPart) = CostLeft.slots(of: layer.base)
        isOfTwoParts = nextPart != CostLeft.nothing
        isDrugShare = layer.base == .drugShareOfInPolicyLeft
        absorbedSlot = layer.absorbedSlot
        measureSlot = layer.measureSlot
        paidSlot = layer.paidSlot
        firstSlot = layer.first.paidSlot
        secondSlot = layer.second.paidSlot
        firstCategory = layer.first.category.rawValue
        secondCategory = layer.second.category.rawValue
        hasCap = layer.paidSlot != Layer.noSlot
        hasSecond = layer.payerCount > 1
        isLimited =
            layer.first.limit != Layer.unlimited || layer.payerCount > 1 && layer.second.limit != Layer.unlimited
        isBasic = layer.isBasic
    }
}

/// A breakpoint of a layer's ratio: from `lowerBound` of the cumulative base on, the ratio is `change` basis points
/// higher.
///
/// The exact sum over the brackets up to `x` is the first ratio × `x` plus, for each breakpoint, its change × what of
/// `x` lies above it: no bracket has to be looked for.
struct Breakpoint: BitwiseCopyable {
    let lowerBound: Fen
    let change: Int64

    /// One for each bracket; that of a layer's first bracket is not used.
    static func all(_ brackets: [Bracket]) -> [Breakpoint] {
        brackets.indices.map { index in
            let before = index == 0 ? 0 : brackets[index - 1].ratio
            return Breakpoint(lowerBound: brackets[index].lowerBound, change: Int64(brackets[index].ratio - before))
        }
    }
}
