import Foundation
import Policy
import Population
import Settlement
import TestSupport
import Testing
import Text
import YearEnd

/// A generated year as files: the claims shuffled, some persons' facts told anew.
struct FileYear {
    let folder = ScratchFolder()
    var claims: String { folder.file("claims.csv") }
    var persons: String { folder.file("persons.csv") }
    /// What stands before a person's number where persons have the platform's: with it no number of 64 bits.
    static let platform = "00500100000000000000"

    /// - Parameters:
    ///   - region: whose year.
    ///   - hasNos: whether persons have the platform's numbers (psn_no).
    init(
        claims count: Int64, region: GeneratedPerson.Region, hasNos: Bool = false, _ random: inout SeededRandom
    ) throws {
        var generator = Generator(
            Generator.Options(claims: count, seed: random.next() >> 1, regions: [region]))
        var rows: [ClaimRow] = []
        var people: [PersonRecord] = []
        while var person = generator.next() {
            if hasNos {
                person.person.no = Self.platform + "\(person.person.number)"
                person.person.number += PersonNumbers.firstOfTexts
            }
            people.append(person.person)
            for claim in person.claims {
                rows.append(
                    ClaimRow(
                        id: "c\(rows.count)", region: person.region.rawValue, person: person.person, claim: claim))
            }
        }
        let year = rows.map(\.claim.claim.serviceDate.year).sorted()[rows.count / 2]
        rows.shuffle(using: &random)
        let writer = ClaimFileWriter()
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        for row in rows { writer.append(row, to: &bytes) }
        try Data(bytes).write(to: URL(fileURLWithPath: claims))
        let columns: [ClaimColumn] = [
            .person, .insurance, .membership, .status, .coveredFrom, .coveredUntil, .identities, .filings, .product,
            .boughtOn, .preExisting,
        ]
        var lines = [columns.map(\.rawValue).joined(separator: ",")]
        for var person in people where Int.random(in: 0..<5, using: &random) == 0 {
            // An identity told late, or one that ended; or cover that ended in summer.
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                let given = CalendarDate(year: year - 1, month: 2, day: 3)
                person.identities.append(DatedIdentity(.destitute, given: given))
            case 1: person.identities = []
            default: person.facts.covered.until = CalendarDate(year: year, month: 6, day: 30)
            }
            let row = ClaimRow(region: region.rawValue, person: person, claim: ClaimRecord(rows[0].claim.claim))
            lines.append(columns.map { writer.text($0, of: row) }.joined(separator: ","))
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: persons))
    }

    func run(_ options: YearOptions, _ name: String, workers: Int) throws -> YearResult {
        try YearRun(
            claims: claims, persons: persons, YearWorld.library, options, folder: folder.file(name)
        ).run(workers: workers) { _ in }
    }
}

