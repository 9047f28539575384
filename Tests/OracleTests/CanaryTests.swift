import Policy
import Settlement
import TestSupport
import Testing

/// The comparison must find every planted fault: a harness that cannot is not trusted.
struct CanaryTests {
    /// Settlements within which a fault must show.
    static let casesMax = 400_000

    /// One wrong number in all compiled layers of one id.
    enum Fault: CaseIterable {
        case ratioOneBasisPointHigh
        case deductibleOneFenLow
        case deductibleForgotten
        case capOneFenHigh
        case capIgnored
        case firstFundLimitOneFenLow
        case secondFundLimitOneFenHigh
        case bracketBoundOneFenHigh
        case bracketRatioOneBasisPointLow
        case absorbedForgotten
        case paidForgotten
        case fundsSwapped
    }

    @Test(arguments: RegionUnderTest.all)
    func `every number that is planted wrong in a calculator is found`(region: RegionUnderTest) throws {
        let honest = try PropertyTests.subject(region)
        let random = SeededRandom.forTest("canary \(region.name)")
        var planted = 0
        // The recognition's layer (YT-7) is in no plan: the ledger's tests look after it.
        let recognition = honest.product.pack.recognitionLayer.map { honest.product.pack.layers[Int($0)].id }
        for layer in Set(honest.product.pack.layers.map(\.id)).sorted() where layer != recognition {
            for fault in Fault.allCases {
                var calculator = honest.product.pack.calculator
                guard Self.plant(fault, in: layer, honest.product.pack, &calculator) else { continue }
                planted += 1
                let subject = try Subject(region, pack: honest.product.pack, calculator: calculator)
                let (difference, tally) = subject.firstDifference(among: Self.casesMax, random, faults: false)
                #expect(difference != nil, "\(region.name) \(layer): \(fault) not found in \(tally.cases) settlements")
            }
        }
        for fault in WiderFault.allCases {
            var calculator = honest.product.pack.calculator
            guard Self.plant(fault, &calculator) else { continue }
            planted += 1
            let subject = try Subject(region, pack: honest.product.pack, calculator: calculator)
            let (difference, tally) = subject.firstDifference(among: Self.casesMax, random)
            #expect(difference != nil, "\(region.name): \(fault) not found in \(tally.cases) settlements")
        }
        print("\(region.name): \(planted) planted faults")
        #expect(planted >= 4)
    }

    /// Something wrong outside the layers.
    enum WiderFault: CaseIterable {
        case inForceOneDayLate
        case purchaseOneDayShort
        case coverOneDayShort
        case identitiesRankedUpsideDown
        case filingNotAsked
        case externalBasicTurnedRound
        case externalLargeAmountAllowed
        case noRuleNotSaid
        case accountsNotUsed
        case lastDiseaseLikeTheFirst
        case paidOutsideOnAnotherFund
        case paidOutsideNotCounted
        case paidOutsideLimited
    }

