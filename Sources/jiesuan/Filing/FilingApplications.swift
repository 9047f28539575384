import Accounts
import ArgumentParser
import Client
import Policy
import Registry
import Settlement
import Text

struct FilingApplicationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "application",
        abstract: "Applications for a chronic-disease card, step by step (受理 … 结果反馈), rules AH-1 and AH-2.",
        discussion: """
            EXAMPLES:
              jiesuan filing application receive 301 --disease hypertension --at A34010100001 \\
                --paper identity_document --paper outpatient_record --server :8123
              jiesuan filing application check 301 1 --server :8123
              jiesuan filing application pass-on 301 1 --server :8123
              jiesuan filing application appraise 301 1 --expert E1 --expert E2 --server :8123
              jiesuan filing application deliver 301 1 --to family --server :8123
              jiesuan filing application list --region anhui --server :8123

            \(Exit.help)
            """,
        subcommands: [
            ApplicationReceive.self, ApplicationCheck.self, ApplicationPassOn.self, ApplicationAppraise.self,
            ApplicationDeliver.self, ApplicationList.self,
        ])
}

/// Options shared by the steps of an application.
struct ApplicationStepOptions: ParsableArguments {
    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the application, as `filing show` has it.") var number: UInt32
    @Option(help: "The day; default: today.") var on: Day?
    @OptionGroup var receipt: FilingReceiptOptions

    var day: CalendarDate { on?.date ?? CalendarDate.none }
}

