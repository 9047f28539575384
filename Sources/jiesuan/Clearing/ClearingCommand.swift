import Accounts
import ArgumentParser
import Client
import Population
import Settlement
import Text
import Workbook
import YearEnd

struct ClearingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clearing",
        abstract: "What is owed to institutions and persons for a month, and what was handed over (清算, G-18, YE-3).",
        discussion: """
            A month is the month, by the clock of China, in which an entry was made: a settlement, its reversal, account
            use, a refund. A month that is over stays as it is; what is taken back later is a negative amount of its own
            month. Claims of channel manual are owed to the person, who has paid, and to no institution. What was paid
            outside is in a column of its own and owed to nobody.

            EXAMPLES:
              jiesuan clearing --month 2024-06 --server :8123
              jiesuan clearing --month 2024-06 --unpaid --out june.csv --headings zh --ledger ./ledger.db
              jiesuan clearing persons --month 2024-06 --server :8123
              jiesuan clearing pay --batch B-2024-06 --day 2024-07-10 --month 2024-06 --server :8123
              jiesuan clearing batches --server :8123

            \(Exit.help)
            """,
        subcommands: [ClearingMonth.self, ClearingPersons.self, ClearingPay.self, ClearingBatches.self],
        defaultSubcommand: ClearingMonth.self)
}

/// Options on the output of a list: text or JSON on the standard output, or a file.
struct ClearingOutput: ParsableArguments {
    @Option(help: ArgumentHelp("Write the list into a file (CSV), amounts in yuan.", valueName: "FILE"))
    var out: String?
    @Flag(help: "Make --out a workbook (.xlsx).") var xlsx = false
    @OptionGroup var tables: HeadingOptions
    @Flag(help: "As JSON, amounts in fen.") var json = false

    func validate() throws {
        if xlsx, out == nil { throw ValidationError("--xlsx needs a file: name it by --out FILE.xlsx.") }
    }

    /// Writes a list into the named file; false: no file is named.
    func write(
        _ columns: [TableColumn], sheet: String, rows: Int, _ append: (TableSink) throws -> Void
    ) throws -> Bool {
        guard let out else { return false }
        let sink = try TableSink(path: out, sheet: sheet, columns, tables.headings, isWorkbook: xlsx)
        try append(sink)
        try sink.finish()
        print("\(out): \(counted(rows, "row"))")
        return true
    }
}

struct ClearingMonth: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "month",
        abstract: "What is owed to the institutions for a month, by fund and service year (机构清算).",
        discussion: """
            The same figures as the year's end has in clearing.csv: summed over the service years they are the years'.

            EXAMPLES:
              jiesuan clearing --month 2024-06 --server :8123
              jiesuan clearing month --month 2024-06 --institution H50010100001 --json --server :8123
              jiesuan clearing --month 2024-06 --region chongqing --unpaid --out june.xlsx --xlsx --ledger ./ledger.db

            \(Exit.help)
            """)

    @Option(help: "The month: 2024-06.") var month: Month
    @Option(help: "Only of persons of this region: chongqing …") var region = ""
    @Option(help: ArgumentHelp("Only this institution.", valueName: "CODE")) var institution = ""
    @Option(help: ArgumentHelp("Only institutions of this county or township.", valueName: "CODE")) var area = ""
    @Flag(help: "Only what was not handed over for payment.") var unpaid = false
    @OptionGroup(title: "Output") var output: ClearingOutput
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        var filter = RemoteClearingFilter()
        filter.region = region
        filter.institution = institution
        filter.area = area
        filter.isUnpaid = unpaid
        let number = month.month.yearMonth
        let found = try address.withClient { client in try ClearingClient(client).month(number, filter) }
        let rows = ClearingText.rows(found, month: number)
        let isWritten = try output.write(ClearingColumns.institutions, sheet: "clearing", rows: rows.count) { sink in
            for row in rows {
                row.write(into: &sink.bytes)
                try sink.flushIfFull()
            }
        }
        if isWritten { return }
        print(output.json ? ClearingText.json(found) : ClearingText.lines(found).joined(separator: "\n"))
    }
}

