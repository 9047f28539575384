import Settlement

/// Chongqing employees' special-disease outpatient with pooling behind it (CQ-10 … CQ-19), compiled by hand.
enum Chongqing {
    private enum Slot: UInt8, CaseIterable {
        case specialAbsorbed, groupAPaid, pool, largeAmount, poolingAbsorbed, poolingPaid
        case supplementaryAbsorbed, supplementaryPaid
    }

    /// Classes of the two diseases of this table, 0 being "no disease".
    private enum DiseaseClass: UInt8, CaseIterable { case none, groupA, groupB }

    private static var payers: (first: Payer, second: Payer) {
        (
            Payer(category: .pool, paidSlot: Slot.pool.rawValue, limit: yuan(47_000)),
            Payer(category: .largeAmount, paidSlot: Slot.largeAmount.rawValue, limit: yuan(500_000))
        )
    }

    static func calculator() -> Calculator {
        var builder = TableBuilder()
        let range = builder.add(brackets: [
            Bracket(lowerBound: 0, ratio: 9_000), Bracket(lowerBound: yuan(37_000), ratio: 10_000),
        ])
        let keysFrom2022 = builder.planIndex.count
        addVersion(hasPooling: false, groupABrackets: range, to: &builder)
        let keysFrom2024 = builder.planIndex.count
        addVersion(hasPooling: true, groupABrackets: range, to: &builder)
        let product = Product(
            purchase: DateRange(from: CalendarDate(2022_11_03), until: CalendarDate(2022_12_31)),
            cover: DateRange(from: CalendarDate(2023_01_01), until: CalendarDate(2023_12_31)))
        return Calculator(
            versions: [
                PolicyVersion(
                    inForce: DateRange(from: CalendarDate(2022_01_01), until: CalendarDate(2023_12_31)),
                    firstKey: UInt32(keysFrom2022)),
                PolicyVersion(inForce: DateRange(from: CalendarDate(2024_01_01)), firstKey: UInt32(keysFrom2024)),
            ],
            strides: strides,
            planIndex: builder.planIndex, plans: builder.plans, layers: builder.layers, brackets: builder.brackets,
            diseaseClasses: [DiseaseClass.none, .groupA, .groupB].map(\.rawValue), products: [product],
            identityRanks: [8 of UInt8](repeating: 0), slotCount: Slot.allCases.count)
    }

    /// Insurance 3, status 3, kind 8, level 4, Chinese medicine 2, disease class 3, product 2.
    private static var strides: [12 of UInt32] { [1152, 0, 384, 0, 48, 12, 6, 0, 2, 1, 0, 0] }
    private static var keyCount: UInt32 { 3 * 1152 }

    private static func addVersion(
        hasPooling: Bool, groupABrackets: (first: UInt16, count: UInt16), to builder: inout TableBuilder
    ) {
        let external = Layer(
            base: .inPolicyLeft, method: .externalBasic, isBasic: true, first: Payer(category: .pool))
        for key in 0..<keyCount {
            let insurance = Insurance(rawValue: UInt8(key / 1152))
            let kind = ClaimKind(rawValue: UInt8(key / 48 % 8))
            guard insurance == .employee, kind == .special else {
                builder.addKey(
                    Plan(allowsExternalBasic: true, hasNoRule: true, usesAccounts: true), layers: [external])
                continue
            }
            addSpecial(
                status: WorkStatus(rawValue: UInt8(key / 384 % 3))!, level: Level(rawValue: UInt8(key / 12 % 4))!,
                isChineseMedicine: key / 6 % 2 == 1, disease: DiseaseClass(rawValue: UInt8(key / 2 % 3))!,
                hasProduct: key % 2 == 1, hasPooling: hasPooling, groupABrackets: groupABrackets, to: &builder)
        }
    }

