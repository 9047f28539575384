/// The unpaid rest of each part of a bill, in fen; contiguous, so that a layer names its parts by index.
package struct CostLeft: Sendable, BitwiseCopyable {
    // The field order differs from `CostSplit` on purpose: in the same order the compiler copies two fields with one
    // vector load, which stalls on store forwarding (about the cost of a layer).
    private(set) var inPolicy: Fen = 0
    private var outOfCatalog: Fen = 0
    private var firstSelfPay: Fen = 0
    private var specialDrug: Fen = 0
    private var overLimit: Fen = 0
    private var nothing: Fen = 0

    /// Indexes of the parts, in the order of the fields.
    private enum Slot {
        static var inPolicy: UInt8 { 0 }
        static var outOfCatalog: UInt8 { 1 }
        static var firstSelfPay: UInt8 { 2 }
        static var specialDrug: UInt8 { 3 }
    }

    /// The index of a part that is always 0.
    static var nothing: UInt8 { 5 }

    /// The parts that a layer of this base reads; payments reduce the first before the second.
    static func slots(of base: LayerBase) -> (first: UInt8, next: UInt8) {
        switch base {
        case .inPolicyLeft, .drugShareOfInPolicyLeft: (Slot.inPolicy, nothing)
        case .inPolicyAndFirstSelfPayLeft: (Slot.inPolicy, Slot.firstSelfPay)
        case .outOfCatalogLeft: (Slot.outOfCatalog, nothing)
        case .specialDrugLeft: (Slot.specialDrug, nothing)
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
