import Accounts
import ArgumentParser
import Client
import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Lists
import Policy
import Population
import Registry
import Settlement
import Text
import YearEnd

struct YearEndCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "year-end",
        abstract: "Close a year: settle again what late facts touch, second round, clearing, registers (年终清算).",
        discussion: """
            Over a ledger, or over a claims file. Settles every person-year again that a late fact touches, by service
            date with the facts as known now, and books the differences as adjustments; divides the surplus; clears
            with the institutions; writes CSV files and result.json into a folder. Killed at any moment and started
            again with the same folder it goes on, with the same bytes. It proves that every fund, account and person
            adds up before it writes its results, and writes none where that fails.

            A row of a claims file that stands twice under one id with the same values is counted once; with other
            values it is refused, and so is a person who stands twice with other facts. Refused rows are in refused.csv,
            and the run ends with 1.

            EXAMPLES:
              jiesuan year-end --year 2024 --ledger ./ledger.db --out ./year-2024 --dry-run
              jiesuan year-end --year 2020 --ledger ./ledger.db --out ./year-2020 --surplus shenyang=2500000
              jiesuan year-end --year 2023 --claims claims.csv --persons persons.csv --out ./year-2023 --audit
              jiesuan year-end --year 2024 --ledger ./ledger.db --out ./year-2024 --xlsx --headings zh
              jiesuan year-end --year 2024 --server 127.0.0.1:8123 --out ./year-2024 --xlsx

            \(Exit.help)
            """)

    private static var personColumns: String {
        PersonFileReader<FileSource>.columnsAllowed.map(\.rawValue).joined(separator: ", ")
    }

    @Option(help: "The year, by service date.") var year: Int32

    @Option(help: ArgumentHelp("File of a ledger; with --dry-run also while a server has it open.", valueName: "FILE"))
    var ledger: String?

    @Option(help: ArgumentHelp("Claims file, instead of a ledger.", valueName: "FILE.csv"))
    var claims: String?

    @Option(
        help: ArgumentHelp(
            "Persons file with the final facts; columns of a claims file: \(personColumns).", valueName: "FILE.csv"))
    var persons: String?

    @Option(
        help: ArgumentHelp(
            "A running server: reads beside its online work, posts between it.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Name of a server's run, to take it up again. Default: year-YEAR.", valueName: "NAME"))
    var runName: String?

    @Option(
        help: ArgumentHelp(
            "Folder of the run and its results; the files of a server's run are brought here.",
            valueName: "DIR"))
    var out: String

    @Flag(help: "Only report: post no adjustments.") var dryRun = false

    @Flag(help: "Settle every person-year again, not only those that a late fact touches.") var audit = false

    @Option(
        help: ArgumentHelp(
            "Read only what was recorded by the end of this day; posts nothing.", valueName: "DATE"))
    var asKnownOn: Day?

    @Option(
        help: ArgumentHelp(
            "Surplus of a region's supplementary insurance, in yuan, for its second round (SY-4); may be repeated.",
            valueName: "REGION=YUAN"))
    var surplus: [RegionAmount] = []

    @Option(
        help: ArgumentHelp(
            "Last year's disposable income per head, in yuan, for the watch lists (YT-9).", valueName: "YUAN"))
    var disposableIncome: NonNegativeYuan?

    @Option(
        help: ArgumentHelp(
            "Yearly totals of institutions: CSV with institution,total in yuan (YE-3).", valueName: "FILE.csv"))
    var institutionTotals: String?

    @Option(
        help: ArgumentHelp(
            "Days of the campaign for chronic patients, for its registers (YE-6).", valueName: "FROM..UNTIL"))
    var campaign: DaysArgument?

    @Option(help: "Threads; the results do not depend on it. Default: one per core.") var workers: Int?

    @Flag(help: "Write a workbook (.xlsx) beside each CSV file of the results.") var xlsx = false

    @OptionGroup var tables: HeadingOptions

    @Flag(help: "Print result.json.") var json = false

    @OptionGroup var clock: ClockOptions
    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        guard [ledger != nil, claims != nil, server != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Name a ledger by --ledger FILE, claims by --claims FILE.csv, or --server HOST:PORT.")
        }
        if server != nil, workers != nil || policies.directory != nil {
            throw ValidationError("--workers and --policies do not go with --server: it has its own")
        }
        let regions = surplus.map(\.region)
        if let twice = regions.first(where: { region in regions.count { $0 == region } > 1 }) {
            throw ValidationError("--surplus names \(twice) twice; name each region once")
        }
        if runName != nil, server == nil { throw ValidationError("--run goes with --server; else the folder is it") }
        if persons != nil, claims == nil { throw ValidationError("--persons goes with --claims") }
        if asKnownOn != nil, ledger == nil { throw ValidationError("--as-known-on needs a ledger") }
        guard (1900...2999).contains(year) else { throw ValidationError("--year is not in 1900 … 2999") }
        guard (1...1024).contains(workers ?? 1) else { throw ValidationError("--workers is not in 1 … 1024") }
    }

    func run() throws {
        if let server { return try YearEndRemote(self, server).run() }
        let library = PolicyLibrary(packs: try policies.load())
        var options = YearOptions(year: year)
        options.isAudit = audit
        for amount in surplus { options.surplus[amount.region] = amount.amount }
        options.disposableIncome = disposableIncome?.fen
        if tables.headings != .english { options.headings = tables.headings }
        if let institutionTotals { options.institutionTotals = try InstitutionTotals.read(institutionTotals) }
        if let campaign { options.campaign = YearOptions.Campaign(from: campaign.from, until: campaign.until) }
        let view = YearProgressView()
        let count = workers ?? ProcessInfo.processInfo.activeProcessorCount
        let result: YearResult
        var posting: PostingResult?
        if let claims {
            let run = try YearRun(claims: claims, persons: persons, library, options, folder: out)
            result = try run.run(workers: count) { view.show($0) }
        } else {
            (result, posting) = try runOverLedger(library, options, count, view)
        }
        view.finish()
        if xlsx { try YearWorkbooks.write(result, folder: out) }
        if json {
            print(String(decoding: try RunJSON.encode(result), as: UTF8.self), terminator: "")
        } else {
            print(YearText.summary(result, posting, folder: out, seconds: view.seconds))
        }
        try complain(result, posting)
    }

    /// Exits with 1 if not everything was settled or booked.
    func complain(_ result: YearResult, _ posting: PostingResult?) throws {
        var complaints: [String] = []
        let refused = result.refused.reduce(0) { $0 + $1.count }
        if refused > 0 {
            complaints.append("\(counted(refused, "row is", "rows are")) refused: see \(out)/refused.csv")
        }
        if let posting, posting.movedOn > 0 {
            complaints.append("\(posting.movedOn) adjustments wait: their persons' years moved on; run again")
        }
        if !complaints.isEmpty { throw Failure(.someRefused, complaints.joined(separator: "; ")) }
    }

    private func runOverLedger(
        _ library: PolicyLibrary, _ options: YearOptions, _ workers: Int, _ view: YearProgressView
    ) throws -> (YearResult, PostingResult?) {
        guard let ledger else { throw Failure(.usage, "no ledger is named") }
        let posts = !dryRun && asKnownOn == nil
        // Checked before the work: with the ledger open in a server, nothing could be posted at the end.
        let store = try SQLiteStore(path: ledger, mode: posts ? .open : .readOnly)
        let run = try YearRun(ledger: store, library, options, asKnownOn: asKnownOn?.date, folder: out)
        let result = try run.run(workers: workers) { view.show($0) }
        guard posts, let end = run.end else { return (result, nil) }
        let opened = try Ledger(
            store: store, library: library, clock: clock.clock, directory: indexFolder(ofLedger: ledger),
            clockAheadMax: clock.aheadMaxMilliseconds)
        opened.origin = RecordOrigin(caller: "", operatorCode: caller.operatorCode?.text ?? "")
        let posting = try YearPosting(run.postsPath, regions: library.packs.map(\.region), readThrough: end)
        let all = Double(max(1, result.posts))
        try posting.postAll(to: opened) { done in
            view.show(YearProgress(.posting, done: done.all, share: Double(done.all) / all))
        }
        opened.close()
        return (result, posting.result)
    }
}

struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Write a month's lists of persons with high cost, for the departments (YT-9).",
        discussion: """
            By the figures as they are recorded now: the year's burden in policy up to the month's end, above a share
            of last year's disposable income per head. One file for 民政 and one for 乡村振兴, with the persons' numbers
            and areas, whether they are on a list of the year for the first time, and what the department answered to
            this list or an earlier one (registry import feedback).

            EXAMPLES:
              jiesuan monitor --ledger ./ledger.db --month 2024-03 --disposable-income 40000 --out ./lists
              jiesuan monitor --ledger ./ledger.db --month 2024-03 --disposable-income 40000 --area 370602 \\
                --out ./zhifu
              jiesuan monitor --server :8123 --region yantai --month 2024-03 --disposable-income 40000 --out ./lists
              jiesuan registry import feedback answers.csv --server :8123

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("File of a ledger, also while a server has it open.", valueName: "FILE"))
    var ledger: String?

    @Option(help: ArgumentHelp("A running server, instead of a file; needs --region.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(help: "At a server: the region whose persons are watched.")
    var region: String?

    @Option(help: ArgumentHelp("The month.", valueName: "YYYY-MM")) var month: Month

    @Option(help: ArgumentHelp("Last year's disposable income per head, in yuan.", valueName: "YUAN"))
    var disposableIncome: NonNegativeYuan

    @Option(help: ArgumentHelp("Only persons of this county or township (G-17).", valueName: "CODE"))
    var area: String?

    @Option(help: ArgumentHelp("Folder of the lists.", valueName: "DIR")) var out: String

    @OptionGroup var tables: HeadingOptions
    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        guard (ledger == nil) != (server == nil) else {
            throw ValidationError("Name a ledger by --ledger FILE, or a server by --server HOST:PORT.")
        }
        guard (server == nil) == (region == nil) else {
            throw ValidationError("--region goes with --server, which needs it; of a file every region has its rows.")
        }
        if server != nil, policies.directory != nil { throw ValidationError("--policies does not go with --server") }
    }

    func run() throws {
        if let server, let region { return try runAtServer(server, region) }
        guard let ledger else { return }
        let library = PolicyLibrary(packs: try policies.load())
        var options = YearOptions(year: month.year)
        options.resettles = false
        options.headings = tables.headings
        options.disposableIncome = disposableIncome.fen
        options.lastMonth = month.number
        options.watchedArea = area
        let view = YearProgressView()
        let folder = FileManager.default.temporaryDirectory.path + "/jiesuan-monitor-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SQLiteStore(path: ledger, mode: .readOnly)
        let run = try YearRun(ledger: store, library, options, asKnownOn: nil, folder: folder)
        let result = try run.run(workers: ProcessInfo.processInfo.activeProcessorCount) { view.show($0) }
        view.finish()
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        let number = month.month.yearMonth
        for file in result.files where file.name.hasPrefix("monitoring-\(number)-") {
            let target = out + "/" + file.name
            try? FileManager.default.removeItem(atPath: target)
            try FileManager.default.copyItem(atPath: folder + "/" + file.name, toPath: target)
            print("\(target): \(counted(file.rows, "person", isGrouped: true))")
        }
    }

    private func runAtServer(_ server: ServerAddress, _ region: String) throws {
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        let client = FilingClient(try caller.connect(server))
        var question = ListQuestion(.watch, region: region)
        question.month = month.index
        question.area = area ?? ""
        question.disposableIncome = disposableIncome.fen
        question.language = tables.headings
        for department in [Department.civilAffairs, .ruralRevitalisation] {
            question.department = department
            let word = "\(department)".snakeCased.replacing("_", with: "-")
            let target = out + "/monitoring-\(month.month.yearMonth)-\(word).csv"
            let list = try client.list(question)
            try list.write(to: target, sheet: word, tables.headings)
            print("\(target): \(counted(list.rows, "person", isGrouped: true))")
        }
    }
}
