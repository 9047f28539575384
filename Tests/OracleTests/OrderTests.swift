import Policy
import Settlement
import TestSupport
import Testing

/// Persons do not touch each other, in whatever order their claims come.
struct OrderTests {
    static let personsPerRegion = 15_000
    static let personsPerTable = 64

    struct Life {
        var year: Int32
        var input: OracleInput
        var claims: [Claim]
    }

    @Test(arguments: RegionUnderTest.all)
    func `persons settle alike one by one and mixed in one table`(region: RegionUnderTest) throws {
        let subject = try PropertyTests.subject(region)
        var generator = CaseGenerator(subject: subject, random: .forTest("order \(region.name)"))
        var wrong = 0
        for _ in 0..<(Self.personsPerRegion / Self.personsPerTable) {
            let lives = (0..<Self.personsPerTable).map { _ in Self.life(&generator) }
            let mixed = Self.settleMixed(lives, subject, &generator.random)
            for (index, life) in lives.enumerated() {
                var person = subject.product.newPerson(year: life.year, accounts: life.input.accounts)
                var input = life.input
                for (position, claim) in life.claims.enumerated() {
                    input.claim = claim
                    let answer = subject.product.settle(input, &person)
                    let other = mixed[index].answers[position]
                    let isSame =
                        answer.refusal == other.refusal
                        && (!answer.refusal.isNone || answer.outcome.isSame(as: other.outcome))
                    if !isSame { wrong += 1 }
                }
                if person.accumulators != mixed[index].accumulators || person.accounts != mixed[index].accounts {
                    wrong += 1
                    if wrong == 1 { Issue.record("JIESUAN_SEED=\(SeededRandom.runSeed) \(life)") }
                }
            }
        }
        #expect(wrong == 0)
    }

    private static func life(_ generator: inout CaseGenerator) -> Life {
        let year = generator.random.pick(generator.subject.region.years)
        let input = generator.person(year: year)
        let claims = (0..<generator.random.pick([1, 6, 12])).map { _ in
            generator.claim(of: input, year: year, memory: OracleYear(year))
        }
        return Life(year: year, input: input, claims: claims)
    }

    /// All persons in one table of accumulators, accounts and records; whose claim is next is drawn.
    private static func settleMixed(
        _ lives: [Life], _ subject: Subject, _ random: inout SeededRandom
    ) -> [(answers: [Product.Answer], accumulators: [Fen], accounts: [Fen])] {
        let slots = subject.slots.count
        var years = [Fen](repeating: 0, count: slots * lives.count)
        var accounts: [Fen] = []
        var identities: [DatedIdentity] = []
        var filings: [DatedFiling] = []
        var rows: [PersonRows] = []
        for (index, life) in lives.enumerated() {
            rows.append(
                PersonRows(
                    yearStart: index * slots, year: life.year,
                    identities: identities.count..<identities.count + life.input.identities.count,
                    filings: filings.count..<filings.count + life.input.filings.count,
                    accounts: accounts.count..<accounts.count + life.input.accounts.count))
            identities += life.input.identities
            filings += life.input.filings
            accounts += life.input.accounts
        }
        var answers = lives.map { _ in [Product.Answer]() }
        var waiting = lives.indices.flatMap { index in lives[index].claims.map { _ in index } }
        waiting.shuffle(using: &random)
        for index in waiting {
            var outcome = Outcome()
            var yearSpan = years.mutableSpan
            var accountSpan = accounts.mutableSpan
            let refusal = subject.product.tables.settle(
                lives[index].claims[answers[index].count], person: lives[index].input.facts, rows: rows[index],
                identities: identities.span, filings: filings.span, year: &yearSpan, accounts: &accountSpan,
                outcome: &outcome)
            answers[index].append(Product.Answer(refusal: refusal, outcome: outcome))
        }
        return lives.indices.map { index in
            let start = index * slots
            return (answers[index], Array(years[start..<start + slots]), Array(accounts[rows[index].accounts]))
        }
    }
}