    private static func addSpecial(
        status: WorkStatus, level: Level, isChineseMedicine: Bool, disease: DiseaseClass, hasProduct: Bool,
        hasPooling: Bool, groupABrackets: (first: UInt16, count: UInt16), to builder: inout TableBuilder
    ) {
        if status == .unspecified { return builder.addKey(Plan(disposition: .factMissing, missing: .status)) }
        if level == .unspecified { return builder.addKey(Plan(disposition: .factMissing, missing: .level)) }
        if disease == .none { return builder.addKey(Plan(disposition: .factMissing, missing: .disease)) }
        var layers = [
            special(level: level, isChineseMedicine: isChineseMedicine, disease: disease, brackets: groupABrackets)
        ]
        if hasPooling { layers.append(pooling(status: status, level: level)) }
        if hasProduct { layers.append(supplementary) }
        builder.addKey(Plan(usesAccounts: true), layers: layers)
    }

    /// CQ-5, CQ-10, CQ-4, CQ-12, CQ-13.
    private static func special(
        level: Level, isChineseMedicine: Bool, disease: DiseaseClass, brackets: (first: UInt16, count: UInt16)
    ) -> Layer {
        let deductibles: [Int64] = [0, 200, 440, 880]
        let lowered = Int(level.rawValue) - (isChineseMedicine && level != .one ? 1 : 0)
        let deductible = yuan(deductibles[lowered])
        let absorbed = Slot.specialAbsorbed.rawValue
        if disease == .groupB {
            return Layer(
                base: .inPolicyLeft, method: .flat, isBasic: true, absorbedSlot: absorbed, ratio: 8_000,
                deductible: deductible, first: payers.first, second: payers.second)
        }
        return Layer(
            base: .inPolicyLeft, method: .paymentBrackets, isBasic: true, absorbedSlot: absorbed,
            measureSlot: Slot.groupAPaid.rawValue, firstBracket: brackets.first, bracketCount: brackets.count,
            deductible: deductible, first: payers.first, second: payers.second)
    }

    /// CQ-15 … CQ-19.
    private static func pooling(status: WorkStatus, level: Level) -> Layer {
        let isRetired = status == .retired
        return Layer(
            base: .inPolicyLeft, method: .flat, absorbedSlot: Slot.poolingAbsorbed.rawValue,
            paidSlot: Slot.poolingPaid.rawValue, ratio: (level == .three ? 5_000 : 6_000) + (isRetired ? 1_000 : 0),
            deductible: yuan(isRetired ? 100 : 200), cap: yuan(isRetired ? 4_000 : 3_000), first: payers.first,
            second: payers.second)
    }

    /// CQ-20 C1.
    private static var supplementary: Layer {
        Layer(
            base: .inPolicyAndFirstSelfPayLeft, method: .flat,
            absorbedSlot: Slot.supplementaryAbsorbed.rawValue, paidSlot: Slot.supplementaryPaid.rawValue,
            ratio: 5_500, deductible: yuan(15_000), cap: yuan(1_500_000), first: Payer(category: .supplementary))
    }

    /// Special-disease claims of 2024: payment brackets, pool then large-amount fund, pooling, accounts.
    static func employeeSpecialDiseases(claims count: Int, seed: UInt64) -> Workload {
        var random = SeededGenerator(seed: seed)
        var workload = Workload(
            name: "chongqing, employee special disease, 2 layers and accounts", calculator: calculator())
        while workload.claims.count < count {
            let claims = (0..<Workload.claimsPerPerson).map { _ in
                Claim(
                    kind: .special, serviceDate: random.date(in: 2024), cost: random.cost(upTo: 30_000),
                    institution: Institution(
                        level: [.one, .two, .three].randomElement(using: &random)!,
                        isChineseMedicine: .random(using: &random)),
                    disease: .random(in: 1...2, using: &random),
                    accountUse: AccountUse.allCases.randomElement(using: &random)!)
            }
            let accounts = (0..<Int.random(in: 0...2, using: &random)).map { _ in random.yuan(upTo: 3_000) }
            workload.add(
                PersonFacts(insurance: .employee, status: Bool.random(using: &random) ? .active : .retired), year: 2024,
                slots: [Fen](repeating: 0, count: Slot.allCases.count), accounts: accounts, claims: claims)
        }
        return workload
    }
}
