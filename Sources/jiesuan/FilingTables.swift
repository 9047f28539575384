import ArgumentParser
import Client
import Policy
import Population
import Registry
import Settlement

struct FilingTableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "A table of a region as CSV, rules AH-4 and SY-8.",
        discussion: """
            TABLES:
              chronic-ledger      慢性病门诊台账: who has a card, and what was settled with it (AH-4)
              contract-register   who has filed or signed, with which institution, since when (SY-8)
              contract-progress   each area against the deadline (SY-8)
              problem-ledger      建档立卡贫困人口医保问题排查台账, 002 附件2 (SY-8)
              inspection          重点排查: high cost or repeated stays in two years (SY-8)

            EXAMPLES:
              jiesuan filing table contract-progress --region shenyang --day 2020-09-20 --server :8123
              jiesuan filing table inspection --region shenyang --cost-from 30000 --stays-from 3 --out look.csv \\
                --server :8123

            \(Exit.help)
            """)

    enum Table: String, CaseIterable, ExpressibleByArgument {
        case chronicLedger = "chronic-ledger"
        case contractRegister = "contract-register"
        case contractProgress = "contract-progress"
        case problemLedger = "problem-ledger"
        case inspection

        /// As `FilingTable` of the proto.
        var number: UInt32 {
            switch self {
            case .chronicLedger: 1
            case .contractRegister: 2
            case .contractProgress: 3
            case .problemLedger: 4
            case .inspection: 5
            }
        }
    }

    @Argument(help: "Which table.") var table: Table
    @Option(help: "Region.") var region: String
    @Option(help: "As of this day; default: today.") var day: Day?
    @Option(help: "Inspection: cost from so many yuan.") var costFrom: Yuan?
    @Option(help: "Inspection: stays from so many.") var staysFrom: UInt32?
    @Option(help: ArgumentHelp("The file to write; default: the standard output.", valueName: "FILE.csv"))
    var out = "-"
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if table == .inspection, costFrom == nil, staysFrom == nil {
            throw ValidationError("An inspection needs --cost-from or --stays-from.")
        }
        if table != .inspection, costFrom != nil || staysFrom != nil {
            throw ValidationError("--cost-from and --stays-from are of an inspection.")
        }
    }

    func run() throws {
        let text = try address.withClient { client in
            try FilingClient(client).table(
                region: region, table.number, day: day?.date ?? .none, costFrom: costFrom?.fen ?? 0,
                staysFrom: staysFrom ?? 0)
        }
        let sink = try FileSink(path: out)
        if out != "-" { sink.bytes += CSVText.mark }
        sink.bytes += Array(text.utf8)
        try sink.finish()
        if out != "-" { print("\(out): \(max(0, text.utf8.count { $0 == 10 } - 1)) rows") }
    }
}
