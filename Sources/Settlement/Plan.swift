/// A categorical fact that picks the plan of a settlement. The raw value is its index in a `PlanKey`.
package enum Facet: Int, CaseIterable, Sendable {
    case insurance, membership, status, identity, kind, level
    /// A Chinese-medicine institution in the city, rule CQ-4.
    case chineseMedicine
    /// An institution in a county area of the city, rule SY-5.
    case countyArea
    /// Class of the claim's disease: diseases that the pack's rules cannot tell apart share one; 0: no disease.
    case diseaseClass
    /// The supplementary product in force on the service date; 0: none.
    case product
    case preExisting
    /// Level of the institution that referred the person upwards within the city, rule SY-6.
    case referredFrom

    /// How many values the facet has; those of `diseaseClass` and `product` depend on the pack and are at most this.
    package var valuesMax: Int {
        switch self {
        case .insurance, .status: 3
        case .membership, .level, .referredFrom: 4
        case .identity, .kind: 8
        case .chineseMedicine, .countyArea, .preExisting: 2
        case .diseaseClass: 16
        case .product: 8
        }
    }
}

/// One value for each facet, in the order of `Facet`.
package typealias PlanKey = [12 of UInt8]

/// What a layer looks at (its base, rule G-8): what is left of parts of the bill when its turn comes.
package enum LayerBase: UInt8, Sendable, BitwiseCopyable {
    /// What the layers above left of `inPolicy`.
    case inPolicyLeft
    /// That, times the drug part of the bill's `inPolicy`, rounded half up (rule SY-3, I-12).
    case drugShareOfInPolicyLeft
    /// What is left of `inPolicy` and `firstSelfPay`; payments relieve `inPolicy` first (rule CQ-20 C1, I-15).
    case inPolicyAndFirstSelfPayLeft
    /// What is left of `outOfCatalog` (rule CQ-20 C2).
    case outOfCatalogLeft
    /// What is left of `specialDrug` (rules YT-4, CQ-20 C3).
    case specialDrugLeft
}

/// How a layer pays.
package enum LayerMethod: UInt8, Sendable, BitwiseCopyable {
    /// One ratio.
    case flat
    /// Brackets measured on the cumulative base of the year (rule G-8).
    case expenseBrackets
    /// Brackets measured on what the layer has paid this year (rule CQ-12).
    case paymentBrackets
    /// What the claim says the basic insurance paid (rule G-9).
    case externalBasic
    /// What the claim says the large-amount fund paid (rule G-9).
    case externalLargeAmount
    /// Nothing is paid and no accumulator moves; the row says that the source gives no ratio.
    case silent
}

/// One fund that pays for a layer, with the year's limit of the fund where it has one (rule CQ-13).
package struct Payer: Equatable, Hashable, Sendable, BitwiseCopyable {
    package var category: FundCategory
    /// Accumulator of what the fund has paid this year; `Layer.noSlot`: none.
    package var paidSlot: UInt8
    /// The fund's limit a year, in fen; `Layer.unlimited`: none.
    package var limit: Fen
    /// Index among the pack's funds.
    package var fund: UInt8

    package init(
        category: FundCategory, paidSlot: UInt8 = Layer.noSlot, limit: Fen = Layer.unlimited, fund: UInt8 = 0
    ) {
        self.category = category
        self.paidSlot = paidSlot
        self.limit = limit
        self.fund = fund
    }
}

/// One step of a waterfall with all its numbers resolved (rule G-8). Accumulators are slots of the person's year.
package struct Layer: Equatable, Hashable, Sendable, BitwiseCopyable {
    package static var noSlot: UInt8 { 255 }
    package static var unlimited: Fen { Int64.max }

    package var base: LayerBase
    package var method: LayerMethod
    /// The basic insurance: its deductible is the outcome's `deductiblePaid`.
    package var isBasic: Bool
    /// The pack's default where its source has no rule (I-18).
    package var hasNoRule: Bool
    /// Accumulator of what the yearly deductible has absorbed; `noSlot`: the deductible is per visit.
    package var absorbedSlot: UInt8
    /// Accumulator on which brackets are measured (cumulative base, or payments); `noSlot`: none is kept.
    package var measureSlot: UInt8
    /// Accumulator that the yearly cap limits; `noSlot`: none.
    package var paidSlot: UInt8
    /// How many funds pay: 1 or 2.
    package var payerCount: UInt8
    /// Ratio of `flat`.
    package var ratio: BasisPoints
    /// Brackets of this layer in the calculator's table.
    package var firstBracket: UInt16
    package var bracketCount: UInt16
    package var deductible: Fen
    /// Yearly cap of the layer's payments; `unlimited`: none.
    package var cap: Fen
    package var first: Payer
    package var second: Payer

    package init(
        base: LayerBase, method: LayerMethod, isBasic: Bool = false, hasNoRule: Bool = false,
        absorbedSlot: UInt8 = Layer.noSlot, measureSlot: UInt8 = Layer.noSlot, paidSlot: UInt8 = Layer.noSlot,
        ratio: BasisPoints = 0, firstBracket: UInt16 = 0, bracketCount: UInt16 = 0, deductible: Fen = 0,
        cap: Fen = Layer.unlimited, first: Payer, second: Payer? = nil
    ) {
        self.base = base
        self.method = method
        self.isBasic = isBasic
        self.hasNoRule = hasNoRule
        self.absorbedSlot = absorbedSlot
        self.measureSlot = measureSlot
        self.paidSlot = paidSlot
        self.ratio = ratio
        self.firstBracket = firstBracket
        self.bracketCount = bracketCount
        self.deductible = deductible
        self.cap = cap
        self.first = first
        self.second = second ?? first
        payerCount = second == nil ? 1 : 2
    }
}

