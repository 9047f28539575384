/// What of each part of a bill nobody has paid yet, in fen.
struct CostLeft {
    var inPolicy: Fen
    var firstSelfPay: Fen
    var overLimit: Fen
    var outOfCatalog: Fen
    var specialDrug: Fen

    @_noAllocation @_noLocks
    @inline(__always)
    init(_ cost: CostSplit) {
        inPolicy = cost.inPolicy
        firstSelfPay = cost.firstSelfPay
        overLimit = cost.overLimit
        outOfCatalog = cost.outOfCatalog
        specialDrug = cost.specialDrug
    }

    var total: Fen {
        @_noAllocation @_noLocks get { inPolicy + firstSelfPay + overLimit + outOfCatalog + specialDrug }
    }

    /// What a layer of this base may look at.
    @_noAllocation @_noLocks
    @inline(__always)
    func base(_ base: LayerBase, of cost: borrowing CostSplit) -> Fen {
        switch base {
        case .inPolicyLeft: inPolicy
        case .drugShareOfInPolicyLeft: share(of: inPolicy, part: cost.inPolicyDrug, whole: cost.inPolicy)
        case .inPolicyAndFirstSelfPayLeft: inPolicy + firstSelfPay
        case .outOfCatalogLeft: outOfCatalog
        case .specialDrugLeft: specialDrug
        }
    }

    /// Takes a layer's payment off the parts that it looked at.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func relieve(_ base: LayerBase, by paid: Fen) {
        switch base {
        case .inPolicyLeft, .drugShareOfInPolicyLeft: inPolicy -= paid
        case .inPolicyAndFirstSelfPayLeft:
            let inPolicyPart = min(paid, inPolicy)
            inPolicy -= inPolicyPart
            firstSelfPay -= paid - inPolicyPart
        case .outOfCatalogLeft: outOfCatalog -= paid
        case .specialDrugLeft: specialDrug -= paid
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