struct ClearingPersons: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "persons",
        abstract: "What is owed to persons and their accounts, entry by entry (应付个人).",
        discussion: """
            Claims that the person had paid in advance, what the year's end adjusted in the person's favour, what a
            recognition or a second round pays; negative where it was taken back.

            EXAMPLES:
              jiesuan clearing persons --month 2024-06 --server :8123
              jiesuan clearing persons --person 101 --json --server :8123
              jiesuan clearing persons --unpaid --out owed.csv --headings zh --ledger ./ledger.db

            \(Exit.help)
            """)

    @Option(help: "The month in which the entry was made: 2024-06. Default: all.") var month: Month?
    @Option(help: "Only persons of this region: chongqing …") var region = ""
    @Option(help: "Only this person: a number, or no:PSN_NO.") var person: PersonArgument?
    @Option(help: ArgumentHelp("Only persons of this county or township.", valueName: "CODE")) var area = ""
    @Flag(help: "Only what was not handed over for payment.") var unpaid = false
    @OptionGroup(title: "Output") var output: ClearingOutput
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        var filter = RemoteClearingFilter()
        filter.region = region
        filter.area = area
        filter.isUnpaid = unpaid
        let number = month?.month.yearMonth ?? 0
        let found = try address.withClient { client in
            filter.person = try person?.number(client) ?? 0
            return try ClearingClient(client).owed(number, filter)
        }
        let rows = ClearingText.rows(found)
        let isWritten = try output.write(ClearingText.columns(found), sheet: "persons", rows: rows.count) { sink in
            for row in rows {
                row.write(into: &sink.bytes)
                try sink.flushIfFull()
            }
        }
        if isWritten { return }
        print(output.json ? ClearingText.json(found) : ClearingText.lines(found).joined(separator: "\n"))
    }
}

struct ClearingPay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pay",
        abstract: "Mark what was handed over for payment: it is in no later list (拨付标记).",
        discussion: """
            Everything in the list that the filters let through. Where something of it was handed over before, nothing
            is marked, and the batch is named; --rest leaves out what was. The same batch again is done once. With
            --expect it is marked only where it comes to what your list says.

            EXAMPLES:
              jiesuan clearing pay --batch B-2024-06 --day 2024-07-10 --month 2024-06 --server :8123
              jiesuan clearing pay --batch B-2024-06-pool --day 2024-07-10 --month 2024-06 --region chongqing \\
                --fund pool --expect 120345.67 --server :8123
              jiesuan clearing pay --persons --batch P-2024-06 --day 2024-07-12 --month 2024-06 --rest --server :8123

            \(Exit.help)
            """)

    @Option(help: "Your id of the batch.") var batch: String
    @Option(help: "Day on which it was handed over.") var day: Day
    @Option(help: "The month: 2024-06; of institutions one that is over.") var month: Month
    @Flag(help: "What is owed to persons; else to institutions.") var persons = false
    @Option(help: "Only of this region.") var region = ""
    @Option(help: ArgumentHelp("Only this institution.", valueName: "CODE")) var institution = ""
    @Option(help: ArgumentHelp("Only this fund, by the pack's id; account: the account fund.", valueName: "FUND"))
    var fund = ""
    @Option(help: "Only this person: a number, or no:PSN_NO.") var person: PersonArgument?
    @Option(help: ArgumentHelp("Only institutions or persons of this county or township.", valueName: "CODE"))
    var area = ""
    @Flag(help: "Leave out what was handed over before.") var rest = false
    @Option(help: ArgumentHelp("What your list comes to.", valueName: "YUAN")) var expect: Yuan?
    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if persons, !institution.isEmpty || !fund.isEmpty {
            throw ValidationError("--institution and --fund do not go with --persons.")
        }
        if !persons, person != nil { throw ValidationError("--person goes with --persons.") }
    }

    func run() throws {
        var order = RemotePayOrder(
            batch: batch, day: day.date, isOfInstitutions: !persons, month: month.month.yearMonth)
        order.filter.region = region
        order.filter.institution = institution
        order.filter.fund = fund
        order.filter.area = area
        order.isRest = rest
        order.expected = expect?.fen
        let done = try address.withClient { client in
            order.filter.person = try person?.number(client) ?? 0
            return try ClearingClient(client).pay(order)
        }
        if json {
            print(ClearingText.json(done.batch, wasPaidBefore: done.wasPaidBefore))
        } else {
            print(ClearingText.lines([done.batch]).joined(separator: "\n"))
            if done.wasPaidBefore { print("This batch was marked before, and nothing was changed.") }
        }
    }
}

struct ClearingBatches: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches",
        abstract: "The batches that were handed over for payment, in their order (拨付批次).",
        discussion: """
            EXAMPLES:
              jiesuan clearing batches --server :8123

            \(Exit.help)
            """)

    @Flag(help: "As JSON, amounts in fen.") var json = false
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func run() throws {
        let found = try address.withClient { client in try ClearingClient(client).batches() }
        print(json ? ClearingText.json(found) : ClearingText.lines(found).joined(separator: "\n"))
    }
}
