import ArgumentParser
import Client
import Foundation

struct StatusCommand: ParsableCommand {
    /// Seconds between two looks, at most: longer is what `jiesuan top` is for.
    static let secondsMax = 3_600.0

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what a server does now: ready or why not, rates, queues, ledger, memory (运行状态).",
        discussion: """
            Looks twice, --seconds apart, and tells what happened between; what counts from the server's start is told
            beside it. A server that is not ready ends the command with 4, after all that is known of it.

            EXAMPLES:
              jiesuan status --server :8123
              jiesuan status --server :8123 --seconds 10
              jiesuan status --server :8123 --json

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT"))
    var server: ServerAddress

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions

    @Option(
        help: ArgumentHelp("Seconds between the two looks; 0: one look, and rates since the start.", valueName: "N"))
    var seconds = 1.0

    @Flag(help: "Print an object of JSON.") var json = false

    func validate() throws {
        guard (0...Self.secondsMax).contains(seconds) else {
            throw ValidationError("--seconds \(seconds) is not in 0 … \(Int(Self.secondsMax))")
        }
    }

    func run() throws {
        let client = StatusClient(try caller.connect(server))
        var first: RemoteStatus?
        if seconds > 0 {
            first = try client.status()
            Thread.sleep(forTimeInterval: seconds)
        }
        let view = StatusView(from: first, to: try client.status())
        print(json ? view.json : view.text, terminator: "")
        guard view.status.notReady.isEmpty else { throw Failure(.server, "not ready: \(view.status.notReady)") }
    }
}