/// A bracket: from `lowerBound` (included) to the next bracket's, at `ratio`. The first one starts at 0.
package struct Bracket: Equatable, Hashable, Sendable, BitwiseCopyable {
    package var lowerBound: Fen
    package var ratio: BasisPoints

    package init(lowerBound: Fen, ratio: BasisPoints) {
        self.lowerBound = lowerBound
        self.ratio = ratio
    }
}

/// What happens to a claim with a given `PlanKey` on a given day.
package struct Plan: Equatable, Hashable, Sendable, BitwiseCopyable {
    package enum Disposition: UInt8, Sendable, BitwiseCopyable {
        case settle
        /// A rule refuses it (CQ-14): `Refusal.detail` is the plan.
        case notEntitled
        /// A rule needs `missing` and the claim or the person does not say it.
        case factMissing
    }

    package var disposition: Disposition
    package var missing: ClaimField
    /// The disease must be on file and in force (rule AH-5).
    package var needsFiling: Bool
    /// The pack leaves the basic insurance to the claim (rule G-9).
    package var allowsExternalBasic: Bool
    package var allowsExternalLargeAmount: Bool
    /// Nothing from the pack (rule G-5, I-18).
    package var hasNoRule: Bool
    /// Personal accounts pay after the layers (rule CQ-31).
    package var usesAccounts: Bool
    package var layerCount: UInt8
    /// How many of the first layers are fixed fees: they run only where the claim says what was paid for them (CQ-17).
    package var fixedFeeLayers: UInt8
    /// Layers of this plan in the calculator's table, contiguous, in the order of the waterfall (rule G-6).
    package var firstLayer: UInt32
    /// For `Policy`: which of its citations explains a refusal; 0: none.
    package var citation: UInt32

    package init(
        disposition: Disposition = .settle, missing: ClaimField = .none, needsFiling: Bool = false,
        allowsExternalBasic: Bool = false, allowsExternalLargeAmount: Bool = false, hasNoRule: Bool = false,
        usesAccounts: Bool = false, firstLayer: UInt32 = 0, layerCount: UInt8 = 0, fixedFeeLayers: UInt8 = 0,
        citation: UInt32 = 0
    ) {
        self.disposition = disposition
        self.missing = missing
        self.needsFiling = needsFiling
        self.allowsExternalBasic = allowsExternalBasic
        self.allowsExternalLargeAmount = allowsExternalLargeAmount
        self.hasNoRule = hasNoRule
        self.usesAccounts = usesAccounts
        self.firstLayer = firstLayer
        self.layerCount = layerCount
        self.fixedFeeLayers = fixedFeeLayers
        self.citation = citation
    }
}

/// A stretch of days in which the same rules hold.
package struct PolicyVersion: Equatable, Sendable, BitwiseCopyable {
    package var inForce: DateRange
    /// Where this version's keys start in the calculator's `planIndex`.
    package var firstKey: UInt32

    package init(inForce: DateRange, firstKey: UInt32) {
        self.inForce = inForce
        self.firstKey = firstKey
    }
}

/// A supplementary insurance product (rules CQ-20 … CQ-22).
package struct Product: Equatable, Sendable, BitwiseCopyable {
    /// 投保时间.
    package var purchase: DateRange
    /// 保险期间.
    package var cover: DateRange

    package init(purchase: DateRange, cover: DateRange) {
        self.purchase = purchase
        self.cover = cover
    }
}
