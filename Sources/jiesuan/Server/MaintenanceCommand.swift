import ArgumentParser
import Client
import Foundation

struct MaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Have a running server answer questions and take no writes, or take them again.",
        discussion: """
            Meanwhile every write is refused as READ_ONLY (4402), which callers send again by themselves; what was begun
            is finished, a run of the year's end goes on. A server that starts again takes writes, unless it is started
            with --read-only.

            EXAMPLES:
              jiesuan maintenance on --server :8123
              jiesuan maintenance status --server :8123
              jiesuan maintenance off --server :8123 --token-file ./operator.token

            \(Exit.help)
            """)

    enum Order: String, ExpressibleByArgument, CaseIterable { case on, off, status }

    @Argument(help: "on: no writes; off: writes again; status: which of the two it is.") var order: Order
    @Option(help: ArgumentHelp("The running server.", valueName: "HOST:PORT")) var server: ServerAddress
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "A server with TLS") var caller: CallerOptions

    func run() throws {
        let client = MaintenanceClient(try caller.connect(server))
        let state = order == .status ? try client.get() : try client.set(isReadOnly: order == .on)
        let date = Date(timeIntervalSince1970: Double(state.since) / 1000).ISO8601Format()
        if json {
            return print(
                "{\"readOnly\":\(state.isReadOnly),\"since\":\(state.since == 0 ? "null" : "\"\(date)\"")}")
        }
        let since = state.since == 0 ? "since its start" : "since \(date)"
        print(state.isReadOnly ? "维护中 read-only \(since)" : "正常 takes writes \(since)")
    }
}
