import Accounts
import ArgumentParser
import Client
import Settlement

/// Runs one request that moves an account, and prints the result.
struct AccountReceiptOptions: ParsableArguments {
    @Option(help: "Your id of this request.") var id: String
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func carryOut(_ request: (AccountClient) throws(ClientError) -> RemoteAccountAnswer) throws {
        let answer = try address.withClient { client in try request(AccountClient(client)) }
        print(json ? AccountText.json(answer) : AccountText.lines(answer).joined(separator: "\n"))
    }
}

struct AccountTransfer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer",
        abstract: "Move a balance to another pooling region, or take one in from there (跨统筹地区转移), rule CQ-32.",
        discussion: """
            Out, the whole balance goes and the account closes; it opens again when a balance comes back.

            EXAMPLES:
              jiesuan account transfer 101 --id t-1 --to 370600 --server :8123
              jiesuan account transfer 101 --id t-2 --from 370600 --amount 1260.00 --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Option(help: "The region to which the balance goes.") var to: String?
    @Option(help: "The region from which it comes.") var from: String?
    @Option(help: "Yuan that come.") var amount: Yuan?
    @OptionGroup var receipt: AccountReceiptOptions

    func validate() throws {
        guard (to == nil) != (from == nil) else { throw ValidationError("Name --to or --from.") }
        guard (from == nil) == (amount == nil) else {
            throw ValidationError("--amount is what comes with --from; with --to the whole balance goes.")
        }
    }

    func run() throws {
        try receipt.carryOut { client throws(ClientError) in
            try client.transfer(
                receipt.id, person: owner.name, out: to != nil, region: to ?? from ?? "",
                amount: amount?.fen ?? 0)
        }
    }
}

struct AccountInherit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inherit",
        abstract: "Give the balance of a deceased owner to the heirs (继承), rule CQ-32.",
        discussion: """
            The death is registered first (`person died`). The shares and the cash come to the balance exactly.

            EXAMPLES:
              jiesuan account inherit 101 --id i-1 --heir 102=800.00 --heir 103=400.00 --in-cash 60.00 \\
                --reason "公证书 2024-17" --server :8123

            \(Exit.help)
            """)

    /// An heir with an account, and the amount for it.
    struct Heir: ExpressibleByArgument {
        var heir: PersonArgument
        var amount: Fen

        init?(argument: String) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let heir = PersonArgument(argument: parts[0]), let amount = Yuan(argument: parts[1])
            else {
                return nil
            }
            self.heir = heir
            self.amount = amount.fen
        }
    }

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Option(help: ArgumentHelp("An heir's account and share; may be repeated.", valueName: "PERSON=YUAN"))
    var heir: [Heir] = []
    @Option(help: "Yuan in cash, to heirs without an account.") var inCash: Yuan?
    @Option(help: "The deed: 公证书, 判决 …") var reason: String
    @OptionGroup var receipt: AccountReceiptOptions

    func run() throws {
        try receipt.carryOut { client throws(ClientError) in
            var shares: [InheritedShare] = []
            for heir in heir {
                shares.append(InheritedShare(heir: try heir.heir.number(client.client), amount: heir.amount))
            }
            return try client.inherit(
                receipt.id, person: owner.name, heirs: shares, inCash: inCash?.fen ?? 0,
                reason: reason)
        }
    }
}

struct AccountDeregister: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deregister",
        abstract: "Close an account and pay its balance out in cash (注销), the one ground for cash, rule CQ-31.",
        discussion: """
            The person's registration ends first (`person deregister`).

            EXAMPLES:
              jiesuan account deregister 101 --id d-1 --reason "settled abroad" --server :8123

            \(Exit.help)
            """)

    @Argument(help: PersonArgument.help) var owner: PersonArgument
    @Option(help: "Why.") var reason: String
    @OptionGroup var receipt: AccountReceiptOptions

    func run() throws {
        try receipt.carryOut { client throws(ClientError) in
            try client.deregister(receipt.id, person: owner.name, reason: reason)
        }
    }
}
