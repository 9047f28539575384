import Policy
import Settlement
import TestSupport
import Testing

/// What must hold for every settlement, whatever the numbers of a pack; on the product alone.
struct PropertyTests {
    static let casesPerRegion = SeededRandom.cases(100_000)

    static func subject(_ region: RegionUnderTest) throws -> Subject {
        try Subject(region, pack: Packs.pack(region))
    }

    @Test(arguments: RegionUnderTest.all)
    func `everything paid adds up to the total and no layer pays above its base (G-7)`(
        region: RegionUnderTest
    ) throws {
        let subject = try Self.subject(region)
        let random = SeededRandom.forTest("G-7 \(region.name)")
        var (billed, paid): (Int128, Int128) = (0, 0)
        var wrong = 0
        subject.forEachCase(Self.casesPerRegion, random) { settlement, _ in
            var after = settlement.person
            let outcome = subject.product.settle(settlement.input, &after).outcome
            let isRight = Self.isConserving(outcome, settlement, after)
            if !isRight {
                wrong += 1
                if wrong == 1 { Issue.record("\(outcome)\n\(settlement.description)") }
            }
            billed += Int128(settlement.input.claim.cost.total)
            paid += Int128(outcome.fundTotal + outcome.accountPaid + outcome.familyAccountPaid + outcome.cash)
        }
        #expect(wrong == 0)
        #expect(billed == paid, "the sums of all settlements")
    }

    static func isConserving(_ outcome: Outcome, _ settlement: PropertyCase, _ after: Product.Person) -> Bool {
        let claim = settlement.input.claim
        var isRight = outcome.total == claim.cost.total
        isRight =
            isRight
            && outcome.fundTotal + outcome.accountPaid + outcome.familyAccountPaid + outcome.cash == outcome.total
        isRight = isRight && outcome.cash >= 0 && outcome.accountPaid >= 0 && outcome.familyAccountPaid >= 0
        isRight = isRight && outcome.deductiblePaid >= 0
        for fund in FundCategory.allCases { isRight = isRight && outcome[fund] >= 0 }
        var layers: Fen = 0
        for position in 0..<outcome.layerCount {
            let layer = outcome.layers[position]
            isRight = isRight && layer.paidFirst >= 0 && layer.paidSecond >= 0 && layer.deductible >= 0
            isRight = isRight && layer.base >= 0 && layer.deductible + layer.paid <= layer.base
            isRight = isRight && layer.paid <= layer.computed
            layers += layer.paid
        }
        isRight = isRight && layers == outcome.fundTotal
        for index in settlement.person.accounts.indices {
            let used = settlement.person.accounts[index] - after.accounts[index]
            isRight = isRight && used >= 0 && after.accounts[index] >= 0 && used == outcome.accounts[index]
        }
        for slot in after.accumulators.indices {
            isRight = isRight && after.accumulators[slot] >= settlement.person.accumulators[slot]
        }
        return isRight
    }

    /// Each layer pays round(F(base)) where F rises by at most one fen a fen, and so do caps; what it leaves
    /// (base − paid) therefore never falls either, and the same holds for the next layer, whose base that is.
    /// So of δ more fen in policy the funds pay between 0 and δ, the person bears the rest. It holds exactly, with
    /// the same year, person, institution, other parts of the bill and external payments. (SY-3's drug share falls
    /// by less than a fen for each fen that the layers above take, so it holds there too, with the drug part fixed.)
    /// External payments stay as they are: how they would move with the bill is not the pack's to say.
    @Test(arguments: RegionUnderTest.all)
    func `of a dearer bill the funds pay no less and the person bears no less`(region: RegionUnderTest) throws {
        let subject = try Self.subject(region)
        let random = SeededRandom.forTest("monotone \(region.name)")
        var wrong = 0
        subject.forEachCase(Self.casesPerRegion, random) { settlement, random in
            var more = settlement
            let isDrug = settlement.input.claim.kind == .specialDrug
            let room = 1_000_000_000_000 - settlement.input.claim.cost.total
            let added = min(room, random.chance(30) ? 1 : random.magnitude(digits: 9))
            more.input.claim.cost.total += added
            if isDrug { more.input.claim.cost.specialDrug += added } else { more.input.claim.cost.inPolicy += added }
            var (one, other) = (settlement.person, more.person)
            let less = subject.product.settle(settlement.input, &one)
            let dearer = subject.product.settle(more.input, &other)
            let gain = dearer.outcome.fundTotal - less.outcome.fundTotal
            if !dearer.refusal.isNone || gain < 0 || gain > added {
                wrong += 1
                if wrong == 1 { Issue.record("\(added) more in policy, funds \(gain) more\n\(settlement.description)") }
            }
        }
        #expect(wrong == 0)
    }

    @Test(arguments: RegionUnderTest.all)
    func `taking settlements back restores the year and the accounts exactly (G-12)`(
        region: RegionUnderTest
    ) throws {
        let subject = try Self.subject(region)
        var generator = CaseGenerator(subject: subject, random: .forTest("G-12 \(region.name)"))
        var (taken, wrong) = (0, 0)
        while taken < Self.casesPerRegion {
            let year = generator.random.pick(region.years)
            var input = generator.person(year: year)
            var person = subject.product.newPerson(year: year, accounts: input.accounts)
            var history: [(input: OracleInput, before: Product.Person, outcome: Outcome)] = []
            for _ in 0..<generator.random.pick([1, 3, 12]) {
                input.claim = generator.claim(of: input, year: year, memory: OracleYear(year))
                let before = person
                let answer = subject.product.settle(input, &person)
                if answer.refusal.isNone {
                    history.append((input, before, answer.outcome))
                } else if person.accumulators != before.accumulators || person.accounts != before.accounts {
                    wrong += 1
                    Issue.record("a refused claim moved the year: JIESUAN_SEED=\(SeededRandom.runSeed) \(input)")
                }
            }
            for (input, before, outcome) in history.reversed() {
                subject.product.takeBack(outcome, of: input, &person)
                taken += 1
                if person.accumulators != before.accumulators || person.accounts != before.accounts {
                    wrong += 1
                    if wrong == 1 {
                        Issue.record("\(PropertyCase(input: input, person: before).description)\n after \(person)")
                    }
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test(arguments: RegionUnderTest.all)
    func `the same claim settles to the same outcome every time`(region: RegionUnderTest) throws {
        let subject = try Self.subject(region)
        var wrong = 0
        subject.forEachCase(Self.casesPerRegion, .forTest("determinism \(region.name)")) { settlement, _ in
            var (one, other) = (settlement.person, settlement.person)
            let first = subject.product.settle(settlement.input, &one).outcome
            let second = subject.product.settle(settlement.input, &other).outcome
            if !first.isSame(as: second) || one.accumulators != other.accumulators || one.accounts != other.accounts {
                wrong += 1
                if wrong == 1 { Issue.record("\(settlement.description)") }
            }
        }
        #expect(wrong == 0)
    }
}
