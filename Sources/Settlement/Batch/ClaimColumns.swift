/// The amounts of many bills, a column per field, in fen (费用构成).
package struct CostColumns {
    package let total: Column<Fen>
    package let outOfCatalog: Column<Fen>
    package let overLimit: Column<Fen>
    package let firstSelfPay: Column<Fen>
    package let inPolicy: Column<Fen>
    package let inPolicyDrug: Column<Fen>
    package let specialDrug: Column<Fen>
    package let externalBasic: Column<Fen>
    package let externalLargeAmount: Column<Fen>

    package init(
        total: Column<Fen>, outOfCatalog: Column<Fen>, overLimit: Column<Fen>, firstSelfPay: Column<Fen>,
        inPolicy: Column<Fen>, inPolicyDrug: Column<Fen>, specialDrug: Column<Fen>, externalBasic: Column<Fen>,
        externalLargeAmount: Column<Fen>
    ) {
        self.total = total
        self.outOfCatalog = outOfCatalog
        self.overLimit = overLimit
        self.firstSelfPay = firstSelfPay
        self.inPolicy = inPolicy
        self.inPolicyDrug = inPolicyDrug
        self.specialDrug = specialDrug
        self.externalBasic = externalBasic
        self.externalLargeAmount = externalLargeAmount
    }

    /// The amounts of row `row`, which must exist.
    @inline(__always)
    package func read(_ row: Int, into claim: inout Claim) {
        precondition(UInt(bitPattern: row) < UInt(bitPattern: total.rows))
        claim.cost.total = total[unchecked: row]
        claim.cost.outOfCatalog = outOfCatalog[unchecked: row]
        claim.cost.overLimit = overLimit[unchecked: row]
        claim.cost.firstSelfPay = firstSelfPay[unchecked: row]
        claim.cost.inPolicy = inPolicy[unchecked: row]
        claim.cost.inPolicyDrug = inPolicyDrug[unchecked: row]
        claim.cost.specialDrug = specialDrug[unchecked: row]
        claim.externalBasic = externalBasic[unchecked: row]
        claim.externalLargeAmount = externalLargeAmount[unchecked: row]
    }
}

/// The claims of a batch, a column per field. What they name by number stands in `BatchTables`.
package struct ClaimColumns {
    package let count: Int
    package let personRow: Column<UInt32>
    package let serviceDate: Column<UInt32>
    package let kind: Column<UInt8>
    package let institution: Column<UInt32>
    package let disease: Column<UInt8>
    package let accountUse: Column<UInt8>
    package let referredFrom: Column<UInt8>
    package let cost: CostColumns

    package init(
        count: Int, personRow: Column<UInt32>, serviceDate: Column<UInt32>, kind: Column<UInt8>,
        institution: Column<UInt32>, disease: Column<UInt8>, accountUse: Column<UInt8>, referredFrom: Column<UInt8>,
        cost: CostColumns
    ) {
        for column in [personRow, serviceDate, institution] { precondition(column.rows == count) }
        precondition(cost.total.rows == count)
        for column in [kind, disease, accountUse, referredFrom] { precondition(column.rows == count) }
        self.count = count
        self.personRow = personRow
        self.serviceDate = serviceDate
        self.kind = kind
        self.institution = institution
        self.disease = disease
        self.accountUse = accountUse
        self.referredFrom = referredFrom
        self.cost = cost
    }

    /// Row `row`, which must exist, as a claim, or which of its facts is not one of ours.
    @inline(__always)
    package func claim(_ row: Int, _ tables: BatchTables, into claim: inout Claim) -> Refusal {
        precondition(UInt(bitPattern: row) < UInt(bitPattern: count))
        guard let kind = ClaimKind(rawValue: kind[unchecked: row]) else { return Refusal(.factInvalid, .kind) }
        guard let accountUse = AccountUse(rawValue: accountUse[unchecked: row]) else {
            return Refusal(.factInvalid, .accountUse)
        }
        guard let referredFrom = Level(rawValue: referredFrom[unchecked: row]) else {
            return Refusal(.factInvalid, .referredFrom)
        }
        let index = Int(institution[unchecked: row])
        if index < tables.institutions.count {
            guard tables.institutions[index].isKnown else { return Refusal(.factInvalid, .level) }
            claim.institution = tables.institutions[index].institution
        } else if tables.institutions.isEmpty, index == 0 {
            claim.institution = Institution()
        } else {
            return Refusal(.factInvalid, .institution)
        }
        let code = Int(disease[unchecked: row])
        guard code < tables.diseases.count, code == 0 || tables.diseases[code] != 0 else {
            return Refusal(.factInvalid, .disease)
        }
        claim.kind = kind
        claim.accountUse = accountUse
        claim.referredFrom = referredFrom
        claim.disease = tables.diseases[code]
        claim.serviceDate = CalendarDate(Int32(clamping: serviceDate[unchecked: row]))
        cost.read(row, into: &claim)
        return .none
    }

    /// The value that a refusal of `row` names, where the claim's own types cannot hold it.
    package func value(of field: ClaimField, row: Int) -> String? {
        switch field {
        case .kind: "\(kind[row])"
        case .accountUse: "\(accountUse[row])"
        case .referredFrom: "\(referredFrom[row])"
        case .institution: "\(institution[row])"
        case .disease: "\(disease[row])"
        case .personRow: "\(personRow[row])"
        case .serviceDate: "\(serviceDate[row])"
        default: nil
        }
    }
}