@Suite struct `A year from files` {
    @Test(arguments: GeneratedPerson.Region.allCases)
    func `YE-7: one worker and many give the same bytes, and every fund adds up`(
        region: GeneratedPerson.Region
    ) throws {
        var random = SeededRandom.printed()
        let year = try FileYear(claims: 3_000, region: region, &random)
        var options = YearOptions(year: try #require(try Self.years(of: year.claims).first))
        options.disposableIncome = 10_000_00
        if region == .shenyang { options.surplus = ["shenyang": 123_456] }
        let one = try year.run(options, "one", workers: 1)
        let many = try year.run(options, "many", workers: 5)
        #expect(one == many)
        #expect(try year.folder.results(of: "one") == year.folder.results(of: "many"))
        #expect(one.adjustments.count > 0)
        for region in one.regions {
            for fund in region.funds { #expect(fund.amounts.isConserving) }
            let borne = region.account.final + region.cash.final + region.recoverable.final
            #expect(region.funds.reduce(0) { $0 + $1.amounts.final } + borne == region.total)
        }
    }

    @Test(arguments: GeneratedPerson.Region.allCases)
    func `YE-1: the final figures are those of settling the year in order with the final facts`(
        region: GeneratedPerson.Region
    ) throws {
        var random = SeededRandom.printed()
        let year = try FileYear(claims: 2_000, region: region, &random)
        let number = try #require(try Self.years(of: year.claims).first)
        let result = try year.run(YearOptions(year: number), "run", workers: 2)
        let plain = try Self.settlePlainly(year, number)
        let found = try #require(result.regions.first)
        #expect(found.settlements == plain.settlements)
        var byCategory: [String: Fen] = [:]
        for fund in found.funds { byCategory[fund.fund.category, default: 0] += fund.amounts.final }
        for category in FundCategory.allCases {
            #expect(byCategory["\(category)".snakeCased, default: 0] == plain.funds[Int(category.rawValue)])
        }
    }

    @Test func `persons by the platform's number come out as by numbers, and are told by it`() throws {
        var (random, same) = (SeededRandom(seed: 5001), SeededRandom(seed: 5001))
        let plain = try FileYear(claims: 2_000, region: .shenyang, &random)
        let named = try FileYear(claims: 2_000, region: .shenyang, hasNos: true, &same)
        var options = YearOptions(year: try #require(try Self.years(of: plain.claims).first))
        options.surplus = ["shenyang": 123_456]
        _ = try plain.run(options, "run", workers: 2)
        _ = try named.run(options, "run", workers: 2)
        let (expected, found) = (try plain.folder.results(of: "run"), try named.folder.results(of: "run"))
        var told = 0
        func lines(_ text: String) -> [String] {
            text.filter { $0 != "\t" }.split(separator: "\n").map(String.init).sorted()
        }
        for (name, data) in expected where name.hasSuffix(".csv") {
            let text = String(decoding: data, as: UTF8.self)
            let other = String(decoding: try #require(found[name]), as: UTF8.self)
            told += other.components(separatedBy: FileYear.platform).count - 1
            #expect(lines(other.replacing(FileYear.platform, with: "")) == lines(text), "\(name)")
        }
        #expect(told > 0)
    }

    @Test(arguments: [false, true])
    func `YE-1: final facts of one region are not another's: who has claims of both keeps the rows' own`(
        isOfBoth: Bool
    ) throws {
        let folder = ScratchFolder()
        var rows: [ClaimRow] = []
        for region in [GeneratedPerson.Region.chongqing, .yantai].prefix(isOfBoth ? 2 : 1) {
            var generator = Generator(Generator.Options(claims: 1_000, seed: 7, regions: [region]))
            rows.append(try #require(Self.settledRow(of: &generator, in: 2024)))
            rows[rows.count - 1].person.number = 77
            // Two claims, not one that stands twice.
            rows[rows.count - 1].id = region.rawValue
            // Rows of one id would have to be the same (see `Files of a year`).
            rows[rows.count - 1].id = "S\(rows.count)"
        }
        let writer = ClaimFileWriter()
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        for row in rows { writer.append(row, to: &bytes) }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("claims.csv")))
        // Not covered any more, by the persons file.
        rows[0].person.facts.covered.until = CalendarDate(2023_12_31)
        let columns: [ClaimColumn] = [.person, .insurance, .membership, .status, .coveredFrom, .coveredUntil]
        let lines = [columns.map(\.rawValue), columns.map { writer.text($0, of: rows[0]) }]
        let text = lines.map { $0.joined(separator: ",") + "\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("persons.csv")))
        let result = try YearRun(
            claims: folder.file("claims.csv"), persons: folder.file("persons.csv"), YearWorld.library,
            YearOptions(year: 2024), folder: folder.file("run")
        ).run(workers: 1) { _ in }
        #expect(result.adjustments.count == (isOfBoth ? 0 : 1))
        #expect(result.refused.map(\.reason) == (isOfBoth ? ["REGION_CHANGED"] : []))
    }

    /// The first row of a year that its pack settles and pays for.
    private static func settledRow(of generator: inout Generator, in year: Int32) -> ClaimRow? {
        var settler = LocalSettler(YearWorld.library.packs)
        while let person = generator.next() {
            for claim in person.claims where claim.claim.serviceDate.year == year {
                let row = ClaimRow(id: "a", region: person.region.rawValue, person: person.person, claim: claim)
                if case .settled(let settled)? = settler.settle([row]).first, settled.fundTotal > 0 { return row }
            }
        }
        return nil
    }

    /// The years of the claims, the most frequent first.
    static func years(of path: String) throws -> [Int32] {
        var counts: [Int32: Int] = [:]
        for row in try rows(path) { counts[row.claim.claim.serviceDate.year, default: 0] += 1 }
        return counts.sorted { $0.value > $1.value }.map(\.key)
    }

    static func rows(_ path: String) throws -> [ClaimRow] {
        var reader = try ClaimFileReader(try FileSource(path: path))
        var row = WorkedExamples.all[0]
        var rows: [ClaimRow] = []
        while case .row = try reader.next(&row) { rows.append(row) }
        return rows
    }

    /// The rule read anew: the rows settled in the file's order, then all of them again by date with final facts.
    static func settlePlainly(_ year: FileYear, _ number: Int32) throws -> (settlements: Int, funds: [Fen]) {
        let packs = YearWorld.library.packs
        let rows = try rows(year.claims).filter { $0.claim.claim.serviceDate.year == number }
        var recorded = LocalSettler(packs)
        let settled = zip(rows, recorded.settle(rows)).compactMap { row, result in
            if case .settled = result { row } else { nil }
        }
        var final: [UInt64: PersonRecord] = [:]
        var reader = try PersonFileReader(try FileSource(path: year.persons))
        while case .person(_, _, let person) = try reader.next() { final[person.number] = person }
        let ordered = settled.map { row in
            var row = row
            let accounts = row.person.accounts
            if let person = final[row.person.number] {
                row.person = person
                row.person.accounts = accounts
            }
            return row
        }.enumerated().sorted {
            ($0.element.claim.claim.serviceDate, $0.offset) < ($1.element.claim.claim.serviceDate, $1.offset)
        }.map(\.element)
        var again = LocalSettler(packs)
        var funds = [Fen](repeating: 0, count: 6)
        for result in again.settle(ordered) {
            guard case .settled(let outcome) = result else { continue }
            for fund in 0..<6 { funds[fund] += outcome.funds[fund] }
        }
        return (settled.count, funds)
    }
}