struct ApplicationReceive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Receive an application with its papers at a service point (受理).",
        discussion: """
            EXAMPLES:
              jiesuan filing application receive 301 --disease hypertension --at A34010100001 \\
                --paper identity_document --paper outpatient_record --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Disease code of the pack's table.") var disease: String
    @Option(help: ArgumentHelp("Service point (基层医保服务点).", valueName: "CODE")) var at: String
    @Option(help: "A paper handed in, as the pack's filing.papers names it; may be repeated.") var paper: [String] = []
    @Option(help: "The day; default: today.") var on: Day?
    @OptionGroup var receipt: FilingReceiptOptions

    func run() throws {
        try receipt.carryOut("受理 application", of: person) { client throws(ClientError) in
            try client.receive(
                person: try person.number(client.client), disease: disease, papers: paper, servicePoint: at,
                on: on?.date ?? .none)
        }
    }
}

struct ApplicationCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Record the first check (初审); with --return the papers go back, with the reason.",
        discussion: """
            EXAMPLES:
              jiesuan filing application check 301 1 --server :8123
              jiesuan filing application check 301 2 --return "no discharge record" --server :8123

            \(Exit.help)
            """)

    @OptionGroup var step: ApplicationStepOptions
    @Option(name: .customLong("return"), help: ArgumentHelp("Why the papers go back.", valueName: "REASON"))
    var returned: String?

    func run() throws {
        try step.receipt.carryOut("初审 application", of: step.person) { client throws(ClientError) in
            try client.check(
                person: try step.person.number(client.client), application: step.number, returnedFor: returned,
                on: step.day)
        }
    }
}

struct ApplicationPassOn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pass-on",
        abstract: "Pass an application on to the appraisal (报送): by the 25th for that month's.",
        discussion: """
            EXAMPLES:
              jiesuan filing application pass-on 301 1 --server :8123

            \(Exit.help)
            """)

    @OptionGroup var step: ApplicationStepOptions

    func run() throws {
        try step.receipt.carryOut("报送 application", of: step.person) { client throws(ClientError) in
            try client.passOn(person: try step.person.number(client.client), application: step.number, on: step.day)
        }
    }
}

struct ApplicationAppraise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "appraise",
        abstract: "Record the appraisal (鉴定): a card, or a refusal with its written reason.",
        discussion: """
            EXAMPLES:
              jiesuan filing application appraise 301 1 --expert E1 --expert E2 --electronic --server :8123
              jiesuan filing application appraise 301 2 --expert E1 --refuse "the standard is not met" --server :8123

            \(Exit.help)
            """)

    @OptionGroup var step: ApplicationStepOptions
    @Option(help: "Code of an expert who appraised; may be repeated.") var expert: [String]
    @Option(help: ArgumentHelp("Refused: the written reason.", valueName: "REASON")) var refuse: String?
    @Flag(help: "An electronic card; default: on paper.") var electronic = false
    @Flag(help: "绿色通道: appraised at once, before the month's end.") var greenChannel = false

    func validate() throws {
        if refuse != nil, electronic {
            throw ValidationError("--electronic is of a card; with --refuse there is none.")
        }
    }

    func run() throws {
        try step.receipt.carryOut("鉴定 application", of: step.person) { client throws(ClientError) in
            try client.appraise(
                person: try step.person.number(client.client), application: step.number, refusedFor: refuse,
                electronic: electronic,
                experts: expert, greenChannel: greenChannel, on: step.day)
        }
    }
}

struct ApplicationDeliver: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver",
        abstract: "Record that the result was told (结果反馈): to the family, to the village committee.",
        discussion: """
            EXAMPLES:
              jiesuan filing application deliver 301 1 --to village --server :8123

            \(Exit.help)
            """)

    enum Recipient: String, CaseIterable, ExpressibleByArgument {
        case family, village
    }

    @OptionGroup var step: ApplicationStepOptions
    @Option(help: "Who was told.") var to: Recipient

    func run() throws {
        try step.receipt.carryOut("结果反馈 application", of: step.person) { client throws(ClientError) in
            try client.deliver(
                person: try step.person.number(client.client), application: step.number,
                toVillageCommittee: to == .village, on: step.day)
        }
    }
}

struct ApplicationList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "What awaits a month's appraisal, and what is decided and not told yet.",
        discussion: """
            EXAMPLES:
              jiesuan filing application list --region anhui --month 2024-06 --server :8123

            \(Exit.help)
            """)

    @Option(help: "Region: anhui …") var region: String
    @Option(help: "Month of the appraisal; default: this one.") var month: Month?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let lists = try address.withClient { client in
            try FilingClient(client).applications(region: region, month: UInt32(month?.month.yearMonth ?? 0))
        }
        if json {
            var json = JSONText(indents: false)
            json.object { json in
                json.array("awaiting") { FilingText.add(lists.awaiting, to: &$0) }
                json.array("untold") { FilingText.add(lists.untold, to: &$0) }
            }
            return print(json.text)
        }
        let lines =
            ["待鉴定 awaiting the appraisal"] + FilingText.lines(lists.awaiting)
            + ["", "待反馈 decided, not told yet"] + FilingText.lines(lists.untold)
        print(lines.joined(separator: "\n"))
    }
}

struct FilingExpertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expert",
        abstract: "Experts who may appraise (慢性病鉴定专家库), rule AH-2.",
        discussion: """
            EXAMPLES:
              jiesuan filing expert put E1 --region anhui --title deputy_chief_physician --from 2020-01-01 \\
                --server :8123
              jiesuan filing expert list --server :8123

            \(Exit.help)
            """,
        subcommands: [ExpertPut.self, ExpertList.self])
}

struct ExpertPut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put",
        abstract: "Register an expert, or put what is said in the place of what the register has.",
        discussion: """
            EXAMPLES:
              jiesuan filing expert put E1 --region anhui --title deputy_chief_physician --from 2020-01-01 \\
                --server :8123
              jiesuan filing expert put E1 --region anhui --title deputy_chief_physician --from 2020-01-01 \\
                --until 2024-06-30 --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Code of the expert; no name.") var code: String
    @Option(help: "Region whose pack names the titles.") var region: String
    @Option(help: "Title, as the pack's filing.appraisal.titles names it.") var title: String
    @Option(help: ArgumentHelp("The expert's institution.", valueName: "CODE")) var institution = ""
    @Option(help: "First day.") var from: Day
    @Option(help: "Last day; default: open.") var until: Day?
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let days = DateRange(from: from.date, until: until?.date ?? CalendarDate.none)
        _ = try address.withClient { client in
            try FilingClient(client).registerExpert(
                region: region, code: code, title: title, institution: institution, inForce: days)
        }
        print("专家 expert \(code): \(title), \(FilingText.days(days))")
    }
}
