import Settlement

/// A pack as its author wrote it, read and typed but not yet resolved.
struct PackDocument {
    var file: String
    var region: String
    var label: Label
    var inForce: DateRange
    var documents: [String: Label] = [:]
    var funds: [FundSpec] = []
    /// Rank of each identity by raw value; 0: not in the pack.
    var identityRanks: [UInt8] = Array(repeating: 0, count: 8)
    /// Which memberships each insurance has, by raw values; an insurance without an entry has all.
    var memberships: [UInt8: Set<UInt8>] = [:]
    var diseases: [Disease] = []
    var products: [ProductSpec] = []
    var accumulators: [AccumulatorDescription] = []
    var layers: [LayerSpec] = []
    var levelRules: [LevelRuleSpec] = []
    var entitlements: [EntitlementSpec] = []
    var accountUse: AccountUseSpec?
    var parameters: [String: Parameter] = [:]
    var recognition: RecognitionSpec?
    var secondRound: SecondRoundSpec?
    /// Every rule id that the pack cites.
    var rules: Set<String> = []
}

/// A fund with the limit of what it pays in a year (rule CQ-13).
struct FundSpec {
    var fund: Fund
    var limit: Fen?
    /// Index into the pack's accumulators.
    var accumulator: Int?
    var citation: Citation?
}

struct ProductSpec {
    var description: ProductDescription
    var product: Product
}

/// Which values of one facet a condition admits; diseases by claim number (1 + index), else raw values.
struct FacetCondition {
    var facet: Facet
    var values: Set<UInt8>
}

/// Facts that must all hold; empty: always.
typealias Condition = [FacetCondition]

/// A number, or a table of numbers by facets.
indirect enum Cells<Value> {
    case value(Leaf<Value>)
    case table(Facet, rows: [(values: Set<UInt8>, cells: Cells<Value>)], line: Int)
}

/// A number of a table, with its line in the file.
struct Leaf<Value> {
    var value: Value
    var line: Int
    /// Distinct in the pack, to find numbers that no combination reaches.
    var number: Int
}

/// One number of a layer for the facts of `when` in the days of `period`.
struct CaseSpec<Body> {
    var line: Int
    var when: Condition
    var period: DateRange
    var citation: Citation
    var also: [Citation]
    var body: Body
}

struct DeductibleBody {
    var amount: Cells<Fen>
    /// Accumulator of a yearly deductible; nil: per visit.
    var accumulator: Int?
}

enum RatioBody {
    case flat(Cells<BasisPoints>)
    /// Brackets, measured on an accumulator.
    case brackets([BracketSpec], isByPayment: Bool, accumulator: Int)
}

struct BracketSpec {
    /// nil: from the deductible.
    var from: Fen?
    var line: Int
    var ratio: Cells<BasisPoints>
}

struct CapBody {
    /// `Layer.unlimited` where the pack says `none`.
    var amount: Cells<Fen>
    /// nil where there is no limit to measure.
    var accumulator: Int?
}

/// What the claim says was paid outside (G-9).
struct ExternalBody {
    var method: LayerMethod
    /// Accumulator into which it counts besides; nil: its fund's, if that has one.
    var countsInto: Int?
    /// A fixed fee of medical institutions (CQ-17): the layer runs only where the claim carries an amount, so other
    /// bills have no row for it, and no pharmacy may send one.
    var isFixedFee: Bool
    var citation: Citation
}

/// How a layer pays.
enum LayerBody {
    case computed(deductible: [CaseSpec<DeductibleBody>], ratio: [CaseSpec<RatioBody>], cap: [CaseSpec<CapBody>])
    case external(ExternalBody)
    case silent(Citation)
}

struct LayerSpec {
    var id: String
    var label: Label
    var line: Int
    var stage: Stage
    /// Runs only where no layer of the basic insurance or of outpatient pooling does (rule G-5, I-18).
    var isOtherwise: Bool
    var when: Condition
    var period: DateRange
    var base: LayerBase
    var body: LayerBody
    /// Indexes into the pack's funds, one or two.
    var payers: [Int]
    var also: [Citation]
}

/// A city's rule on levels (CQ-4, SY-5, SY-6).
struct LevelRuleSpec {
    enum Effect {
        /// By level 0 … 3: which level it is treated as.
        case treat([UInt8], deductible: Bool, ratio: Bool)
        /// After a referral one level up only the difference of the deductibles is due.
        case continueDeductible
    }
    var line: Int
    var stage: Stage
    var when: Condition
    var period: DateRange
    var effect: Effect
    var citation: Citation
}

/// Who may use a cover (CQ-14, AH-5).
struct EntitlementSpec {
    var line: Int
    var when: Condition
    var period: DateRange
    /// Facts that the claim must have; anything else is not entitled.
    var only: Condition
    var needsFiling: Bool
    var citation: Citation
}

/// Where personal accounts pay (CQ-31).
struct AccountUseSpec {
    var when: Condition
    var period: DateRange
    var citation: Citation
}
