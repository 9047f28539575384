import ArgumentParser
import Client
import Lists
import Policy
import Population
import Registry
import Settlement
import Text
import Workbook

struct ListsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "Lists and registers that offices take: by person, area and month (名单、台账、报表).",
        discussion: """
            LISTS:
            \(listsHelp)

            EXAMPLES:
              jiesuan lists unenrolled --region yantai --area 370602 --out unenrolled.csv --server :8123
              jiesuan lists poor-ledger --region shenyang --month 2020-09 --headings zh --out ledger.csv \\
                --ledger ./ledger.db
              jiesuan lists appraisals --region anhui --year 2020 --by-county --xlsx --out appraisals.xlsx \\
                --server :8123
              jiesuan lists hand-over subsidies --region yantai --year 2024 --server :8123

            \(Exit.help)
            """,
        subcommands: [ListWrite.self, ListHandOver.self], defaultSubcommand: ListWrite.self)

    fileprivate static var listsHelp: String {
        var text = TextTable([.left, .left, .left])
        for list in OfficeList.allCases { text.add(["  " + list.name, list.title, list.explanation]) }
        return text.lines().joined(separator: "\n")
    }
}

extension OfficeList: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}

extension Department: ExpressibleByArgument {
    public init?(argument: String) {
        guard let department = Self.allCases.first(where: { "\($0)".snakeCased == argument }) else { return nil }
        self = department
    }

    public static var allValueStrings: [String] { ["civil_affairs", "rural_revitalisation"] }
}

struct ListWrite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Write a list as CSV, as a workbook, or both.",
        discussion: """
            LISTS:
            \(ListsCommand.listsHelp)

            EXAMPLES:
              jiesuan lists write contract-progress --region shenyang --day 2020-09-18 --server :8123
              jiesuan lists write inspection --region shenyang --cost-from 30000 --stays-from 3 --out look.csv \\
                --server :8123
              jiesuan lists write chronic-patients --region chongqing --campaign 2022-10-10..2023-01-05 \\
                --headings zh --xlsx --out patients.xlsx --ledger ./ledger.db

            \(Exit.help)
            """)

    @Argument(help: ArgumentHelp("Which list; see LISTS.", valueName: "list")) var list: OfficeList
    @Option(help: "Region.") var region: String
    @Option(help: ArgumentHelp("Only of this county or township (G-17).", valueName: "CODE")) var area = ""
    @Flag(help: "Summaries by county instead of township.") var byCounty = false
    @Option(help: ArgumentHelp("As of this day; default: today.", valueName: "DATE")) var day: Day?
    @Option(help: ArgumentHelp("The month; default: the day's.", valueName: "YYYY-MM")) var month: Month?
    @Option(help: "The year; default: the day's.") var year: Int32?
    @Option(help: ArgumentHelp("Days of the campaign for chronic patients.", valueName: "FROM..UNTIL"))
    var campaign: DaysArgument?
    @Option(help: ArgumentHelp("Inspection: high cost, from so many yuan.", valueName: "YUAN"))
    var costFrom: NonNegativeYuan?
    @Option(help: "Inspection: repeated stays, from so many.") var staysFrom: UInt32?
    @Option(help: "Watch list: for civil_affairs or rural_revitalisation.") var department: Department?
    @Option(help: ArgumentHelp("Watch list: last year's disposable income per head.", valueName: "YUAN"))
    var disposableIncome: NonNegativeYuan?
    @Option(help: ArgumentHelp("The file to write; default: the standard output.", valueName: "FILE"))
    var out = "-"
    @Flag(help: "Make --out a workbook (.xlsx).") var xlsx = false
    @OptionGroup var tables: HeadingOptions
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        if xlsx, out == "-" { throw ValidationError("--xlsx needs a file: name it by --out FILE.xlsx.") }
        func check(_ name: String, _ isThere: Bool, _ need: OfficeList.Need) throws {
            guard isThere, !list.needs.contains(need) else { return }
            let lists = OfficeList.allCases.filter { $0.needs.contains(need) }.map(\.name).joined(separator: ", ")
            throw ValidationError("--\(name) is of \(lists)")
        }
        try check("month", month != nil, .month)
        try check("year", year != nil, .year)
        try check("campaign", campaign != nil, .campaign)
        try check("cost-from", costFrom != nil, .thresholds)
        try check("stays-from", staysFrom != nil, .thresholds)
        try check("department", department != nil, .watch)
        try check("disposable-income", disposableIncome != nil, .watch)
        if list.needs.contains(.watch), department == nil || disposableIncome == nil {
            throw ValidationError("\(list.name) needs --department and --disposable-income")
        }
        if list.needs.contains(.campaign), campaign == nil { throw ValidationError("\(list.name) needs --campaign") }
        if list.needs.contains(.thresholds), costFrom == nil, staysFrom == nil {
            throw ValidationError("\(list.name) needs --cost-from or --stays-from")
        }
    }

    func run() throws {
        var question = ListQuestion(list, region: region)
        question.area = area
        question.byCounty = byCounty
        question.day = day?.date ?? .none
        question.month = month?.index ?? 0
        question.year = year ?? 0
        if let campaign {
            question.campaign = ChronicPatients.Campaign(from: campaign.from, until: campaign.until)
        }
        question.costFrom = costFrom?.fen ?? 0
        question.staysFrom = staysFrom ?? 0
        question.department = department ?? .unspecified
        question.disposableIncome = disposableIncome?.fen ?? 0
        question.language = tables.headings
        let answer = try address.withClient { client in try FilingClient(client).list(question) }
        try answer.write(to: out, sheet: tables.headings == .chinese ? list.title : list.name, tables.headings, xlsx)
        if out != "-" { print("\(out): \(counted(answer.rows, "row"))") }
    }
}

extension RemoteList {
    /// Writes the list as CSV or as a workbook; `-` is the standard output.
    func write(to path: String, sheet: String, _ headings: TableHeadings, _ isWorkbook: Bool = false) throws {
        let sink = try TableSink(path: path, sheet: sheet, columns, headings, isWorkbook: isWorkbook)
        // Behind the headings, which the sink writes itself; none of them has a line's end in it.
        let bytes = Array(csv.utf8)
        if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) { sink.bytes += bytes[(end + 1)...] }
        try sink.finish()
    }
}

struct ListHandOver: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over",
        abstract: "Record that a list was handed over: the next one says who came in and who went out since.",
        discussion: """
            The statement of premium subsidies (参保资助, YT-12) goes to the finance office. Write it first, then record
            that it was handed over.

            EXAMPLES:
              jiesuan lists subsidies --region yantai --year 2024 --out subsidies.csv --server :8123
              jiesuan lists hand-over subsidies --region yantai --year 2024 --server :8123

            \(Exit.help)
            """)

    @Argument(help: ArgumentHelp("Which list: subsidies.", valueName: "list")) var list: OfficeList
    @Option(help: "Region.") var region: String
    @Option(help: "Year of the premiums.") var year: Int32
    @Option(help: ArgumentHelp("Day on which it was handed over; default: today.", valueName: "DATE"))
    var on: Day?
    @OptionGroup(title: "The ledger") var address: LedgerAddress

    func validate() throws {
        guard list == .subsidies else { throw ValidationError("Only subsidies are handed over in a series.") }
    }

    func run() throws {
        let number = try address.withClient { client in
            try FilingClient(client).handOverSubsidies(region: region, year: year, on: on?.date ?? .none)
        }
        print("\(list.title) \(region) \(year): statement \(number) handed over")
    }
}
