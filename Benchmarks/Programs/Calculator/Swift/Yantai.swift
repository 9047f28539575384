import Settlement

/// Yantai residents' and employees' rules (YT-1 … YT-6), compiled by hand.
enum Yantai {
    private enum Slot: UInt8, CaseIterable {
        case employeeAbsorbed, residentAbsorbed, residentBase
        case assistanceAbsorbed, assistancePaid, reassistanceAbsorbed, reassistancePaid
        case drugAbsorbed, drugPaid
    }

    private static let keyGroups: [Identity] = [.destitute, .lowIncome, .returnedToPoverty]
    private static let assisted: [Identity] = keyGroups + [.nearLowIncome, .monitored]

    static func calculator() -> Calculator {
        var builder = TableBuilder()
        let ofKeyGroups = residentBrackets(deductible: 7_000, lowestRatio: 6_500, in: &builder)
        let ofOthers = residentBrackets(deductible: 14_000, lowestRatio: 6_000, in: &builder)
        for insurance in Insurance.allCases {
            for identity in Identity.allCases {
                let resident = keyGroups.contains(identity) ? ofKeyGroups : ofOthers
                for kind in ClaimKind.allCases {
                    addKey(insurance: insurance, identity: identity, kind: kind, resident: resident, to: &builder)
                }
            }
        }
        return Calculator(
            versions: [PolicyVersion(inForce: DateRange(from: CalendarDate(2023_01_01)), firstKey: 0)],
            strides: [64, 0, 0, 8, 1, 0, 0, 0, 0, 0, 0, 0],
            planIndex: builder.planIndex, plans: builder.plans, layers: builder.layers, brackets: builder.brackets,
            diseaseClasses: [0], products: [], identityRanks: [0, 6, 5, 4, 3, 3, 2, 0],
            slotCount: Slot.allCases.count)
    }

    private static func addKey(
        insurance: Insurance, identity: Identity, kind: ClaimKind, resident: Layer, to builder: inout TableBuilder
    ) {
        let isEmployee = insurance == .employee
        var external = [
            Layer(base: .inPolicyLeft, method: .externalBasic, isBasic: true, first: Payer(category: .pool))
        ]
        if isEmployee {
            external.append(
                Layer(base: .inPolicyLeft, method: .externalLargeAmount, first: Payer(category: .largeAmount)))
        }
        var plan = Plan(allowsExternalBasic: true, allowsExternalLargeAmount: isEmployee)
        switch kind {
        case .inpatient, .special:
            let illness = isEmployee ? employeeCriticalIllness(isKeyGroup: keyGroups.contains(identity)) : resident
            builder.addKey(plan, layers: external + [illness] + assistance(identity))
        case .specialDrug:
            builder.addKey(plan, layers: [specialDrug(isKeyGroup: keyGroups.contains(identity))])
        default:
            plan.hasNoRule = true
            builder.addKey(plan, layers: external)
        }
    }

    /// YT-2.
    private static func residentBrackets(
        deductible: Int64, lowestRatio: BasisPoints, in builder: inout TableBuilder
    ) -> Layer {
        let range = builder.add(brackets: [
            Bracket(lowerBound: 0, ratio: lowestRatio),
            Bracket(lowerBound: yuan(100_000), ratio: lowestRatio + 500),
            Bracket(lowerBound: yuan(200_000), ratio: lowestRatio + 1_000),
            Bracket(lowerBound: yuan(300_000), ratio: lowestRatio + 1_500),
        ])
        return Layer(
            base: .inPolicyLeft, method: .expenseBrackets, absorbedSlot: Slot.residentAbsorbed.rawValue,
            measureSlot: Slot.residentBase.rawValue, firstBracket: range.first, bracketCount: range.count,
            deductible: yuan(deductible), first: Payer(category: .criticalIllness))
    }

    /// YT-1.
    private static func employeeCriticalIllness(isKeyGroup: Bool) -> Layer {
        Layer(
            base: .inPolicyLeft, method: .flat, absorbedSlot: Slot.employeeAbsorbed.rawValue,
            ratio: isKeyGroup ? 8_500 : 8_000, deductible: yuan(isKeyGroup ? 6_000 : 12_000),
            first: Payer(category: .criticalIllness))
    }

    /// YT-5, YT-6.
    private static func assistance(_ identity: Identity) -> [Layer] {
        guard assisted.contains(identity) else { return [] }
        let isKeyGroup = keyGroups.contains(identity)
        let ratio: BasisPoints =
            switch identity {
            case .destitute: 10_000
            case .lowIncome: 8_000
            case .returnedToPoverty: 7_000
            default: 5_000
            }
        return [
            Layer(
                base: .inPolicyLeft, method: .flat, absorbedSlot: Slot.assistanceAbsorbed.rawValue,
                paidSlot: Slot.assistancePaid.rawValue, ratio: ratio, deductible: yuan(isKeyGroup ? 0 : 3_000),
                cap: yuan(isKeyGroup ? 30_000 : 20_000), first: Payer(category: .assistance)),
            Layer(
                base: .inPolicyLeft, method: .flat, absorbedSlot: Slot.reassistanceAbsorbed.rawValue,
                paidSlot: Slot.reassistancePaid.rawValue, ratio: 7_000,
                deductible: yuan(isKeyGroup ? 5_000 : 10_000), cap: yuan(20_000),
                first: Payer(category: .reassistance)),
        ]
    }

    /// YT-4.
    private static func specialDrug(isKeyGroup: Bool) -> Layer {
        Layer(
            base: .specialDrugLeft, method: .flat, absorbedSlot: Slot.drugAbsorbed.rawValue,
            paidSlot: Slot.drugPaid.rawValue, ratio: 8_000, deductible: yuan(isKeyGroup ? 0 : 20_000),
            cap: yuan(400_000), first: Payer(category: .criticalIllness))
    }

    /// Inpatient claims of assisted residents: each passes four layers.
    static func residentInpatients(claims count: Int, seed: UInt64) -> Workload {
        var random = SeededGenerator(seed: seed)
        var workload = Workload(name: "yantai, resident inpatient, 4 layers", calculator: calculator())
        while workload.claims.count < count {
            let claims = (0..<Workload.claimsPerPerson).map { _ in
                let cost = random.cost(upTo: 60_000)
                return Claim(
                    kind: .inpatient, serviceDate: random.date(in: 2024), cost: cost,
                    institution: Institution(level: Level.allCases.randomElement(using: &random)!),
                    externalBasic: .random(in: 0...cost.inPolicy, using: &random))
            }
            let given = random.date(in: 2023)
            workload.add(
                PersonFacts(insurance: .resident), year: 2024,
                slots: [Fen](repeating: 0, count: Slot.allCases.count),
                identities: [DatedIdentity(assisted.randomElement(using: &random)!, given: given)], claims: claims)
        }
        return workload
    }
}
