import ArgumentParser
import Population

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Generate a seeded population's claims as a claims file.",
        discussion: """
            The same seed gives the same file, on every machine. All claims are valid unless --faulty asks for others.

            EXAMPLES:
              jiesuan generate --claims 1000000 --out claims.csv
              jiesuan generate --claims 1000 --region chongqing --region yantai --seed 7 --out -
              jiesuan generate --claims 1000 --faulty 0.05 --out faulty.csv
              jiesuan generate --claims 1000 --person-no --out claims.csv

            \(Exit.help)
            """)

    @Option(help: "How many claims.")
    var claims: Int64 = 1000

    @Option(help: "Among how many persons; default: one for every eight claims.")
    var persons: Int64 = 0

    @Option(help: "Seed of the random numbers.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "chongqing, yantai, shenyang or anhui; may be repeated. Default: all.", valueName: "REGION"))
    var region: [GeneratedPerson.Region] = []

    @Option(help: ArgumentHelp("Share of bad claims, 0 to 1.", valueName: "SHARE"))
    var faulty = 0.0

    @Flag(help: "Name persons by made-up numbers of the platform's form (psn_no): 26 digits.")
    var personNo = false

    @Option(help: ArgumentHelp("Where the claims go; - is the standard output.", valueName: "FILE"))
    var out = "-"

    @Flag(help: "Begin with a byte-order mark, by which spreadsheets know UTF-8.")
    var bom = false

    func validate() throws {
        let most = Generator.countMax
        guard (0...most).contains(claims) else { throw ValidationError("--claims is not in 0 … \(most).") }
        guard (0...most).contains(persons) else { throw ValidationError("--persons is not in 0 … \(most).") }
        guard (0...1).contains(faulty) else { throw ValidationError("--faulty is not in 0 … 1.") }
    }

    func run() throws {
        var generator = Generator(Generator.Options(claims: claims, persons: persons, seed: seed, regions: region))
        var faults = Faults(share: Int64(faulty * 10_000), seed: seed)
        let sink = try FileSink(path: out)
        let writer = ClaimFileWriter()
        writer.appendHeader(to: &sink.bytes, hasMark: bom)
        let progress = Progress("claims")
        var count = 0
        while let person = generator.next() {
            for claim in person.claims {
                var row = ClaimRow(region: person.region.rawValue, person: person.person, claim: claim)
                if personNo { row.person.nameByPlatformNumber() }
                _ = faults.spoil(&row)
                writer.append(row, to: &sink.bytes)
                count += 1
            }
            try sink.flushIfFull()
            progress.show(count, share: Double(count) / Double(max(claims, 1)))
        }
        try sink.finish()
        progress.finish(count)
    }
}

extension GeneratedPerson.Region: ExpressibleByArgument {}
