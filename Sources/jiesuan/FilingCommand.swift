import ArgumentParser
import Client
import Policy
import Registry
import Settlement

struct FilingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filing",
        abstract: "Special and chronic diseases on file (特病 / 慢特病备案), rules CQ-14, CQ-46, SY-8.",
        discussion: """
            A special-disease claim is settled only for a disease that is on file on its service date. Anhui's
            applications and appraisals (AH-1 to AH-4) are calls of FilingService.

            EXAMPLES:
              jiesuan filing designate H50010100001 --certifier --server :8123
              jiesuan filing put 104 --disease cancer_therapy --from 2024-01-01 --institution H50010100001 \\
                --server :8123
              jiesuan filing show 104 --server :8123

            \(Exit.help)
            """,
        subcommands: [FilingPut.self, FilingCorrect.self, FilingShow.self, FilingDesignate.self])
}

struct FilingPut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Put a disease on file for a person.",
        discussion: """
            EXAMPLES:
              jiesuan filing put 104 --disease cancer_therapy --from 2024-01-01 --institution H50010100001 \\
                --server :8123
              jiesuan filing put 104 --disease dialysis --from 2019-05-01 --way carried_over --server :8123

            \(Exit.help)
            """)

    enum Way: String, CaseIterable, ExpressibleByArgument {
        case certified
        case twoDisease = "two_disease"
        case carriedOver = "carried_over"

        var filing: FilingWay {
            switch self {
            case .certified: .certified
            case .twoDisease: .twoDisease
            case .carriedOver: .carriedOver
            }
        }
    }

    @Argument(help: "Number of the person.") var person: UInt64
    @Option(help: "Disease code of the pack's table.") var disease: String
    @Option(help: "First day.") var from: Day
    @Option(help: "Last day; default: open.") var until: Day?
    @Option(help: ArgumentHelp("Code of the institution that certified it.", valueName: "CODE")) var institution = ""
    @Option(help: "How it came on file; carried_over: it was on file before this register.") var way = Way.certified
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let receipt = try address.withClient { client in
            try FilingClient(client).file(
                person: person, disease: disease, from: from.date, until: until?.date ?? CalendarDate.none,
                institution: institution, way: UInt32(way.filing.rawValue))
        }
        print("备案 filing \(receipt.number) of person \(person): \(disease), from \(from.date.description)")
    }
}

struct FilingCorrect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Correct, end or withdraw a filing; what it corrects stays on record.",
        discussion: """
            EXAMPLES:
              jiesuan filing correct 104 1 --from 2024-01-01 --until 2024-12-31 --server :8123
              jiesuan filing correct 104 2 --withdraw --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Number of the person.") var person: UInt64
    @Argument(help: "Number of the filing, as `filing show` has it.") var number: UInt32
    @Option(help: "First day.") var from: Day?
    @Option(help: "Last day; default: open.") var until: Day?
    @Flag(help: "It was on file by mistake.") var withdraw = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        guard (from == nil) == withdraw else { throw ValidationError("Name --from (and --until), or --withdraw.") }
        if withdraw, until != nil { throw ValidationError("--until and --withdraw exclude each other.") }
    }

    func run() throws {
        let days = from.map { DateRange(from: $0.date, until: until?.date ?? CalendarDate.none) }
        let receipt = try address.withClient { client in
            try FilingClient(client).correct(person: person, filing: number, inForce: days)
        }
        let what = withdraw ? "withdraws" : "takes the place of"
        print("备案 filing \(receipt.number) of person \(person) \(what) \(number)")
    }
}

struct FilingShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "The diseases on file for a person, those corrected included.",
        discussion: """
            EXAMPLES:
              jiesuan filing show 104 --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Number of the person.") var person: UInt64
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let filings = try address.withClient { client in try FilingClient(client).filings(of: person) }
        if json {
            var json = JSONText(indents: false)
            json.array { json in
                for filing in filings {
                    json.object { json in
                        json.field("number", filing.number)
                        json.field("disease", filing.disease)
                        json.field("from", filing.inForce.from.number)
                        json.field("until", filing.inForce.until.number)
                        json.field("stands", filing.stands)
                    }
                }
            }
            return print(json.text)
        }
        var table = TextTable([.right, .left, .left, .left, .left])
        table.add(["no", "disease", "from", "until", ""])
        for filing in filings {
            let until = filing.inForce.until == CalendarDate.none ? "open" : filing.inForce.until.description
            table.add([
                "\(filing.number)", filing.disease, filing.inForce.from.description, until,
                filing.stands ? "有效 stands" : "已更正 corrected",
            ])
        }
        print(table.lines().joined(separator: "\n"))
    }
}

struct FilingDesignate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "designate",
        abstract: "Say what an institution may do in filing, in place of what it might before.",
        discussion: """
            EXAMPLES:
              jiesuan filing designate H50010100001 --certifier --server :8123
              jiesuan filing designate A34010100001 --service-point --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Code of the institution in the register.") var institution: String
    @Flag(help: "It certifies special diseases (CQ-46).") var certifier = false
    @Flag(help: "It takes applications (AH-1).") var servicePoint = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        _ = try address.withClient { client in
            try FilingClient(client).designate(
                institution: institution, certifier: certifier, servicePoint: servicePoint)
        }
        let roles = (certifier ? ["certifier"] : []) + (servicePoint ? ["service point"] : [])
        print("\(institution): \(roles.isEmpty ? "no part in filing" : roles.joined(separator: ", "))")
    }
}
