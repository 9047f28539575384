import Settlement

extension Workload {
    /// The same claims with faults and rare facts, so that the comparison reaches every refusal and layer.
    func hostile(seed: UInt64) -> Workload {
        var random = SeededGenerator(seed: seed)
        var hostile = self
        hostile.name += ", hostile"
        hostile.spoilTables(using: &random)
        for index in claims.indices where Int.random(in: 0..<4, using: &random) > 0 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: hostile.spoilAmounts(of: index, using: &random)
            case 1: hostile.spoilFacts(of: index, using: &random)
            case 2: hostile.spoilPerson(of: index, using: &random)
            default: hostile.spoilState(of: index, using: &random)
            }
        }
        return hostile
    }

    /// Adds plans that refuse or require a filing, and layers of rare bases, to reach the tables' own branches too.
    private mutating func spoilTables(using random: inout SeededGenerator) {
        for plan in calculator.plans.indices {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: calculator.plans[plan].disposition = .notEntitled
            case 1: calculator.plans[plan].needsFiling = true
            default: break
            }
        }
        for layer in calculator.layers.indices where calculator.layers[layer].method == .flat {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: calculator.layers[layer].method = .silent
            case 1: calculator.layers[layer].base = .drugShareOfInPolicyLeft
            case 2: calculator.layers[layer].base = .outOfCatalogLeft
            case 3: calculator.layers[layer].base = .inPolicyAndFirstSelfPayLeft
            default: break
            }
        }
    }

    private mutating func spoilAmounts(of index: Int, using random: inout SeededGenerator) {
        let amount: Fen = [
            -1, 0, 1, Int64.min, Int64.max, AmountLimit.claimMax, AmountLimit.claimMax + 1,
            random.yuan(upTo: 100_000),
        ].randomElement(using: &random)!
        switch Int.random(in: 0..<12, using: &random) {
        case 0: claims[index].cost.total = amount
        case 1: claims[index].cost.outOfCatalog = amount
        case 2: claims[index].cost.overLimit = amount
        case 3: claims[index].cost.firstSelfPay = amount
        case 4: claims[index].cost.inPolicy = amount
        case 5: claims[index].cost.inPolicyDrug = amount
        case 6: claims[index].cost.specialDrug = amount
        case 7: claims[index].externalBasic = amount
        case 8: claims[index].externalLargeAmount = amount
        case 9:
            claims[index].kind = .specialDrug
            claims[index].cost = CostSplit(total: amount, specialDrug: amount)
        case 10: claims[index].cost = random.cost(upTo: 1_000_000)
        default: claims[index].cost = CostSplit(total: AmountLimit.claimMax, inPolicy: AmountLimit.claimMax)
        }
    }

    private mutating func spoilFacts(of index: Int, using random: inout SeededGenerator) {
        let dates: [Int32] = [
            0, -1, 2024_02_29, 2023_02_29, 2023_06_30, 2024_13_01, 2024_00_01, 2024_04_31,
            2021_05_05, 3000_01_01, Int32.max,
        ]
        switch Int.random(in: 0..<7, using: &random) {
        case 0: claims[index].kind = ClaimKind.allCases.randomElement(using: &random)!
        case 1: claims[index].serviceDate = CalendarDate(dates.randomElement(using: &random)!)
        case 2: claims[index].disease = .random(in: 0...4, using: &random)
        case 3: claims[index].institution.level = Level.allCases.randomElement(using: &random)!
        case 4: claims[index].institution.isOutOfCity.toggle()
        case 5:
            claims[index].serviceDate = random.date(in: 2021)
            rows[index].year = 2021
        default:
            claims[index].serviceDate = CalendarDate(2023_06_30)
            rows[index].year = 2023
            persons[index].product = 1
            persons[index].boughtOn = CalendarDate([2022_11_03, 2022_12_31].randomElement(using: &random)!)
        }
    }

    private mutating func spoilPerson(of index: Int, using random: inout SeededGenerator) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: persons[index].insurance = Insurance.allCases.randomElement(using: &random)!
        case 1: persons[index].status = WorkStatus.allCases.randomElement(using: &random)!
        case 2: persons[index].covered.until = random.date(in: 2024)
        case 3:
            persons[index].product = .random(in: 0...2, using: &random)
            persons[index].boughtOn = random.date(in: 2022)
        case 4:
            let filed = DateRange(from: random.date(in: 2023), until: random.date(in: 2024))
            filings.append(DatedFiling(disease: .random(in: 0...2, using: &random), inForce: filed))
            rows[index].filings = filings.count - 1..<filings.count
        default:
            identities.append(
                DatedIdentity(
                    Identity.allCases.randomElement(using: &random)!, given: random.date(in: 2023),
                    ended: random.date(in: 2024)))
            rows[index].identities = identities.count - 1..<identities.count
        }
    }

    private mutating func spoilState(of index: Int, using random: inout SeededGenerator) {
        let amount: Fen = [
            -1, Int64.min, AmountLimit.accumulatorMax, AmountLimit.accumulatorMax + 1,
            random.yuan(upTo: 500_000),
        ].randomElement(using: &random)!
        switch Int.random(in: 0..<3, using: &random) {
        case 0: rows[index].year += 1
        case 1: year[rows[index].yearStart + .random(in: 0..<calculator.slotCount, using: &random)] = amount
        default:
            accounts.append(amount)
            rows[index].accounts = accounts.count - 1..<accounts.count
        }
    }
}