    /// False where the pack has nothing of the kind.
    private static func plant(_ fault: WiderFault, _ calculator: inout Calculator) -> Bool {
        var isPlanted = false
        func set<Value: Equatable>(_ value: inout Value, _ wrong: Value) {
            if value != wrong { isPlanted = true }
            value = wrong
        }
        switch fault {
        case .inForceOneDayLate:
            let last = calculator.versions.count - 1
            set(
                &calculator.versions[last].inForce.from,
                CalendarDate(calculator.versions[last].inForce.from.number + 1))
        case .purchaseOneDayShort:
            for index in calculator.products.indices {
                set(&calculator.products[index].purchase.until, CalendarDate(2022_12_30))
            }
        case .coverOneDayShort:
            for index in calculator.products.indices {
                set(&calculator.products[index].cover.until, CalendarDate(2023_12_30))
            }
        case .identitiesRankedUpsideDown:
            for index in 0..<8 where calculator.identityRanks[index] > 0 {
                set(&calculator.identityRanks[index], 9 - calculator.identityRanks[index])
            }
            // With one identity there is nothing to turn upside down.
            isPlanted = (0..<8).count { calculator.identityRanks[$0] > 0 } > 1
        case .filingNotAsked:
            for index in calculator.plans.indices { set(&calculator.plans[index].needsFiling, false) }
        case .externalBasicTurnedRound:
            for index in calculator.plans.indices {
                set(&calculator.plans[index].allowsExternalBasic, !calculator.plans[index].allowsExternalBasic)
            }
        case .externalLargeAmountAllowed:
            for index in calculator.plans.indices { set(&calculator.plans[index].allowsExternalLargeAmount, true) }
        case .noRuleNotSaid:
            for index in calculator.plans.indices { set(&calculator.plans[index].hasNoRule, false) }
        case .accountsNotUsed:
            for index in calculator.plans.indices { set(&calculator.plans[index].usesAccounts, false) }
        case .lastDiseaseLikeTheFirst:
            guard calculator.diseaseClasses.count > 2 else { return false }
            set(&calculator.diseaseClasses[calculator.diseaseClasses.count - 1], calculator.diseaseClasses[1])
        case .paidOutsideOnAnotherFund:
            for index in calculator.layers.indices where calculator.layers[index].isOutside {
                set(&calculator.layers[index].first.fund, calculator.layers[index].first.fund + 1)
            }
        case .paidOutsideNotCounted:
            for index in calculator.layers.indices where calculator.layers[index].isOutside {
                set(&calculator.layers[index].first.paidSlot, Layer.noSlot)
            }
        case .paidOutsideLimited:
            for index in calculator.layers.indices {
                let payer = calculator.layers[index].first
                if calculator.layers[index].isOutside, payer.paidSlot != Layer.noSlot {
                    set(&calculator.layers[index].first.limit, 4_700_000)
                }
            }
        }
        return isPlanted
    }

    /// False where the layer has no such number.
    private static func plant(
        _ fault: Fault, in id: String, _ pack: PolicyPack, _ calculator: inout Calculator
    ) -> Bool {
        for index in pack.layers.indices where pack.layers[index].id == id {
            plant(fault, &calculator.layers[index], &calculator.brackets)
        }
        return calculator.layers != pack.calculator.layers || calculator.brackets != pack.calculator.brackets
    }

    private static func plant(_ fault: Fault, _ layer: inout Layer, _ brackets: inout [Bracket]) {
        let own = Int(layer.firstBracket)..<Int(layer.firstBracket + layer.bracketCount)
        switch fault {
        case .ratioOneBasisPointHigh:
            if layer.method == .flat { layer.ratio += layer.ratio < 10_000 ? 1 : -1 }
        case .deductibleOneFenLow: if layer.deductible > 0 { layer.deductible -= 1 }
        case .deductibleForgotten: layer.deductible = 0
        case .capOneFenHigh: if layer.cap != Layer.unlimited { layer.cap += 1 }
        case .capIgnored: layer.cap = Layer.unlimited
        case .firstFundLimitOneFenLow: if layer.first.limit != Layer.unlimited { layer.first.limit -= 1 }
        case .secondFundLimitOneFenHigh:
            if layer.payerCount == 2 && layer.second.limit != Layer.unlimited { layer.second.limit += 1 }
        case .bracketBoundOneFenHigh:
            // Compiled layers may share brackets: each is moved once, to an odd amount.
            for index in own where brackets[index].lowerBound > 0 && brackets[index].lowerBound % 2 == 0 {
                brackets[index].lowerBound += 1
            }
        case .bracketRatioOneBasisPointLow:
            for index in own where brackets[index].ratio % 10 == 0 { brackets[index].ratio -= 1 }
        case .absorbedForgotten: layer.absorbedSlot = Layer.noSlot
        case .paidForgotten: layer.paidSlot = Layer.noSlot
        case .fundsSwapped: if layer.payerCount == 2 { swap(&layer.first, &layer.second) }
        }
    }
}

extension Layer {
    fileprivate var isOutside: Bool { method == .externalBasic || method == .externalLargeAmount }
}
