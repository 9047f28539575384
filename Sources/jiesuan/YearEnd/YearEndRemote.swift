import Client
import Foundation
import Settlement
import YearEnd

/// A year's end at a running server: starts or resumes it, shows its progress, and fetches the result with all files.
/// The run goes on when this program ends.
struct YearEndRemote {
    /// Interval between two polls.
    private static let pollSeconds = 0.2

    private let command: YearEndCommand
    private let address: ServerAddress

    init(_ command: YearEndCommand, _ address: ServerAddress) {
        self.command = command
        self.address = address
    }

    func run() throws {
        let client = YearEndClient(try command.caller.connect(address))
        var order = YearEndOrder(name: command.runName ?? "year-\(command.year)", year: command.year)
        order.isDryRun = command.dryRun
        order.isAudit = command.audit
        order.surplus = command.surplus.map { ($0.region, $0.amount) }
        order.disposableIncome = command.disposableIncome?.fen ?? 0
        if let totals = command.institutionTotals { order.institutionTotals = try InstitutionTotals.read(totals) }
        order.campaign = command.campaign.map { ($0.from, $0.until) }
        order.headings = command.tables.headings
        let view = YearProgressView()
        let status = try Self.follow(client, order.name, try client.start(order), view)
        view.finish()
        try Self.requireDone(status, order.name)
        let bytes = try client.result(order.name)
        let result = try JSONDecoder().decode(YearResult.self, from: Data(bytes))
        _ = try YearEndDownload(client, run: order.name, folder: command.out).fetch()
        if command.xlsx { try YearWorkbooks.write(result, folder: command.out) }
        if command.json { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
        var posting = PostingResult()
        posting.posted = status.posted
        posting.duplicates = status.postedBefore
        posting.movedOn = status.waiting
        let told = command.dryRun ? nil : posting
        print(YearText.summary(result, told, folder: command.out, seconds: view.seconds))
        try command.complain(result, posting)
    }

    /// Polls until the run ends in any way.
    static func follow(
        _ client: YearEndClient, _ name: String, _ first: RemoteYearEnd, _ view: YearProgressView
    ) throws -> RemoteYearEnd {
        var status = first
        while status.stage.isUnderWay {
            let stage = YearProgress.Stage(rawValue: status.step) ?? .facts
            view.show(YearProgress(stage, done: status.done, share: status.share))
            Thread.sleep(forTimeInterval: pollSeconds)
            status = try client.progress(name)
        }
        return status
    }

    /// - Throws: `Failure` where the run did not succeed.
    static func requireDone(_ status: RemoteYearEnd, _ name: String) throws {
        switch status.stage {
        case .done: return
        case .stopped:
            throw Failure(
                .someRefused, "the run '\(name)' was stopped; `jiesuan year-end-runs resume \(name)` takes it up")
        default: throw Failure(.file, "the server's run failed: \(status.message)")
        }
    }
}
