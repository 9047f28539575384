import ArgumentParser
import Client
import RPC

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show or change what stands in a running server's log.",
        discussion: """
            What is changed holds until the server ends or is told otherwise; `jiesuan serve --log-level` and --slow-ms
            are what it begins with.

            EXAMPLES:
              jiesuan log --server :8123                      level and slow requests as they are
              jiesuan log --server :8123 --level debug
              jiesuan log --server :8123 --slow-ms 200        a line for requests of 200 ms and more

            \(Exit.help)
            """)

    @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT"))
    var server: ServerAddress

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions

    @Option(help: "Write lines of this level and above: debug, info, notice, warning or error.")
    var level: LogLevel?

    @Option(
        help: ArgumentHelp("Write a line for a request that takes as long. 0: for none.", valueName: "MILLISECONDS"))
    var slowMs: Int?

    func validate() throws {
        guard (0...LogControl.slowMillisecondsMax).contains(slowMs ?? 0) else {
            throw ValidationError("--slow-ms \(slowMs ?? 0) is not in 0 … \(LogControl.slowMillisecondsMax)")
        }
    }

    func run() throws {
        let client = StatusClient(try caller.connect(server))
        let held: (level: String, slowMilliseconds: UInt32)
        if level == nil, slowMs == nil {
            let status = try client.status()
            held = (status.logLevel, status.slowMilliseconds)
        } else {
            held = try client.setLog(level: level?.rawValue, slowMilliseconds: slowMs.map { UInt32($0) })
        }
        print("level \(held.level)")
        print("slow-ms \(held.slowMilliseconds)")
    }
}
