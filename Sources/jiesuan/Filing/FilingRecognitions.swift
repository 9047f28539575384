import ArgumentParser
import Client
import Policy
import Registry
import Settlement
import Text

struct FilingRecognitionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognition",
        abstract: "Poverty through illness by application (因病致贫依申请救助), rule YT-7.",
        discussion: """
            EXAMPLES:
              jiesuan filing recognition apply 201 --on 2023-08-20 --server :8123
              jiesuan filing recognition grant 201 --year 2023 --server :8123
              jiesuan filing recognition refuse 202 --year 2023 --reason "income above the limit" --server :8123
              jiesuan filing show 201 --server :8123

            \(Exit.help)
            """,
        subcommands: [
            RecognitionApply.self, RecognitionGrant.self, RecognitionRefuse.self, RecognitionPay.self,
            RecognitionTakeBack.self,
        ])
}

/// Options shared by the steps of a recognition.
struct RecognitionOptions: ParsableArguments {
    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "The day; default: today.") var on: Day?
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    /// Executes a step and prints the recognition's state after it.
    func carryOut(
        _ what: String, _ step: (FilingClient, CalendarDate) throws(ClientError) -> RemoteRecognition
    ) throws {
        let answer = try address.withClient { client in
            try step(FilingClient(client), on?.date ?? CalendarDate.none)
        }
        if json {
            var json = JSONText(indents: false)
            json.object { json in
                json.person(person.name)
                json.field("burden", answer.burden)
                json.field("paid", answer.paid)
                json.field("outstanding", answer.outstanding)
                json.field("overpaid", answer.overpaid)
                json.field("paid_now", answer.paidNow)
                json.array("shares") { json in
                    for share in answer.shares {
                        json.object { json in
                            json.field("settlement_id", share.settlement)
                            json.field("amount", share.amount)
                        }
                    }
                }
            }
            return print(json.text)
        }
        var table = TextTable([.left, .right])
        table.add(["\(what), person \(person.text)"])
        table.add(["  个人负担 burden W", MoneyText.yuan(answer.burden)])
        table.add(["  本次支付 paid now", MoneyText.yuan(answer.paidNow)])
        for share in answer.shares {
            table.add(["    冲减现金 lowers the cash of \(share.settlement)", SettlementText.signed(share.amount)])
        }
        table.add(["  已支付 paid", MoneyText.yuan(answer.paid)])
        if answer.outstanding != 0 { table.add(["  待支付 outstanding", MoneyText.yuan(answer.outstanding)]) }
        if answer.overpaid != 0 { table.add(["  多付 paid too much", MoneyText.yuan(answer.overpaid)]) }
        print(table.lines().joined(separator: "\n"))
    }
}

struct RecognitionApply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Record an application (申请): one in a natural year.",
        discussion: """
            EXAMPLES:
              jiesuan filing recognition apply 201 --on 2023-08-20 --server :8123

            \(Exit.help)
            """)

    @OptionGroup var options: RecognitionOptions

    func run() throws {
        try options.carryOut("申请 application") { client, day throws(ClientError) in
            try client.recognise(person: try options.person.number(client.client), step: RecognitionStep.apply, on: day)
        }
    }
}

struct RecognitionGrant: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Recognise (认定): what is due for the past is paid to the person.",
        discussion: """
            EXAMPLES:
              jiesuan filing recognition grant 201 --year 2023 --server :8123
              jiesuan filing recognition grant 201 --year 2023 --outside 2022-11-03=8000.00 --server :8123

            \(Exit.help)
            """)

    /// A cost of the window settled elsewhere: its day and the amount in policy borne by the person.
    struct Outside: ExpressibleByArgument {
        var day: CalendarDate
        var burden: Fen

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let day = Day(argument: parts[0]), let amount = Yuan(argument: parts[1]) else {
                return nil
            }
            self.day = day.date
            burden = amount.fen
        }
    }

    @OptionGroup var options: RecognitionOptions
    @Option(help: "Natural year of the application.") var year: Int32
    @Option(
        help: ArgumentHelp(
            "A cost of the window settled elsewhere: day and burden in yuan; may be repeated.", valueName: "DATE=YUAN"))
    var outside: [Outside] = []

    func run() throws {
        try options.carryOut("认定 recognition") { client, day throws(ClientError) in
            try client.recognise(
                person: try options.person.number(client.client), step: RecognitionStep.recognise, year: year, on: day,
                outside: outside.map { ($0.day, $0.burden) })
        }
    }
}

struct RecognitionRefuse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse",
        abstract: "Refuse an application (不予认定), with the reason.",
        discussion: """
            EXAMPLES:
              jiesuan filing recognition refuse 202 --year 2023 --reason "income above the limit" --server :8123

            \(Exit.help)
            """)

    @OptionGroup var options: RecognitionOptions
    @Option(help: "Natural year of the application.") var year: Int32
    @Option(help: "Why.") var reason: String

    func run() throws {
        try options.carryOut("不予认定 refusal") { client, day throws(ClientError) in
            try client.recognise(
                person: try options.person.number(client.client), step: RecognitionStep.refuse, year: year, on: day,
                reason: reason)
        }
    }
}

struct RecognitionPay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pay",
        abstract: "Pay what a reversal left outstanding of a recognition.",
        discussion: """
            EXAMPLES:
              jiesuan filing recognition pay 201 --year 2023 --server :8123

            \(Exit.help)
            """)

    @OptionGroup var options: RecognitionOptions
    @Option(help: "Natural year of the application.") var year: Int32

    func run() throws {
        try options.carryOut("支付 payment") { client, _ throws(ClientError) in
            try client.recognise(
                person: try options.person.number(client.client), step: RecognitionStep.payOutstanding, year: year)
        }
    }
}

struct RecognitionTakeBack: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take-back",
        abstract: "Take a recognition back (撤销认定), with the reason, while no later settlement carries a part of it.",
        discussion: """
            EXAMPLES:
              jiesuan filing recognition take-back 201 --year 2023 --reason "another person's papers" --server :8123

            \(Exit.help)
            """)

    @OptionGroup var options: RecognitionOptions
    @Option(help: "Natural year of the application.") var year: Int32
    @Option(help: "Why.") var reason: String

    func run() throws {
        try options.carryOut("撤销认定 taken back") { client, day throws(ClientError) in
            try client.recognise(
                person: try options.person.number(client.client), step: RecognitionStep.takeBack, year: year, on: day,
                reason: reason)
        }
    }
}

/// Steps of a recognition by their numbers in `filing_service.proto`.
private enum RecognitionStep {
    static let apply: UInt32 = 1
    static let refuse: UInt32 = 2
    static let recognise: UInt32 = 3
    static let payOutstanding: UInt32 = 4
    static let takeBack: UInt32 = 5
}
