import Foundation
import Policy
import Population
import Settlement
import TestSupport
import Testing
import YearEnd

/// Files in which a row, or a person, stands twice.
@Suite struct `Rows that stand twice` {
    private static let header = "id,region,person,insurance,kind,service_date,level,total,in_policy,external_basic"
    private static let stay = "k1,yantai,4,resident,inpatient,2024-03-05,3,50000,50000,20000"

    private func run(_ claims: [String], persons: [String]? = nil) throws -> (result: YearResult, refused: [String]) {
        let folder = ScratchFolder()
        func write(_ lines: [String], _ name: String) throws -> String {
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder.file(name)))
            return folder.file(name)
        }
        let result = try YearRun(
            claims: try write([Self.header] + claims, "claims.csv"),
            persons: try persons.map { try write($0, "persons.csv") }, YearWorld.library, YearOptions(year: 2024),
            folder: folder.file("run")
        ).run(workers: 2) { _ in }
        let refused = try String(contentsOfFile: folder.file("run/refused.csv"), encoding: .utf8)
        return (result, refused.split(separator: "\n").dropFirst().map(String.init))
    }

    @Test func `the same row once more is one row, also with blanks around its values`() throws {
        let once = try run([Self.stay])
        let spaced = Self.stay.split(separator: ",").map { " \($0)\t" }.joined(separator: ",")
        let (result, refused) = try run([Self.stay, Self.stay, spaced])
        #expect(result.regions.first?.settlements == 1 && result.repeated == 2)
        #expect(result.regions.first?.total == once.result.regions.first?.total)
        #expect(result.regions.first?.funds == once.result.regions.first?.funds)
        #expect(result.refused.isEmpty && refused.isEmpty)
    }

    @Test func `a row of the same id with other values is refused, naming the first line, whoever's it is`() throws {
        let dearer = Self.stay.replacing("50000,50000", with: "60000,60000")
        let another = Self.stay.replacing(",4,", with: ",5,")
        let (result, refused) = try run([Self.stay, dearer, another, Self.stay])
        #expect(result.regions.first?.settlements == 1 && result.regions.first?.total == 50_000_00)
        #expect(result.repeated == 1 && result.refused.map(\.reason) == ["RECORD_CONFLICT"])
        #expect(refused.map { $0.split(separator: ",")[0] } == ["3", "4"])
        #expect(refused.allSatisfy { $0.contains("line 2 has the same id") })
    }

    @Test func `rows without an id are never the same`() throws {
        let nameless = "," + Self.stay.split(separator: ",").dropFirst().joined(separator: ",")
        let (result, _) = try run([nameless, nameless])
        #expect(result.regions.first?.settlements == 2 && result.repeated == 0)
    }

    @Test func `YE-1: a person with other facts on another line is refused, and the claims keep their own`() throws {
        let header = "person,insurance,identities"
        let poor = "4,resident,low_income:2024-01-10"
        let one = try run([Self.stay], persons: [header, poor, poor])
        #expect(one.result.refused.isEmpty && one.result.adjustments.count == 1)
        // The same facts, written in another way.
        let same = try run([Self.stay], persons: [header, poor, "4,居民,低保:2024/1/10"])
        #expect(same.result.refused.isEmpty && same.result.adjustments.count == 1)
        let (result, refused) = try run([Self.stay], persons: [header, poor, "5,resident,", "4,resident,"])
        #expect(result.adjustments.count == 0)
        #expect(result.refused.map(\.reason) == ["RECORD_CONFLICT"])
        #expect(refused.count == 1 && refused[0].hasPrefix("4,,person,4,RECORD_CONFLICT"))
        #expect(refused[0].contains("line 2 of the persons file"))
    }

    @Test func `YE-1: a region of the persons file that no pack or no claim of the person has is refused`() throws {
        let header = "person,region,insurance,identities"
        let right = try run([Self.stay], persons: [header, "4,yantai,resident,low_income:2024-01-10"])
        #expect(right.result.refused.isEmpty && right.result.adjustments.count == 1)
        let unknown = try run([Self.stay], persons: [header, "4,atlantis,resident,low_income:2024-01-10"])
        #expect(unknown.result.refused.map(\.reason) == ["REGION_UNKNOWN"] && unknown.result.adjustments.count == 0)
        let other = try run([Self.stay], persons: [header, "4,chongqing,resident,low_income:2024-01-10"])
        #expect(other.result.refused.map(\.reason) == ["REGION_CHANGED"] && other.result.adjustments.count == 0)
    }

    @Test func `they are found outside memory as in memory, for any rows`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<20 {
            let folder = ScratchFolder()
            let rows = RepeatedRows(folder: folder.path, name: "ids", memoryBytes: 8 << 10)
            var firsts: [String: (line: Int, value: Int)] = [:]
            var expected: [Int: (first: Int, isSame: Bool, mark: UInt64)] = [:]
            for line in 2..<2_000 {
                // Ids that begin like others.
                let id = String(repeating: "a", count: .random(in: 1...40, using: &random)) + "\(line % 9)"
                let value = Int.random(in: 0..<2, using: &random)
                let mark = random.next()
                try rows.add(id: Array(id.utf8), line: line, values: digest("\(value)"), mark: mark)
                if let first = firsts[id] {
                    expected[line] = (first.line, first.value == value, mark)
                } else {
                    firsts[id] = (line, value)
                }
            }
            var found = 0
            try rows.forEach { row in
                let known = try #require(expected[row.line])
                #expect(row.first == known.first && row.isSame == known.isSame && row.mark == known.mark)
                found += 1
            }
            #expect(found == expected.count && found > 0)
        }
    }

    private func digest(_ text: String) throws -> RowValuesDigest {
        var reader = CSVReader(MemorySource(text + "\n"))
        var row = CSVRow()
        _ = try reader.next(&row)
        return RowValuesDigest(row)
    }
}
