import ArgumentParser
import Client
import Population

struct SettleCommandLine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle",
        abstract: "Settle a claim for keeps, once and only once (结算).",
        discussion: """
            The same id with the same content gives the stored answer again, and says that it was settled before; with
            another content it is refused.

            EXAMPLES:
              jiesuan settle 500101000001202406301200000001 --server :8123 --person 101 --institution H50010100001 \\
                --kind outpatient --service-date 2024-06-30 --in-policy 2800
              jiesuan settle 500101000001202406301200000002 --server :8123 --person 101 --institution P50010100001 \\
                --kind outpatient --service-date 2024-06-30 --in-policy 120 --prescribing H50010100001 \\
                --prescription RX20240628-17 --prescription-date 2024-06-28
              jiesuan settle 500101000001202406301200000001 --operator 0017 …     who acts, kept with the settlement
              jiesuan settle 500101000001202406301200000003 --server :8123 @- < claim    options, one a line, that no
                                                                                         other user of the machine sees

            \(Exit.help)
            """)

    @Argument(help: "The settlement's id (medins_setl_id).") var id: String
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @Flag(help: "As JSON in the platform's words (setlinfo, setldetail), amounts in yuan.") var platform = false
    @OptionGroup(title: "The claim") var claim: SettleOptions
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        var request = try claim.request(id: id)
        request.withPlatform = platform
        try address.withClient { client in
            let client = SettlementClient(client)
            let known = try client.known(id)
            let answer = try client.settle(request)
            // The answer under a known id is the recorded settlement.
            let isKnown = known?.answer.sequence == answer.sequence
            if platform { return print(try PlatformText.json(answer.platform), terminator: "") }
            print(
                json
                    ? SettlementText.json(answer, wasSettledBefore: isKnown)
                    : SettlementText.lines(answer, wasSettledBefore: isKnown).joined(separator: "\n"))
        }
    }
}

struct Quote: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What settling a claim would give now; leaves no trace (预结算).",
        discussion: """
            EXAMPLES:
              jiesuan quote --server :8123 --person 101 --institution H50010100001 --kind outpatient \\
                --service-date 2024-06-30 --in-policy 2800

            \(Exit.help)
            """)

    @Flag(help: "As JSON, amounts in fen.") var json = false
    @Flag(help: "As JSON in the platform's words (setlinfo, setldetail), amounts in yuan.") var platform = false
    @OptionGroup(title: "The claim") var claim: SettleOptions
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        var request = try claim.request(id: "")
        request.withPlatform = platform
        try address.withClient { client in
            let answer = try SettlementClient(client).quote(request)
            if platform { return print(try PlatformText.json(answer.platform), terminator: "") }
            print(json ? SettlementText.json(answer) : SettlementText.lines(answer).joined(separator: "\n"))
        }
    }
}

struct Reverse: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a settlement back (撤销/冲正, rule G-12).",
        discussion: """
            Refused while a later settlement of the same person and year stands, while a second-round entry of it
            stands (SY-4), and where a recognition would have paid too much without it (YT-7); the refusal names it.
            What the year's end booked on the settlement is taken back along with it. With --round the settlement
            stays, and the latest second-round entry of it is taken back.

            EXAMPLES:
              jiesuan reverse 500101000001202406301200000001 --reason "wrong person" --server :8123
              jiesuan reverse 210101000001202003011200000001 --round 1 --reason "not registered" --server :8123

            \(Exit.help)
            """)

    @Argument(help: "The settlement's id.") var id: String
    @Option(help: "Why (撤销原因).") var reason = ""
    @Option(help: ArgumentHelp("Take this second-round entry of the settlement back (SY-4).", valueName: "N"))
    var round: UInt32 = 0
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        try address.withClient { client in
            let client = SettlementClient(client)
            let before = try client.known(id)?.reversedBy ?? 0
            let answer = try client.reverse(id, round: round, reason: reason)
            let isKnown = round == 0 && before > 0 && before == answer.sequence
            print(
                json
                    ? SettlementText.json(answer, wasReversedBefore: isKnown)
                    : SettlementText.lines(answer, wasReversedBefore: isKnown).joined(separator: "\n"))
        }
    }
}

struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a recorded settlement.",
        discussion: """
            EXAMPLES:
              jiesuan get 500101000001202406301200000001 --server :8123
              jiesuan get 500101000001202406301200000001 --ledger ./ledger.db --json
              jiesuan get 500101000001202406301200000001 --server :8123 --platform

            \(Exit.help)
            """)

    @Argument(help: "The settlement's id.") var id: String
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @Flag(help: "As JSON in the platform's words (setlinfo, setldetail), amounts in yuan.") var platform = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        try address.withClient { client in
            let record = try SettlementClient(client).get(id)
            if platform { return print(try PlatformText.json(record.platform), terminator: "") }
            print(json ? SettlementText.json(record) : SettlementText.lines(record).joined(separator: "\n"))
        }
    }
}

extension SettlementClient {
    /// The settlement recorded under an id; nil: none.
    fileprivate func known(_ id: String) throws(ClientError) -> RemoteRecord? {
        do throws(ClientError) { return try get(id) } catch {
            // Other errors of the id or the server are reported by the call that follows.
            if case .failed = error { return nil }
            throw error
        }
    }
}
