/// Which plan a claim falls under: version by date, then facts to key to plan (rules G-4, G-10, G-11).
extension Tables {
    /// Index of the version in force on `date`; -1: none.
    @_noAllocation @_noLocks
    @inline(__always)
    func version(on date: CalendarDate) -> Int {
        for index in 0..<versions.count where versions[index].inForce.contains(date) { return index }
        return -1
    }

    /// The identity that counts on `date`: the highest the pack knows among those in force (就高不重复, rule G-10).
    ///
    /// `range` are the person's records in `identities`.
    @_noAllocation @_noLocks
    @inline(__always)
    package func identity(
        on date: CalendarDate, among identities: borrowing Span<DatedIdentity>, range: Range<Int>
    ) -> Identity {
        var best = Identity.none
        var bestRank: UInt8 = 0
        for index in range {
            let record = identities[index]
            let rank = identityRanks[Int(record.identity.rawValue)]
            if rank > bestRank, record.isInForce(on: date) {
                best = record.identity
                bestRank = rank
            }
        }
        return best
    }

    /// True where `externalBasic` of such a claim is a fixed fee of a medical institution (CQ-17, I-38).
    ///
    /// The claim's and the person's numbers must be the pack's.
    package func takesFixedFees(
        _ claim: borrowing Claim, person: borrowing PersonFacts, identities: borrowing Span<DatedIdentity>
    ) -> Bool {
        let version = version(on: claim.serviceDate)
        let (product, invalid) = product(of: person, on: claim.serviceDate)
        guard version >= 0, invalid.isNone else { return false }
        let identity = identity(on: claim.serviceDate, among: identities, range: identities.indices)
        let key = keyIndex(version: version, claim: claim, person: person, identity: identity, product: product)
        return plans[Int(planIndex[key])].fixedFeeLayers > 0
    }

    /// Position in `planIndex` of the plan for these facts under version `version`.
    @_noAllocation @_noLocks
    @inline(__always)
    func keyIndex(
        version: Int, claim: borrowing Claim, person: borrowing PersonFacts, identity: Identity, product: UInt8
    ) -> Int {
        let inCity = !claim.institution.isOutOfCity
        // Each facet is below the pack's count for it (checked or an enum), so the index stays in the version.
        var index = versions[version].firstKey
        index &+= weights.insurance &* UInt32(person.insurance.rawValue)
        index &+= weights.membership &* UInt32(person.membership.rawValue)
        index &+= weights.status &* UInt32(person.status.rawValue)
        index &+= weights.identity &* UInt32(identity.rawValue)
        index &+= weights.kind &* UInt32(claim.kind.rawValue)
        index &+= weights.level &* UInt32(claim.institution.level.rawValue)
        index &+= weights.chineseMedicine &* (claim.institution.isChineseMedicine && inCity ? 1 : 0)
        index &+= weights.countyArea &* (claim.institution.isCountyArea && inCity ? 1 : 0)
        index &+= weights.diseaseClass &* UInt32(diseaseClasses[Int(claim.disease)])
        index &+= weights.product &* UInt32(product)
        index &+= weights.preExisting &* (person.hasPreExistingDisease ? 1 : 0)
        index &+= weights.referredFrom &* (inCity ? UInt32(claim.referredFrom.rawValue) : 0)
        return Int(index)
    }

    /// The supplementary product in force on the service date (0: none), or why the purchase does not count (CQ-22).
    ///
    /// The person's product must be one of the pack's.
    @_noAllocation @_noLocks
    @inline(__always)
    func product(of person: borrowing PersonFacts, on date: CalendarDate) -> (UInt8, Refusal) {
        guard person.product > 0 else { return (0, .none) }
        if person.insurance == .unspecified { return (0, Refusal(.purchaseNotValid, .insurance)) }
        let product = products[Int(person.product) - 1]
        if !product.purchase.contains(person.boughtOn) { return (0, Refusal(.purchaseNotValid, .boughtOn)) }
        return (product.cover.contains(date) ? person.product : 0, .none)
    }

    /// True where `disease` is on file and in force on `date` (rule AH-5).
    @_noAllocation @_noLocks
    func isFiled(
        _ disease: UInt8, on date: CalendarDate, filings: borrowing Span<DatedFiling>, range: Range<Int>
    ) -> Bool {
        for index in range {
            let filing = filings[index]
            if filing.disease == disease, filing.inForce.contains(date) { return true }
        }
        return false
    }
}
