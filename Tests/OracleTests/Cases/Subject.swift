import Policy
import Settlement
import TestSupport

/// A region with its pack, the product and the oracle, ready to be compared.
struct Subject {
    let region: RegionUnderTest
    let product: Product
    let oracle: Oracle
    /// The oracle's memory behind each slot of the product's year.
    let slots: [RegionUnderTest.Accumulator]

    var diseaseCount: Int { product.pack.diseases.count }
    var productCount: Int { product.pack.products.count }

    /// Stops where the pack keeps an accumulator that the oracle does not know: it could not be compared.
    init(_ region: RegionUnderTest, pack: PolicyPack, calculator: Calculator? = nil) throws {
        self.region = region
        product = Product(pack: pack, calculator: calculator)
        oracle = Oracle(
            region: region.region, diseases: pack.diseases.map(\.code), products: pack.products.map(\.id),
            operatorTable: region.operatorTable)
        slots = try pack.accumulators.map { accumulator in
            guard let known = region.accumulators[accumulator.name] else {
                throw UnknownAccumulator(name: "\(region.name): \(accumulator.name)")
            }
            return known
        }
    }

    struct UnknownAccumulator: Error { let name: String }
}

/// A case in which product and oracle differ, with everything needed to see it again.
struct Difference: CustomStringConvertible {
    let what: [String]
    let input: OracleInput
    let before: OracleYear
    let accumulatorsBefore: [Fen]

    var description: String {
        """
        product and oracle differ (JIESUAN_SEED=\(SeededRandom.runSeed)):
          \(what.joined(separator: "\n  "))
        claim: \(input.claim)
        facts: \(input.facts)
        identities: \(input.identities)
        filings: \(input.filings)
        accounts: \(input.accounts)
        year before: \(before)
        accumulators before: \(accumulatorsBefore)
        """
    }
}

extension Subject {
    /// Settles the claim on both sides and compares everything that either of them says.
    func compare(
        _ input: inout OracleInput, _ memory: inout OracleYear, _ person: inout Product.Person,
        _ tally: inout Tally
    ) -> Difference? {
        tally.cases += 1
        let inputBefore = input
        let memoryBefore = memory
        let accumulatorsBefore = person.accumulators
        person.accounts = input.accounts
        let expected = oracle.settle(&input, &memory)
        let answer = product.settle(inputBefore, &person)

        var what: [String] = []
        switch expected {
        case .refused(let code, let field):
            tally.refusals[code, default: 0] += 1
            if answer.refusal.code != code {
                what.append("oracle refuses \(code) \(field), product: \(answer.refusal)")
            } else if code == .factMissing && answer.refusal.field != field {
                what.append("oracle misses \(field), product: \(answer.refusal.field)")
            }
        case .settled(let outcome):
            if answer.refusal.isNone {
                tally.count(answer.outcome)
                what += differences(outcome, answer.outcome)
            } else {
                what.append("oracle settles, product refuses \(answer.refusal)")
            }
        }
        if person.accounts != input.accounts {
            what.append("accounts: oracle \(input.accounts), product \(person.accounts)")
        }
        for (slot, known) in slots.enumerated() where memory[known] != person.accumulators[slot] {
            let name = product.pack.accumulators[slot].name
            what.append("\(name): oracle \(memory[known]), product \(person.accumulators[slot])")
        }
        guard !what.isEmpty else { return nil }
        return Difference(
            what: what, input: inputBefore, before: memoryBefore, accumulatorsBefore: accumulatorsBefore)
    }

    private func differences(_ expected: OracleOutcome, _ outcome: Outcome) -> [String] {
        var what: [String] = []
        func compare<Value: Equatable>(_ name: String, _ oracle: Value, _ product: Value) {
            if oracle != product { what.append("\(name): oracle \(oracle), product \(product)") }
        }
        compare("total", expected.total, outcome.total)
        for fund in FundCategory.allCases { compare("\(fund)", expected.funds[fund] ?? 0, outcome[fund]) }
        for index in expected.accounts.indices {
            compare("account \(index)", expected.accounts[index], outcome.accounts[index])
        }
        compare("own account", expected.accounts.first ?? 0, outcome.accountPaid)
        compare("family accounts", expected.accounts.dropFirst().reduce(0, +), outcome.familyAccountPaid)
        compare("cash", expected.cash, outcome.cash)
        compare("deductible paid", expected.deductiblePaid, outcome.deductiblePaid)
        compare("paid outside", expected.outside.values.reduce(0, +), outcome.paidOutside)
        for (id, outside) in product.paidOutside(outcome) {
            compare("paid outside by \(id)", expected.outside[id] ?? 0, outside)
        }
        compare("identity", expected.identity, outcome.identity)
        compare("no rule", expected.hasNoRule, outcome.hasNoRule)
        return what
    }

    /// Compares `count` settlements in random person-years; stops at the first difference.
    func firstDifference(among count: Int, _ random: SeededRandom, faults: Bool = true) -> (Difference?, Tally) {
        var generator = CaseGenerator(subject: self, random: random)
        var tally = Tally()
        while tally.cases < count {
            let year = generator.random.pick(region.years)
            var input = generator.person(year: year)
            var memory = OracleYear(year)
            var person = product.newPerson(year: year)
            if generator.random.chance(20) { startInMidYear(&person, &memory, &generator) }
            for _ in 0..<generator.random.pick([1, 3, 12, 40]) {
                generator.liveOn(&input, year: year)
                input.claim = generator.claim(of: input, year: year, memory: memory)
                if faults && generator.random.chance(6) {
                    let difference = compareSpoiled(input, memory, person, &generator, &tally)
                    if let difference { return (difference, tally) }
                }
                if let difference = compare(&input, &memory, &person, &tally) { return (difference, tally) }
                tally.count(memory)
            }
        }
        return (nil, tally)
    }

    /// A year that somebody else began: any amounts, as long as no deductible has absorbed more than there was.
    private func startInMidYear(
        _ person: inout Product.Person, _ memory: inout OracleYear, _ generator: inout CaseGenerator
    ) {
        for known in slots where generator.random.chance(40) { memory[known] = generator.amount(memory) }
        for known in slots where known.part == .base {
            memory[known] = max(memory[known], memory[known.layer].absorbed)
        }
        person.accumulators = slots.map { memory[$0] }
    }

    /// On copies: what is wrong with one claim says nothing about the next.
    private func compareSpoiled(
        _ input: OracleInput, _ memory: OracleYear, _ person: Product.Person, _ generator: inout CaseGenerator,
        _ tally: inout Tally
    ) -> Difference? {
        var (input, memory, person) = (input, memory, person)
        generator.spoil(&input, &person, &memory)
        if generator.random.chance(30) { generator.spoil(&input, &person, &memory) }
        return compare(&input, &memory, &person, &tally)
    }
}

/// What a comparison has seen.
struct Tally {
    var cases = 0
    var refusals: [DomainCode: Int] = [:]
    /// Layers of the product's calculator, one for each combination of facts, that have paid something.
    var layersThatPaid: Set<UInt32> = []
    /// The most each layer has paid in a year: shows that caps were filled.
    var mostPaid: [String: Fen] = [:]

    mutating func count(_ outcome: Outcome) {
        for position in 0..<outcome.layerCount where outcome.layers[position].paid > 0 {
            layersThatPaid.insert(outcome.layers[position].layer)
        }
    }

    mutating func count(_ memory: OracleYear) {
        for (name, layer) in memory.layers { mostPaid[name] = max(mostPaid[name] ?? 0, layer.paid) }
    }
}
