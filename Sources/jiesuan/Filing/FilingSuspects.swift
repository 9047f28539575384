import Accounts
import ArgumentParser
import Client
import Policy
import Registry
import Settlement

struct FilingSuspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suspect",
        abstract: "Suspected chronic patients without a card: screening and what became of it, rule AH-3.",
        discussion: """
            EXAMPLES:
              jiesuan filing suspect screen --region anhui --month 2024-06 --server :8123
              jiesuan filing suspect report 302 --disease hypertension --source family_doctor --server :8123
              jiesuan filing suspect list --region anhui --server :8123
              jiesuan filing suspect card 302 1 --server :8123

            \(Exit.help)
            """,
        subcommands: [
            SuspectScreen.self, SuspectReport.self, SuspectList.self, SuspectCard.self, SuspectClose.self,
        ])
}

struct SuspectScreen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Screen a month's settled claims (主动筛查); the open entries of the list.",
        discussion: """
            EXAMPLES:
              jiesuan filing suspect screen --region anhui --month 2024-06 --server :8123

            \(Exit.help)
            """)

    @Option(help: "Region: anhui …") var region: String
    @Option(help: "Month of the service dates.") var month: Month
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let found = try address.withClient { client in
            try FilingClient(client).screen(region: region, month: UInt32(month.month.yearMonth))
        }
        if json { return print(FilingText.json(found.entries, added: found.added)) }
        print((["筛查 screened: \(found.added) added"] + FilingText.lines(found.entries)).joined(separator: "\n"))
    }
}

struct SuspectReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report a suspected patient: a health or poverty office, or a family doctor.",
        discussion: """
            EXAMPLES:
              jiesuan filing suspect report 302 --disease hypertension --source family_doctor --server :8123

            \(Exit.help)
            """)

    enum Source: String, CaseIterable, ExpressibleByArgument {
        case healthOffice = "health_office"
        case povertyOffice = "poverty_office"
        case familyDoctor = "family_doctor"

        var source: SuspicionSource {
            switch self {
            case .healthOffice: .healthOffice
            case .povertyOffice: .povertyOffice
            case .familyDoctor: .familyDoctor
            }
        }
    }

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Disease code of the pack's table.") var disease: String
    @Option(help: "Who reports.") var source: Source
    @Option(help: "The day; default: today.") var on: Day?
    @OptionGroup var receipt: FilingReceiptOptions

    func run() throws {
        try receipt.carryOut("疑似 entry", of: person) { client throws(ClientError) in
            try client.reportSuspect(
                person: try person.number(client.client), disease: disease, source: UInt32(source.source.rawValue),
                on: on?.date ?? .none)
        }
    }
}

struct SuspectList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The open entries up to a month.",
        discussion: """
            EXAMPLES:
              jiesuan filing suspect list --region anhui --server :8123

            \(Exit.help)
            """)

    @Option(help: "Region: anhui …") var region: String
    @Option(help: "Up to this month; default: this one.") var month: Month?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let entries = try address.withClient { client in
            try FilingClient(client).suspects(region: region, month: UInt32(month?.month.yearMonth ?? 0))
        }
        print(json ? FilingText.json(entries, added: 0) : FilingText.lines(entries).joined(separator: "\n"))
    }
}

struct SuspectCard: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "card",
        abstract: "Give an entry of the list a card without papers (零材料).",
        discussion: """
            EXAMPLES:
              jiesuan filing suspect card 302 1 --electronic --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the entry, as `filing show` has it.") var number: UInt32
    @Flag(help: "An electronic card; default: on paper.") var electronic = false
    @Option(help: "The day; default: today.") var on: Day?
    @OptionGroup var receipt: FilingReceiptOptions

    func run() throws {
        try receipt.carryOut("零材料 entry", of: person) { client throws(ClientError) in
            try client.issueCard(
                person: try person.number(client.client), entry: number, electronic: electronic, on: on?.date ?? .none)
        }
    }
}

struct SuspectClose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Take an entry off the list, with the written reason.",
        discussion: """
            EXAMPLES:
              jiesuan filing suspect close 302 1 --reason "the standard is not met" --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the entry, as `filing show` has it.") var number: UInt32
    @Option(help: "Why.") var reason: String
    @Option(help: "The day; default: today.") var on: Day?
    @OptionGroup var receipt: FilingReceiptOptions

    func run() throws {
        try receipt.carryOut("排除 entry", of: person) { client throws(ClientError) in
            try client.closeSuspect(
                person: try person.number(client.client), entry: number, reason: reason, on: on?.date ?? .none)
        }
    }
}
