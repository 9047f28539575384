/// What of each part of a bill nobody has paid yet, in fen: amounts in a row, so that a layer names the parts that it
/// looks at by their place.
package struct CostLeft: Sendable, BitwiseCopyable {
    // Not in the order of the bill: parts that lie side by side in both would be copied in pairs, and a pair that was
    // just written part by part can only be read when both have reached the cache, which takes as long as a layer.
    private(set) var inPolicy: Fen = 0
    private var outOfCatalog: Fen = 0
    private var firstSelfPay: Fen = 0
    private var specialDrug: Fen = 0
    private var overLimit: Fen = 0
    private var nothing: Fen = 0

    /// Places, in the order of the fields.
    private enum Place {
        static var inPolicy: UInt8 { 0 }
        static var outOfCatalog: UInt8 { 1 }
        static var firstSelfPay: UInt8 { 2 }
        static var specialDrug: UInt8 { 3 }
    }

    /// The place of a part that is always 0.
    static var nothing: UInt8 { 5 }

    /// The parts that a layer of this base looks at, the one that payments relieve first before the other.
    static func places(of base: LayerBase) -> (first: UInt8, next: UInt8) {
        switch base {
        case .inPolicyLeft, .drugShareOfInPolicyLeft: (Place.inPolicy, nothing)
        case .inPolicyAndFirstSelfPayLeft: (Place.inPolicy, Place.firstSelfPay)
        case .outOfCatalogLeft: (Place.outOfCatalog, nothing)
        case .specialDrugLeft: (Place.specialDrug, nothing)
        }
    }

    /// Nobody has paid anything of `cost`.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func begin(_ cost: borrowing CostSplit) {
        inPolicy = cost.inPolicy
        firstSelfPay = cost.firstSelfPay
        overLimit = cost.overLimit
        outOfCatalog = cost.outOfCatalog
        specialDrug = cost.specialDrug
        nothing = 0
    }

    var total: Fen {
        @_noAllocation @_noLocks @inline(__always) get {
            inPolicy &+ firstSelfPay &+ overLimit &+ outOfCatalog &+ specialDrug
        }
    }

    /// Takes an account's payment off, the in-policy part first.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func relieveAll(by paid: Fen) {
        var rest = paid
        func take(_ part: inout Fen) {
            let taken = min(rest, part)
            part -= taken
            rest -= taken
        }
        take(&inPolicy)
        take(&firstSelfPay)
        take(&overLimit)
        take(&outOfCatalog)
        take(&specialDrug)
    }
}
