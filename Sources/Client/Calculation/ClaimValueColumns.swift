import Settlement

/// The claim columns common to all batches: the day, the kind, the amounts in fen.
struct ClaimValueColumns: ~Copyable {
    private(set) var serviceDate = WireColumn<UInt32>()
    private(set) var kind = WireColumn<UInt8>()
    private(set) var accountUse = WireColumn<UInt8>()
    private(set) var total = WireColumn<Int64>()
    private(set) var outOfCatalog = WireColumn<Int64>()
    private(set) var overLimit = WireColumn<Int64>()
    private(set) var firstSelfPay = WireColumn<Int64>()
    private(set) var inPolicy = WireColumn<Int64>()
    private(set) var inPolicyDrug = WireColumn<Int64>()
    private(set) var specialDrug = WireColumn<Int64>()
    private(set) var externalBasic = WireColumn<Int64>()
    private(set) var externalLargeAmount = WireColumn<Int64>()

    mutating func append(_ claim: Claim) {
        serviceDate.append(UInt32(bitPattern: claim.serviceDate.number))
        kind.append(claim.kind.rawValue)
        accountUse.append(claim.accountUse.rawValue)
        total.append(claim.cost.total)
        outOfCatalog.append(claim.cost.outOfCatalog)
        overLimit.append(claim.cost.overLimit)
        firstSelfPay.append(claim.cost.firstSelfPay)
        inPolicy.append(claim.cost.inPolicy)
        inPolicyDrug.append(claim.cost.inPolicyDrug)
        specialDrug.append(claim.cost.specialDrug)
        externalBasic.append(claim.externalBasic)
        externalLargeAmount.append(claim.externalLargeAmount)
    }

    mutating func clear() {
        serviceDate.clear()
        kind.clear()
        accountUse.clear()
        total.clear()
        outOfCatalog.clear()
        overLimit.clear()
        firstSelfPay.clear()
        inPolicy.clear()
        inPolicyDrug.clear()
        specialDrug.clear()
        externalBasic.clear()
        externalLargeAmount.clear()
    }
}
