import Client
import Foundation
import Settlement
import YearEnd

/// A year's end at a running server: starts it, shows how far it is, lets it post, and fetches what it came to.
struct YearEndRemote {
    /// Between two questions while the server reads.
    private static let pollSeconds = 0.2

    private let command: YearEndCommand
    private let address: ServerAddress

    init(_ command: YearEndCommand, _ address: ServerAddress) {
        self.command = command
        self.address = address
    }

    func run() throws {
        let client = YearEndClient(try Client.connect(host: address.host, port: address.port))
        var order = YearEndOrder(name: command.runName ?? "year-\(command.year)", year: command.year)
        order.isDryRun = command.dryRun
        order.isAudit = command.audit
        order.surplus = command.surplus.map { ($0.region, $0.amount) }
        order.disposableIncome = command.disposableIncome?.fen ?? 0
        let view = YearProgressView()
        var status = try client.start(order)
        while status.stage == .reading || status.stage == .posting {
            let stage = YearProgress.Stage(rawValue: status.step) ?? .facts
            view.show(YearProgress(stage, done: status.done, share: status.share))
            if status.stage == .reading { Thread.sleep(forTimeInterval: Self.pollSeconds) }
            status = try client.progress(order.name)
        }
        view.finish()
        guard status.stage == .done else { throw Failure(.file, "the server's run failed: \(status.message)") }
        let bytes = try client.result(order.name)
        let result = try JSONDecoder().decode(YearResult.self, from: Data(bytes))
        let out = URL(fileURLWithPath: command.out)
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        try Data(bytes).write(to: out.appendingPathComponent("result.json"), options: .atomic)
        try Data(YearHTML.write(result)).write(to: out.appendingPathComponent(YearHTML.fileName), options: .atomic)
        if command.json { return print(String(decoding: bytes, as: UTF8.self), terminator: "") }
        var posting = PostingResult()
        posting.posted = status.posted
        posting.duplicates = status.postedBefore
        posting.movedOn = status.waiting
        let told = command.dryRun ? nil : posting
        print(YearText.summary(result, told, folder: command.out, seconds: view.seconds))
        if posting.movedOn > 0 {
            throw Failure(.someRefused, "\(posting.movedOn) adjustments wait: their persons' years moved on; run again")
        }
    }
}
