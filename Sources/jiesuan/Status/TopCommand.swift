import ArgumentParser
import Client
import Foundation
import Text

struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch what a server does, again and again; q ends it.",
        discussion: """
            On a terminal the picture is drawn anew every --seconds; elsewhere one follows the other, with its time. A
            server that goes away is waited for.

            EXAMPLES:
              jiesuan top --server :8123
              jiesuan top --server :8123 --seconds 5 --count 12 > a-minute.txt

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT"))
    var server: ServerAddress

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions

    @Option(help: ArgumentHelp("Seconds between two pictures.", valueName: "N"))
    var seconds = 2.0

    @Option(help: ArgumentHelp("End after so many pictures; 0: never.", valueName: "N"))
    var count = 0

    func validate() throws {
        guard (0.1...StatusCommand.secondsMax).contains(seconds) else {
            throw ValidationError("--seconds \(seconds) is not in 0.1 … \(Int(StatusCommand.secondsMax))")
        }
        guard count >= 0 else { throw ValidationError("--count \(count) is below 0") }
    }

    func run() throws {
        let keys = Keyboard()
        defer { keys.giveBack() }
        var client: StatusClient? = try connect()
        var before: RemoteStatus?
        var shown = 0
        while count == 0 || shown < count {
            if keys.waitForQuit(seconds: before == nil ? 0.1 : seconds) { return }
            do {
                if client == nil { client = try connect() }
                guard let status = try client?.status() else { continue }
                defer { before = status }
                // The first look has nothing to be compared with.
                guard before != nil else { continue }
                show(StatusView(from: before, to: status).text, on: keys)
            } catch let error as ClientError {
                // At the first look it is a wrong address; later the server is started anew, perhaps.
                guard before != nil else { throw error }
                client = nil
                show("\(error)\n", on: keys)
            }
            shown += 1
        }
    }

    private func connect() throws -> StatusClient {
        StatusClient(try caller.connect(server))
    }

    private func show(_ text: String, on keys: Keyboard) {
        let head = "\(server.host):\(server.port)  \(LogLine.text(of: LogLine.now))"
        if keys.isTerminal {
            // Home, and every line cleared behind its text: nothing flickers.
            let lines = ([head + "  (q ends)", ""] + text.split(separator: "\n", omittingEmptySubsequences: false))
                .map { $0 + "\u{1B}[K" }
            Terminal.announce("\u{1B}[H" + lines.joined(separator: "\n") + "\u{1B}[J", terminator: "")
        } else {
            Terminal.announce("\(head)\n\(text)")
        }
    }
}
