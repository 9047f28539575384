import Foundation
import Policy
import Population

/// The cost of files: compiling a policy pack, reading a claims file.
enum FileCases {
    static let all = [packCompilation, csvReading]

    private static let rows = 10_000

    private static let packCompilation = MicroCase("compile-pack", operations: 1) {
        let bytes = Array(try CalculationCases.pack("yantai").yaml.utf8)
        return {
            let pack = try PolicyPack.read(bytes: bytes, file: "yantai.yaml")
            guard pack.region == "yantai" else { throw MicroFailure("the pack is of \(pack.region)") }
        }
    }

    private static let csvReading = MicroCase("csv-row", operations: rows) {
        let writer = ClaimFileWriter()
        var bytes: [UInt8] = []
        writer.appendHeader(to: &bytes)
        var generator = Generator(Generator.Options(claims: Int64(rows), seed: 1))
        var made = 0
        while made < rows, let person = generator.next() {
            for claim in person.claims.prefix(rows - made) {
                writer.append(
                    ClaimRow(region: person.region.rawValue, person: person.person, claim: claim), to: &bytes)
                made += 1
            }
        }
        let file = bytes
        let expected = made
        return {
            var reader = try ClaimFileReader(MemorySource(file))
            guard var row = blank else { throw MicroFailure("no person was generated") }
            var count = 0
            reading: while true {
                switch try reader.next(&row) {
                case .row: count += 1
                case .bad(let problem): throw MicroFailure("line \(row.line): \(problem)")
                case .end: break reading
                }
            }
            guard count == expected else { throw MicroFailure("\(count) rows of \(expected) were read") }
        }
    }

    /// A row for the reader to fill.
    private static let blank: ClaimRow? = {
        var generator = Generator(Generator.Options(claims: 8, seed: 1))
        guard let person = generator.next(), let claim = person.claims.first else { return nil }
        return ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
    }()
}
