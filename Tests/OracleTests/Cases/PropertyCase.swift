import Settlement
import TestSupport

/// A person in the middle of a year, and the next claim, which the product settles.
struct PropertyCase {
    var input: OracleInput
    var person: Product.Person

    /// For messages: the whole case and how to draw it again.
    var description: String {
        "JIESUAN_SEED=\(SeededRandom.runSeed) \(input) year \(person.year) accumulators \(person.accumulators)"
    }
}

extension Subject {
    /// Calls `body` with random cases until it has seen `count` that the product settles.
    ///
    /// The product's own settlements make the years; the oracle's memory only steers amounts to the bounds.
    func forEachCase(
        _ count: Int, _ random: SeededRandom, kinds: [ClaimKind]? = nil,
        _ body: (PropertyCase, inout SeededRandom) -> Void
    ) {
        var generator = CaseGenerator(subject: self, random: random)
        var seen = 0
        while seen < count {
            let year = generator.random.pick(region.years)
            var input = generator.person(year: year)
            var person = product.newPerson(year: year)
            for _ in 0..<generator.random.pick([1, 3, 12]) {
                generator.liveOn(&input, year: year)
                input.claim = generator.claim(of: input, year: year, memory: memory(of: person))
                person.accounts = input.accounts
                let before = person
                guard product.settle(input, &person).refusal.isNone else { continue }
                if kinds?.contains(input.claim.kind) ?? true {
                    seen += 1
                    body(PropertyCase(input: input, person: before), &generator.random)
                }
                input.accounts = person.accounts
            }
        }
    }

    /// The product's accumulators in the oracle's terms.
    private func memory(of person: Product.Person) -> OracleYear {
        var memory = OracleYear(person.year)
        for (slot, known) in slots.enumerated() { memory[known] = person.accumulators[slot] }
        return memory
    }
}
