import Accounts
import ArgumentParser
import Client
import Policy
import Registry
import Settlement
import Text

struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Personal accounts (个人账户): balance, credits, uses, transfer, inheritance (CQ-30 to CQ-32).",
        discussion: """
            Every change bears an id of the caller's (--id): sent again it is done once and answered alike.

            EXAMPLES:
              jiesuan account balance 101 --server :8123
              jiesuan account run-credits --region chongqing --month 2024-06 --server :8123

            \(Exit.help)
            """,
        subcommands: [
            AccountBalance.self, AccountStatementCommand.self, AccountCredit.self, AccountRunCredits.self,
            AccountUseCommand.self, AccountTransfer.self, AccountInherit.self, AccountDeregister.self,
        ])
}

struct AccountBalance: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "What an account holds (账户余额).",
        discussion: """
            EXAMPLES:
              jiesuan account balance 101 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let found = try address.withClient { client in try AccountClient(client).balance(of: try owner.number(client)) }
        let status = found.status.map { "\($0)" } ?? "none"
        if json {
            var json = JSONText(indents: false)
            json.object { json in
                json.person(owner.name, "owner")
                json.field("status", status)
                json.field("balance", found.balance)
            }
            print(json.text)
        } else {
            print("账户 account \(owner.text): \(MoneyText.yuan(found.balance)) (\(status))")
        }
    }
}

struct AccountStatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "An account's entries (收支明细).",
        discussion: """
            The newest \(AccountLimit.statementEntriesMax) entries of the days; --before gives the part before them.

            EXAMPLES:
              jiesuan account statement 101 --from 2024-01-01 --until 2024-12-31 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Option(help: "First day; default: open.") var from: Day?
    @Option(help: "Last day; default: open.") var until: Day?
    @Option(help: "Only what came before the entry of this number.") var before: UInt64 = 0
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let days = DateRange(from: from?.date ?? CalendarDate.none, until: until?.date ?? CalendarDate.none)
        let statement = try address.withClient { client in
            let query = StatementQuery(owner: try owner.number(client), days: days, before: before)
            return try AccountClient(client).statement(query)
        }
        print(json ? AccountText.json(statement) : AccountText.lines(statement).joined(separator: "\n"))
    }
}

struct AccountCredit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit",
        abstract: "Credit an account: a month (CQ-30), or an opening balance, refund or correction.",
        discussion: """
            EXAMPLES:
              jiesuan account credit 101 --id c-101-202406 --month 2024-06 --server :8123
              jiesuan account credit 101 --id o-101 --kind opening --amount 1260.00 --reason "brought in" \\
                --server :8123
              jiesuan account credit 101 --id k-101 --kind correction --take-back 10.00 --reason "credited too much" \\
                --server :8123
              jiesuan account credit 101 --id r-1 --kind refund --use u-1 --amount 35.50 --reason "given back" \\
                --server :8123

            \(Exit.help)
            """)

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case opening, refund, correction

        var credit: OtherCredit {
            switch self {
            case .opening: .openingBalance
            case .refund: .refund
            case .correction: .correction
            }
        }
    }

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Option(help: "Your id of this request.") var id: String
    @Option(help: "Month that is credited: 2024-06.") var month: Month?
    @Option(help: "A credit that is no month's.") var kind: Kind?
    @Option(help: "Yuan; of a month by default what the rule gives.") var amount: Yuan?
    @Option(help: "Yuan that a correction takes back: what was credited by mistake (冲减).") var takeBack: Yuan?
    @Option(help: "Why, of a credit that is no month's.") var reason = ""
    @Option(help: "Of a refund: the id of the use that it gives back, at most what is left of it.") var use: String?
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        guard (month == nil) != (kind == nil) else { throw ValidationError("Name --month or --kind.") }
        if takeBack != nil, kind != .correction { throw ValidationError("--take-back is of --kind correction.") }
        if kind != nil, (amount == nil) == (takeBack == nil) {
            throw ValidationError(
                kind == .correction ? "--kind correction needs --amount or --take-back." : "--kind needs --amount.")
        }
        if (kind == .refund) != (use != nil) { throw ValidationError("--kind refund and --use go together.") }
    }

    func run() throws {
        let answer = try address.withClient { client in
            let client = AccountClient(client)
            if let month {
                return try client.credit(
                    id, person: owner.name, month: month.month, amount: amount?.fen ?? 0)
            }
            let other = kind?.credit ?? .correction
            let changed = takeBack.map { -$0.fen } ?? amount?.fen ?? 0
            return try client.credit(
                id, person: owner.name, kind: other, amount: changed, reason: reason,
                use: use ?? "")
        }
        print(json ? AccountText.json(answer) : AccountText.lines(answer).joined(separator: "\n"))
    }
}

struct AccountRunCredits: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-credits",
        abstract: "Credit a month to everybody of a region (每月计入, CQ-30); run again it credits nobody twice.",
        discussion: """
            EXAMPLES:
              jiesuan account run-credits --region chongqing --month 2024-06 --server :8123

            \(Exit.help)
            """)

    @Option(help: "Region: chongqing …") var region: String
    @Option(help: "Month that is credited: 2024-06.") var month: Month
    @Flag(help: "Tell everybody, not only who was refused.") var details = false
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let sums = try address.withClient { client in
            try AccountClient(client).runCredits(region: region, month: month.month, details: details) { detail in
                Terminal.write(AccountText.line(detail) + "\n")
            }
        }
        print(json ? AccountText.json(sums) : AccountText.lines(sums).joined(separator: "\n"))
        guard sums.refused == 0 else {
            throw Failure(.someRefused, "\(counted(sums.refused, "person is", "persons are")) not credited")
        }
    }
}

struct AccountUseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use",
        abstract: "Pay from an account outside settlements (CQ-31).",
        discussion: """
            EXAMPLES:
              jiesuan account use 101 --id u-1 --amount 35.50 --purpose pharmacy --institution P50010100001 \\
                --server :8123
              jiesuan account use 101 --id u-2 --amount 350 --purpose premium.resident --beneficiary 102 \\
                --server :8123

            PURPOSES:
              \(UsePurpose.allCases.map(\.name).joined(separator: ", "))

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Option(help: "Your id of this request.") var id: String
    @Option(help: "Yuan.") var amount: Yuan
    @Option(help: "What it pays for.") var purpose: Purpose
    @Option(help: ArgumentHelp("For whom; default: the owner.", valueName: "PERSON")) var beneficiary: PersonArgument?
    @Option(help: ArgumentHelp("Code of the institution that takes the money.", valueName: "CODE"))
    var institution = ""
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let answer = try address.withClient { client in
            // No beneficiary: the owner.
            let command = UseCommand(
                owner: owner.name.number, amount: amount.fen, purpose: purpose.purpose,
                beneficiary: try beneficiary?.number(client) ?? 0, institution: institution)
            return try AccountClient(client).use(id, command, owner: owner.name)
        }
        print(json ? AccountText.json(answer) : AccountText.lines(answer).joined(separator: "\n"))
    }
}
