import ArgumentParser
import Client
import Policy
import Registry
import Settlement

struct FilingContractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract",
        abstract: "Outpatient contracts (门诊统筹签约), rule SY-8.",
        discussion: """
            EXAMPLES:
              jiesuan filing contract sign 401 --with P21010100001 --since 2020-07-01 --server :8123
              jiesuan filing contract correct 401 1 --until 2020-12-31 --server :8123
              jiesuan filing contract correct 401 2 --withdraw --server :8123

            \(Exit.help)
            """,
        subcommands: [ContractSign.self, ContractCorrect.self])
}

struct ContractSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign with an institution; a contract with another one ends the day before.",
        discussion: """
            EXAMPLES:
              jiesuan filing contract sign 401 --with P21010100001 --since 2020-07-01 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: ArgumentHelp("The institution.", valueName: "CODE")) var with: String
    @Option(help: "First day.") var since: Day
    @Option(help: "Last day; default: open.") var until: Day?
    @OptionGroup var receipt: FilingReceiptOptions

    func run() throws {
        try receipt.carryOut("签约 contract", of: person) { client throws(ClientError) in
            try client.sign(
                person: try person.number(client.client), institution: with, since: since.date,
                until: until?.date ?? .none)
        }
    }
}

struct ContractCorrect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Correct, end or withdraw a contract; what is not named stays, and what was known stays on record.",
        discussion: """
            EXAMPLES:
              jiesuan filing contract correct 401 1 --until 2020-12-31 --server :8123
              jiesuan filing contract correct 401 1 --open --server :8123
              jiesuan filing contract correct 401 2 --withdraw --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Argument(help: "Number of the contract, as `filing show` has it.") var number: UInt32
    @Option(help: ArgumentHelp("Another institution.", valueName: "CODE")) var with = ""
    @Option(help: "Another first day.") var since: Day?
    @Option(help: "Another last day.") var until: Day?
    @Flag(help: "Without a last day.") var open = false
    @Flag(help: "It was signed by mistake.") var withdraw = false
    @OptionGroup var receipt: FilingReceiptOptions

    func validate() throws {
        let changes = !with.isEmpty || since != nil || until != nil || open
        guard changes != withdraw else {
            throw ValidationError("Name what changes (--with, --since, --until, --open), or --withdraw.")
        }
        if open, until != nil { throw ValidationError("--open and --until exclude each other.") }
    }

    func run() throws {
        try receipt.carryOut("签约 contract", of: person) { client throws(ClientError) in
            let known = try client.show(try person.number(client.client)).contracts.first { $0.number == number }
            return try client.correctContract(
                person: try person.number(client.client), contract: number, isWithdrawn: withdraw, institution: with,
                since: since?.date ?? known?.inForce.from ?? .none,
                until: open ? .none : until?.date ?? known?.inForce.until ?? .none)
        }
    }
}

struct FilingSurvey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "survey",
        abstract: "Record what a survey found about a person (排查, 002 附件2); a later one takes its place, rule SY-8.",
        discussion: """
            EXAMPLES:
              jiesuan filing survey 401 --area 210102001 --on 2020-08-10 --knows-policy yes --needs-two-disease yes \\
                --needs-chronic-outpatient no --covered yes --server :8123

            \(Exit.help)
            """)

    enum Answer: String, CaseIterable, ExpressibleByArgument {
        case open, yes, no

        var number: UInt32 {
            switch self {
            case .open: UInt32(SurveyAnswer.open.rawValue)
            case .yes: UInt32(SurveyAnswer.yes.rawValue)
            case .no: UInt32(SurveyAnswer.no.rawValue)
            }
        }
    }

    @Argument(help: PersonArgument.help) var person: PersonArgument
    @Option(help: "Township or street (乡镇).") var area: String
    @Option(help: "Day of the survey; default: today.") var on: Day?
    @Option(help: "是否了解医保扶贫政策.") var knowsPolicy = Answer.open
    @Option(help: "是否为高血压、糖尿病应纳入两病保障范围.") var needsTwoDisease = Answer.open
    @Option(help: "是否需要纳入门诊慢性病保障范围.") var needsChronicOutpatient = Answer.open
    @Option(help: "是否纳入门诊统筹或住院保障范围.") var covered = Answer.open
    @Option(help: "解决的问题.") var solved = ""
    @Option(help: "需要解决的其他问题.") var unsolved = ""
    @OptionGroup var receipt: FilingReceiptOptions

    func run() throws {
        try receipt.carryOut("排查 entry", of: person) { client throws(ClientError) in
            try client.survey(
                person: try person.number(client.client), area: area, surveyed: on?.date ?? .none,
                answers: [knowsPolicy, needsTwoDisease, needsChronicOutpatient, covered].map(\.number), solved: solved,
                unsolved: unsolved)
        }
    }
}
