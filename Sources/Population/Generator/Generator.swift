import Policy
import Settlement

/// A generated person with the claims of one year, in the order of their dates.
package struct GeneratedPerson: Sendable {
    package var region: Region
    package var person: PersonRecord
    package var claims: [ClaimRecord]

    /// The regions that the sources govern.
    package enum Region: String, CaseIterable, Sendable {
        case chongqing, yantai, shenyang, anhui
    }
}

/// Generates a population's claims as four cities might have them: the same for the same seed, on every machine.
///
/// Persons are independent of each other; each one's stream comes from the seed and the person's number. Shares and
/// medians are ours, chosen so that deductibles fill, caps are reached and every rule is used; they say nothing
/// about any real city.
package struct Generator: Sendable {
    /// The population to generate.
    package struct Options: Equatable, Sendable {
        package var claims: Int64
        package var persons: Int64
        package var seed: UInt64
        package var regions: [GeneratedPerson.Region]
        /// The index, of `parts`, of the part to generate; together the parts are the whole.
        package var part: Int64 = 0
        package var parts: Int64 = 1

        /// - Parameter persons: 0: one for every eight claims.
        package init(
            claims: Int64, persons: Int64 = 0, seed: UInt64 = 1,
            regions: [GeneratedPerson.Region] = GeneratedPerson.Region.allCases
        ) {
            self.claims = claims
            self.persons = persons > 0 ? persons : max(1, claims / 8)
            self.seed = seed
            self.regions = regions.isEmpty ? GeneratedPerson.Region.allCases : regions
        }
    }

    /// Claims and persons of one population at most: numbers of persons stay below 2^32.
    package static var countMax: Int64 { 4_000_000_000 }
    /// Persons among whom a group's claims are distributed.
    private static var groupSize: Int64 { 16 }

    package let options: Options
    private var nextPerson: Int64 = 0
    /// Number of claims of each person of the current group.
    private var counts: [Int] = []
    private var chronic: [Bool] = []

    package init(_ options: Options) {
        precondition(options.claims >= 0 && options.claims <= Self.countMax && options.persons <= Self.countMax)
        self.options = options
    }

    /// The next person that has claims; nil: all claims are made.
    package mutating func next() -> GeneratedPerson? {
        while nextPerson < options.persons {
            let position = Int(nextPerson % Self.groupSize)
            if position == 0 {
                let group = nextPerson / Self.groupSize
                if group % options.parts != options.part {
                    nextPerson += Self.groupSize
                    continue
                }
                shareOut(group: group)
            }
            let number = nextPerson
            nextPerson += 1
            if counts[position] > 0 { return person(number, claims: counts[position], isChronic: chronic[position]) }
        }
        return nil
    }

    /// Distributes the group's claims among its persons: the chronically ill have most of them.
    private mutating func shareOut(group: Int64) {
        let persons = min(Self.groupSize, options.persons - group * Self.groupSize)
        // Cumulative shares, so that the parts of all groups are the whole.
        func upTo(_ person: Int64) -> Int64 {
            Int64(Int128(options.claims) * Int128(person) / Int128(options.persons))
        }
        let first = group * Self.groupSize
        let claims = upTo(first + persons) - upTo(first)
        var random = RandomStream(seed: options.seed ^ 0xC1A1_35C1_A135_C1A1, index: UInt64(group))
        chronic = (0..<persons).map { _ in random.happens(2500) }
        let weights = chronic.map { $0 ? random.within(10...24) : random.within(1...4) }
        let all = weights.reduce(0, +)
        counts = []
        var weightSoFar: Int64 = 0
        for weight in weights {
            counts.append(Int(claims * (weightSoFar + weight) / all - claims * weightSoFar / all))
            weightSoFar += weight
        }
    }

    private func person(_ number: Int64, claims count: Int, isChronic: Bool) -> GeneratedPerson {
        var random = RandomStream(seed: options.seed, index: UInt64(number) + 1)
        let region = options.regions[Int(random.below(Int64(options.regions.count)))]
        var maker = PersonMaker(number: UInt64(number), isChronic: isChronic, random: random)
        return switch region {
        case .chongqing: maker.chongqing(claims: count)
        case .yantai: maker.yantai(claims: count)
        case .shenyang: maker.shenyang(claims: count)
        case .anhui: maker.anhui(claims: count)
        }
    }
}
