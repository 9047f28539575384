import ArgumentParser
import Client
import Foundation
import Policy
import Text
import YearEnd

struct YearEndRunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "year-end-runs",
        abstract: "Year-end runs at a server: list, stop, take up again, fetch their files (年终清算).",
        discussion: """
            `year-end --server` starts a run; it goes on at the server whoever watches, and after a restart of the
            server by itself. Everybody who may call the server can look at it, stop it and take it up.

            EXAMPLES:
              jiesuan year-end-runs list --server :8123
              jiesuan year-end-runs stop year-2024 --server :8123
              jiesuan year-end-runs resume year-2024 --server :8123
              jiesuan year-end-runs fetch year-2024 --out ./year-2024 --server :8123

            \(Exit.help)
            """,
        subcommands: [YearEndRunsList.self, YearEndRunsStop.self, YearEndRunsResume.self, YearEndRunsFetch.self])
}

/// The address of the runs.
struct YearEndServer: ParsableArguments {
    @Option(help: ArgumentHelp("A running server with a ledger.", valueName: "HOST:PORT"))
    var server: ServerAddress

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions

    func connect() throws -> YearEndClient {
        YearEndClient(try caller.connect(server))
    }
}

struct YearEndRunsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Every run that the server keeps, the newest first.",
        discussion: """
            EXAMPLES:
              jiesuan year-end-runs list --server :8123
              jiesuan year-end-runs list --server :8123 --json

            \(Exit.help)
            """)

    @Flag(help: "As JSON.") var json = false
    @OptionGroup var address: YearEndServer

    func run() throws {
        let runs = try address.connect().runs()
        if json { return print(YearEndRunText.json(runs)) }
        guard !runs.isEmpty else { return print("no runs; `jiesuan year-end --server` starts one") }
        for line in YearEndRunText.table(runs) { print(line) }
    }
}

struct YearEndRunsStop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a run; what it posted stays posted, and it can be taken up again.",
        discussion: """
            Waits until it has stopped: within a group of adjustments, or at the next step of its reading.

            EXAMPLES:
              jiesuan year-end-runs stop year-2024 --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Name of the run.") var name: String
    @OptionGroup var address: YearEndServer

    func run() throws {
        let client = try address.connect()
        let view = YearProgressView()
        let status = try YearEndRemote.follow(client, name, try client.stop(name), view)
        view.finish()
        print("\(name): \(YearEndRunText.words(status))")
    }
}

struct YearEndRunsResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take up a run that was stopped or failed, as it was started, and wait until it is done.",
        discussion: """
            The run goes on when this program ends.

            EXAMPLES:
              jiesuan year-end-runs resume year-2024 --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Name of the run.") var name: String
    @OptionGroup var address: YearEndServer

    func run() throws {
        let client = try address.connect()
        let view = YearProgressView()
        let status = try YearEndRemote.follow(client, name, try client.resume(name), view)
        view.finish()
        try YearEndRemote.requireDone(status, name)
        print("\(name): \(YearEndRunText.words(status))")
    }
}

struct YearEndRunsFetch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Bring the files of a run here, checked by their digests; what is here is not fetched again.",
        discussion: """
            EXAMPLES:
              jiesuan year-end-runs fetch year-2024 --out ./year-2024 --server :8123
              jiesuan year-end-runs fetch year-2024 --out ./year-2024 --xlsx --server :8123

            \(Exit.help)
            """)

    @Argument(help: "Name of the run.") var name: String
    @Option(help: ArgumentHelp("Folder for the files.", valueName: "DIR")) var out: String
    @Flag(help: "Write a workbook (.xlsx) beside each CSV file.") var xlsx = false
    @OptionGroup var address: YearEndServer

    func run() throws {
        let client = try address.connect()
        let progress = Progress("bytes")
        var bytes = 0
        let count = try YearEndDownload(client, run: name, folder: out).fetch { done, share in
            bytes = done
            progress.show(done, share: share)
        }
        progress.finish(bytes)
        guard count > 0 else {
            throw Failure(
                .someRefused, "the run '\(name)' has no files yet; they are there when it has been read through")
        }
        if xlsx {
            let result = try JSONDecoder().decode(YearResult.self, from: Data(try client.result(name)))
            try YearWorkbooks.write(result, folder: out)
        }
        print("\(out): \(counted(count, "file")) of the run \(name)")
    }
}

/// Runs at a server, as text and as JSON.
enum YearEndRunText {
    static func table(_ runs: [RemoteYearEndRun]) -> [String] {
        var table = TextTable([.left, .left, .left, .left, .left])
        table.add(["运行 run", "年度 year", "开始 started (UTC)", "", "状态 stage"])
        for run in runs {
            let kind = [run.isDryRun ? "dry run" : "", run.isAudit ? "audit" : ""].filter { !$0.isEmpty }
            table.add([
                run.name, "\(run.year)", time(run.startedAt), kind.joined(separator: ", "), words(run.status),
            ])
        }
        return table.lines()
    }

    /// "posting 40 %, 512 posted".
    static func words(_ status: RemoteYearEnd) -> String {
        var text = "\(status.stage)"
        if status.stage.isUnderWay { text += " (\(status.step)) \(Int(100 * status.share)) %" }
        if status.posted + status.postedBefore > 0 { text += ", \(status.posted + status.postedBefore) posted" }
        if status.waiting > 0 { text += ", \(status.waiting) wait for the next run" }
        return status.message.isEmpty ? text : text + ": \(status.message)"
    }

    static func json(_ runs: [RemoteYearEndRun]) -> String {
        var json = JSONText(indents: false)
        json.object { json in
            json.array("runs") { json in
                for run in runs {
                    json.object { json in
                        json.field("name", run.name)
                        json.field("year", run.year)
                        json.field("dry_run", run.isDryRun)
                        json.field("audit", run.isAudit)
                        json.field("started_at", time(run.startedAt))
                        json.field("changed_at", time(run.changedAt))
                        json.field("stage", "\(run.status.stage)")
                        json.field("step", run.status.step)
                        json.field("posted", run.status.posted)
                        json.field("posted_before", run.status.postedBefore)
                        json.field("waiting", run.status.waiting)
                        json.field("message", run.status.message)
                    }
                }
            }
        }
        return json.text
    }

    /// ISO 8601, UTC, to the second.
    private static func time(_ milliseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    }
}
