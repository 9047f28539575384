import Policy
import Population
import Settlement
import Testing

@Suite struct `The generator` {
    /// FNV-1a over the bytes of a file: enough to notice a change.
    private func digest(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private func file(_ options: Generator.Options, faulty: Int64 = 0) -> [UInt8] {
        var generator = Generator(options)
        var faults = Faults(share: faulty, seed: options.seed)
        let writer = ClaimFileWriter()
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        while let person = generator.next() {
            for claim in person.claims {
                var row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                _ = faults.spoil(&row)
                writer.append(row, to: &bytes)
            }
        }
        return bytes
    }

    @Test func `makes the same file for the same seed, today and in the next version`() {
        let options = Generator.Options(claims: 2000, seed: 42)
        #expect(digest(file(options)) == 16_411_962_075_506_733_886)
        #expect(file(options) == file(options))
        #expect(file(options) != file(Generator.Options(claims: 2000, seed: 43)))
    }

    @Test(arguments: [(1, 0), (7, 3), (100, 1000), (1000, 7), (12_345, 0), (0, 5)] as [(Int64, Int64)])
    func `makes exactly as many claims as asked`(claims: Int64, persons: Int64) {
        var generator = Generator(Generator.Options(claims: claims, persons: persons, seed: 3))
        var count: Int64 = 0
        var numbers: Set<UInt64> = []
        while let person = generator.next() {
            count += Int64(person.claims.count)
            #expect(numbers.insert(person.person.number).inserted)
            #expect(person.claims.map(\.claim.serviceDate) == person.claims.map(\.claim.serviceDate).sorted())
            #expect(Set(person.claims.map(\.claim.serviceDate.year)).count == 1)
        }
        #expect(count == claims)
    }

    @Test func `makes parts that together are the whole`() {
        func claims(_ part: Int64, of parts: Int64) -> [UInt64: [ClaimRecord]] {
            var options = Generator.Options(claims: 5000, seed: 9)
            options.part = part
            options.parts = parts
            var generator = Generator(options)
            var claims: [UInt64: [ClaimRecord]] = [:]
            while let person = generator.next() { claims[person.person.number] = person.claims }
            return claims
        }
        let parts = (0..<3).map { claims($0, of: 3) }
        let together = parts.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        #expect(together == claims(0, of: 1))
        #expect(parts.reduce(0) { $0 + $1.count } == together.count)
    }

    @Test func `makes only claims that settle, of every kind, and uses every fund (rules G-5, G-7, G-9)`() throws {
        var settler = LocalSettler(try PolicyLibrary.load().packs)
        var generator = Generator(Generator.Options(claims: 100_000, seed: 1))
        var sums: [GeneratedPerson.Region: RegionSums] = [:]
        var kinds: [GeneratedPerson.Region: Set<ClaimKind>] = [:]
        while let person = generator.next() {
            for claim in person.claims {
                let row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                do throws(RowProblem) {
                    let outcome = RowOutcome(try settler.settle(row))
                    sums[person.region, default: RegionSums()].add(outcome, total: claim.claim.cost.total)
                    kinds[person.region, default: []].insert(claim.claim.kind)
                } catch {
                    Issue.record("\(error.code) \(error.column) \(error.value): \(error.message)")
                    return
                }
            }
        }
        #expect(Set(sums.keys) == Set(GeneratedPerson.Region.allCases))
        for region in sums.values {
            #expect(region.settled > 15_000)
            #expect(region.isConserving)
        }
        #expect(kinds[.chongqing]?.count == 7)
        #expect(kinds[.yantai]?.count == 7)
        func paid(_ region: GeneratedPerson.Region, _ fund: FundCategory) -> Fen {
            sums[region]?.funds[Int(fund.rawValue)] ?? 0
        }
        for fund in [FundCategory.pool, .largeAmount, .supplementary] { #expect(paid(.chongqing, fund) > 0) }
        for fund in [FundCategory.pool, .largeAmount, .criticalIllness, .assistance, .reassistance] {
            #expect(paid(.yantai, fund) > 0)
        }
        for fund in [FundCategory.criticalIllness, .assistance, .supplementary] { #expect(paid(.shenyang, fund) > 0) }
        #expect((sums[.chongqing]?.account ?? 0) > 0)
    }

    @Test func `spoils about the share of claims that is asked, and each of them is refused`() throws {
        var settler = LocalSettler(try PolicyLibrary.load().packs)
        var generator = Generator(Generator.Options(claims: 20_000, seed: 5))
        var faults = Faults(share: 1000, seed: 5)
        var spoilt = 0
        while let person = generator.next() {
            for claim in person.claims {
                var row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                let isSpoilt = faults.spoil(&row)
                if isSpoilt { spoilt += 1 }
                let refused = if case .refused = settler.settle([row])[0] { true } else { false }
                #expect(refused == isSpoilt)
            }
        }
        #expect((1800...2200).contains(spoilt), "\(spoilt)")
    }
}
