/// The compiled rules of one region: tables of plain values that `settle` walks.
///
/// `Policy` makes one from a pack; nothing here knows where the numbers come from.
package struct Calculator: Sendable {
    /// Ordered by date, without overlap.
    package var versions: [PolicyVersion]
    /// Weight of each facet in the index of a key; 0: the pack does not look at it.
    package var strides: [12 of UInt32]
    /// Plan of every key of every version.
    package var planIndex: [UInt32]
    package var plans: [Plan]
    package var layers: [Layer]
    package var brackets: [Bracket]
    /// Class of each disease: index 0 is "no disease", then one per disease of the pack.
    package var diseaseClasses: [UInt8]
    /// Products of the pack; a person's `product` is 1 + the index.
    package var products: [Product]
    /// Rank of each identity (by raw value), the highest counts (rule G-10); 0: the pack does not know it.
    package var identityRanks: [8 of UInt8]
    /// How many accumulators a year has, 0 … `CalculatorLimit.slotsMax`.
    package var slotCount: Int

    package init(
        versions: [PolicyVersion], strides: [12 of UInt32], planIndex: [UInt32], plans: [Plan], layers: [Layer],
        brackets: [Bracket], diseaseClasses: [UInt8], products: [Product], identityRanks: [8 of UInt8],
        slotCount: Int
    ) {
        precondition(slotCount <= CalculatorLimit.slotsMax)
        self.versions = versions
        self.strides = strides
        self.planIndex = planIndex
        self.plans = plans
        self.layers = layers
        self.brackets = brackets
        self.diseaseClasses = diseaseClasses
        self.products = products
        self.identityRanks = identityRanks
        self.slotCount = slotCount
    }

    /// The same rules in the form that settles. Make it once and keep it.
    package var tables: Tables { Tables(self) }
}

/// The rules of one region in the form that the allocation-free path reads; immutable.
package final class Tables: @unchecked Sendable {
    // Unchecked: the memory is written in `init`, freed in `deinit`, and only read in between.
    let versions: Table<PolicyVersion>
    let planIndex: Table<UInt32>
    let plans: Table<Plan>
    let layers: Table<Layer>
    let brackets: Table<Bracket>
    /// `layers` and `brackets` in the form that the settling path reads.
    let walkLayers: Table<WalkLayer>
    let breakpoints: Table<Breakpoint>
    let diseaseClasses: Table<UInt8>
    let products: Table<Product>
    let identityRanks: Table<UInt8>
    let weights: FacetWeights
    package let slotCount: Int

    init(_ calculator: Calculator) {
        Self.check(calculator)
        versions = Table(calculator.versions)
        planIndex = Table(calculator.planIndex)
        plans = Table(calculator.plans)
        layers = Table(calculator.layers)
        brackets = Table(calculator.brackets)
        walkLayers = Table(calculator.layers.map { WalkLayer($0, brackets: calculator.brackets) })
        breakpoints = Table(Breakpoint.all(calculator.brackets))
        diseaseClasses = Table(calculator.diseaseClasses)
        products = Table(calculator.products)
        identityRanks = Table((0..<8).map { calculator.identityRanks[$0] })
        weights = FacetWeights(calculator.strides)
        slotCount = calculator.slotCount
    }

    /// Checks what the settling path relies on and does not check again.
    private static func check(_ calculator: Calculator) {
        for plan in calculator.plans {
            precondition(Int(plan.layerCount) <= CalculatorLimit.layersMax && plan.fixedFeeLayers <= plan.layerCount)
        }
        for layer in calculator.layers {
            for payer in [layer.first, layer.second] { precondition(Int(payer.fund) < CalculatorLimit.fundsMax) }
            let slots = [
                layer.absorbedSlot, layer.measureSlot, layer.paidSlot, layer.first.paidSlot, layer.second.paidSlot,
            ]
            for slot in slots { precondition(slot == Layer.noSlot || Int(slot) < calculator.slotCount) }
        }
    }

    deinit {
        versions.free()
        planIndex.free()
        plans.free()
        layers.free()
        brackets.free()
        walkLayers.free()
        breakpoints.free()
        diseaseClasses.free()
        products.free()
        identityRanks.free()
    }
}

/// The weight of each facet in the index of a key.
struct FacetWeights: BitwiseCopyable {
    let insurance, membership, status, identity, kind, level: UInt32
    let chineseMedicine, countyArea, diseaseClass, product, preExisting, referredFrom: UInt32

    init(_ strides: [12 of UInt32]) {
        insurance = strides[Facet.insurance.rawValue]
        membership = strides[Facet.membership.rawValue]
        status = strides[Facet.status.rawValue]
        identity = strides[Facet.identity.rawValue]
        kind = strides[Facet.kind.rawValue]
        level = strides[Facet.level.rawValue]
        chineseMedicine = strides[Facet.chineseMedicine.rawValue]
        countyArea = strides[Facet.countyArea.rawValue]
        diseaseClass = strides[Facet.diseaseClass.rawValue]
        product = strides[Facet.product.rawValue]
        preExisting = strides[Facet.preExisting.rawValue]
        referredFrom = strides[Facet.referredFrom.rawValue]
    }
}
