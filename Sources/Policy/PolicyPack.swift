import Settlement

/// A text in the two languages of the product.
package struct Label: Equatable, Hashable, Sendable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
}

/// Where a number of a pack comes from.
package struct Citation: Equatable, Hashable, Sendable {
    /// Rule id: "CQ-16".
    package var rule: String
    /// Number of the source document: "003"; "operator" for an operator's own table; "": no document says it, the
    /// interpretation alone does.
    package var document: String
    /// Article or section of the document: "第五条".
    package var article: String
    /// The source's words.
    package var words: String
    /// Ids of our interpretations where the source is silent or ambiguous: ["I-06"].
    package var interpretations: [String]
    /// What we decided, where `interpretations` is not empty or the pack has something to say ("the source gives no
    /// ratio").
    package var note: Label?

    package init(
        rule: String, document: String, article: String, words: String, interpretations: [String] = [],
        note: Label? = nil
    ) {
        self.rule = rule
        self.document = document
        self.article = article
        self.words = words
        self.interpretations = interpretations
        self.note = note
    }
}

extension Citation {
    /// This citation with what another of the same rule interprets besides.
    func adding(_ other: Citation) -> Citation {
        var joined = self
        joined.interpretations += other.interpretations.filter { !interpretations.contains($0) }
        joined.note = note ?? other.note
        return joined
    }
}

/// A fund of a pack.
package struct Fund: Equatable, Hashable, Sendable {
    /// The pack's id: "large_amount".
    package var id: String
    package var label: Label
    package var category: FundCategory
    /// The platform's code (fund_pay_type), where the region uses it: "330100".
    package var code: String?
}

/// Names and sources of a compiled layer; its numbers are in the calculator's layer of the same index.
package struct LayerDescription: Equatable, Hashable, Sendable {
    /// The pack's id: "employee.pooling".
    package var id: String
    package var label: Label
    package var first: Fund
    package var second: Fund?
    /// The rule the layer's ratio rests on (or, for a silent or external layer, the layer itself).
    package var ratio: Citation
    package var deductible: Citation?
    package var cap: Citation?
    /// The funds' own yearly limits (CQ-13).
    package var payers: Citation?
    /// The second round divides over what this layer left unpaid (SY-4).
    package var isInSecondRound = false
    /// What else applied to this layer: level rules (CQ-4, SY-5, SY-6), base (I-12) …
    package var also: [Citation]
}

/// An accumulator of a pack: a slot of the person's year, by name.
package struct AccumulatorDescription: Equatable, Hashable, Sendable {
    package var name: String
    package var label: Label
}

/// A disease of a pack's table (病种).
package struct Disease: Equatable, Hashable, Sendable {
    package var code: String
    package var label: Label
}

/// A supplementary insurance product of a pack.
package struct ProductDescription: Equatable, Hashable, Sendable {
    package var id: String
    package var label: Label
    package var premium: Fen
    package var premiumCitation: Citation
}

/// One region's rules: read, checked, compiled (政策包). Immutable, and shared: a settlement only looks at it.
package final class PolicyPack: Sendable {
    /// "chongqing".
    package let region: String
    package let label: Label
    /// SHA-256 of the pack's bytes, hexadecimal.
    package let digest: String
    /// The pack as its author wrote it.
    package let yaml: String
    package let inForce: DateRange
    package let calculator: Calculator
    /// The calculator's rules in the form that settles; made once.
    package let tables: Tables
    /// Accumulators by slot.
    package let accumulators: [AccumulatorDescription]
    /// By index: a claim's `disease` is 1 + index.
    package let diseases: [Disease]
    /// By index: a person's `product` is 1 + index.
    package let products: [ProductDescription]
    /// By the index of the calculator's layers.
    package let layers: [LayerDescription]
    /// By `Plan.citation` − 1: why a plan refuses.
    package let refusals: [Citation]
    /// How accounts pay (CQ-31), where the pack has it.
    package let accountUse: Citation?
    /// Values that the rules beside the calculator need, by name: "account.credit.active".
    package let parameters: [String: Parameter]
    /// Index into the calculator's layers of the one that stands for a recognition's payment (因病致贫, YT-7), which no
    /// plan contains; nil: the pack has none.
    package let recognitionLayer: UInt32?
    /// The second round at the end of the year (二次报销, SY-4); nil: the pack has none.
    package let secondRound: SecondRoundTerms?
    /// By the numbers of `Tables.payers(of:)` and `FundSums`.
    package let funds: [Fund]
    /// Documents by number: "003" → title.
    package let documents: [String: Label]
    /// Levels at which institutions are treated (SY-5).
    package let levelTreatments: LevelTreatments
    /// Every rule id the pack cites, sorted.
    package let rules: [String]

    init(
        region: String, label: Label, digest: String, yaml: String, inForce: DateRange, calculator: Calculator,
        tables: Tables, accumulators: [AccumulatorDescription], diseases: [Disease], products: [ProductDescription],
        layers: [LayerDescription], refusals: [Citation], accountUse: Citation?, parameters: [String: Parameter],
        recognitionLayer: UInt32?, secondRound: SecondRoundTerms?, funds: [Fund], documents: [String: Label],
        levelTreatments: LevelTreatments, rules: [String]
    ) {
        self.region = region
        self.label = label
        self.digest = digest
        self.yaml = yaml
        self.inForce = inForce
        self.calculator = calculator
        self.tables = tables
        self.accumulators = accumulators
        self.diseases = diseases
        self.products = products
        self.layers = layers
        self.refusals = refusals
        self.accountUse = accountUse
        self.parameters = parameters
        self.recognitionLayer = recognitionLayer
        self.secondRound = secondRound
        self.funds = funds
        self.documents = documents
        self.levelTreatments = levelTreatments
        self.rules = rules
    }

    /// The claim's number for a disease code; nil: the pack does not have it.
    package func disease(code: String) -> UInt8? {
        diseases.firstIndex { $0.code == code }.map { UInt8($0 + 1) }
    }

    /// The person's number for a product id; nil: the pack does not have it.
    package func product(id: String) -> UInt8? {
        products.firstIndex { $0.id == id }.map { UInt8($0 + 1) }
    }

    /// The slot of an accumulator; nil: the pack does not have it.
    package func slot(named name: String) -> Int? {
        accumulators.firstIndex { $0.name == name }
    }
}

/// Something wrong with a pack: where, what, and what to do.
package struct PolicyProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package var file: String
    /// 1-based; 0: the whole file.
    package var line: Int
    package var message: String

    package init(file: String, line: Int, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String { "\(file):\(line): \(message)" }
}
