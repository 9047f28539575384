import ArgumentParser
import Client
import Policy
import Records
import Registry
import Settlement
import Text

struct FilingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filing",
        abstract: "What is on file (备案): diseases, applications, contracts, recognitions.",
        discussion: """
            A special-disease claim is settled only for a disease that is on file on its service date. Where the pack
            has the monthly appraisal (AH-1 to AH-4), a disease comes on file with its card: `filing application`.
            Registers and tables by area and month are under `jiesuan lists`.

            EXAMPLES:
              jiesuan filing designate H50010100001 --certifier --server :8123
              jiesuan filing put 104 --disease cancer_therapy --from 2024-01-01 --institution H50010100001 \\
                --server :8123
              jiesuan filing show 104 --server :8123

            \(Exit.help)
            """,
        subcommands: [
            FilingPut.self, FilingCorrect.self, FilingShow.self, FilingList.self, FilingDesignate.self,
            FilingDesignations.self, FilingApplicationCommand.self, FilingExpertCommand.self,
            FilingSuspectCommand.self, FilingContractCommand.self, FilingSurvey.self,
            FilingRecognitionCommand.self,
        ])
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

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Disease code of the pack's table.") var disease: String
    @Option(help: "First day.") var from: Day
    @Option(help: "Last day; default: open.") var until: Day?
    @Option(help: ArgumentHelp("Code of the institution that certified it.", valueName: "CODE")) var institution = ""
    @Option(help: "How it came on file; carried_over: it was on file before this register.") var way = Way.certified
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let receipt = try address.withClient { client in
            try FilingClient(client).file(
                person: try person.number(client), disease: disease, from: from.date,
                until: until?.date ?? CalendarDate.none,
                institution: institution, way: UInt32(way.filing.rawValue))
        }
        print("备案 filing \(receipt.number) of person \(person.text): \(disease), from \(from.date.description)")
    }
}

struct FilingCorrect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Correct, end or withdraw a filing; what it corrects stays on record.",
        discussion: """
            What is not named stays as it is.

            EXAMPLES:
              jiesuan filing correct 104 1 --until 2024-12-31 --server :8123
              jiesuan filing correct 104 2 --from 2024-02-01 --open --server :8123
              jiesuan filing correct 104 3 --withdraw --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the filing, as `filing show` has it.") var number: UInt32
    @Option(help: "Another first day.") var from: Day?
    @Option(help: "Another last day.") var until: Day?
    @Flag(help: "Without a last day.") var open = false
    @Option(help: ArgumentHelp("Another institution that certified it.", valueName: "CODE")) var institution = ""
    @Flag(help: "It was on file by mistake.") var withdraw = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        let changes = from != nil || until != nil || open || !institution.isEmpty
        guard changes != withdraw else {
            throw ValidationError("Name what changes (--from, --until, --open, --institution), or --withdraw.")
        }
        if open, until != nil { throw ValidationError("--open and --until exclude each other.") }
    }

    func run() throws {
        let receipt = try address.withClient { client in
            let client = FilingClient(client)
            if withdraw {
                return try client.correct(person: try person.number(client.client), filing: number, inForce: nil)
            }
            let known = try client.show(try person.number(client.client)).filings.first { $0.number == number }
            let days = DateRange(
                from: from?.date ?? known?.inForce.from ?? .none,
                until: open ? .none : until?.date ?? known?.inForce.until ?? .none)
            return try client.correct(
                person: try person.number(client.client), filing: number, inForce: days, institution: institution)
        }
        let what = withdraw ? "withdraws" : "takes the place of"
        print("备案 filing \(receipt.number) of person \(person.text) \(what) \(number)")
    }
}

struct FilingShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Everything on file for a person, what was corrected included.",
        discussion: """
            EXAMPLES:
              jiesuan filing show 104 --server :8123
              jiesuan filing show 104 --known-on 2024-06-30 --json --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: ArgumentHelp("Filings as they were known at the end of this day.", valueName: "DATE"))
    var knownOn: Day?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        // The last millisecond of the day; China has no summer time.
        let moment = knownOn.map { Moment(milliseconds: Moment(startOf: $0.date).milliseconds + 86_400_000 - 1) }
        let all = try address.withClient { client in
            try FilingClient(client).show(try person.number(client), knownAt: moment)
        }
        if json {
            var json = JSONText(indents: false)
            json.object { json in
                json.person(person.name)
                FilingText.add(all, to: &json)
            }
            print(json.text)
        } else {
            print(FilingText.lines(all).joined(separator: "\n"))
        }
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
