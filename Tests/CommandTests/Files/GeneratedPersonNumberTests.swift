import Foundation
import Testing

@Suite struct `Generated claims by the platform's numbers` {
    /// The claims of a seed as rows of cells, and the header.
    private func generate(_ more: String...) throws -> (file: String, header: [String], rows: [[String]]) {
        let ended = try Program.run(["generate", "--claims", "60", "--seed", "7"] + more)
        #expect(ended.code == 0, "\(ended.complaint)")
        let lines = ended.output.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return (ended.output, try #require(lines.first), Array(lines.dropFirst()))
    }

    @Test func `they are the same claims of the same persons, and settle alike`() throws {
        let (plain, named) = (try generate(), try generate("--person-no"))
        let column = try #require(plain.header.firstIndex(of: "person"))
        #expect(named.header == plain.header && named.rows.count == plain.rows.count)
        var numbers: [String: String] = [:]
        for (own, other) in zip(plain.rows, named.rows) {
            let no = other[column]
            #expect(no.count == 26 && no.allSatisfy(\.isNumber), "\(no)")
            #expect(numbers.updateValue(no, forKey: own[column]) ?? no == no, "one person has one number")
            var same = other
            same[column] = own[column]
            #expect(same == own)
        }
        #expect(Set(numbers.values).count == numbers.count && numbers.count > 2)
        try Program.withFolder { folder in
            func settled(_ file: String) throws -> [String] {
                let path = folder.appendingPathComponent("claims.csv")
                try file.write(to: path, atomically: true, encoding: .utf8)
                let ended = try Program.run("calculate", path.path, "--out", "-")
                #expect(ended.code == 0, "\(ended.complaint)")
                return ended.output.split(separator: "\n").map(String.init)
            }
            let (own, other) = (try settled(plain.file), try settled(named.file))
            #expect(own.count == other.count && own.count > 60)
            for ((own, other), row) in zip(zip(own, other).dropFirst(), plain.rows) {
                let no = try #require(numbers[row[column]])
                // What came in is what goes out; a tab keeps a spreadsheet from rounding long digits.
                let same = other.replacing(no + "\t", with: row[column]).replacing(no, with: row[column])
                #expect(own == same, "\(other)")
            }
        }
    }
}
