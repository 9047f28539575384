import ArgumentParser
import Client

/// Where a command finds the ledger: at a running server, or in a file, for which it starts a server of its own.
struct LedgerAddress: ParsableArguments {
    @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(
        help: ArgumentHelp("File of a ledger that no server has open; made where there is none.", valueName: "FILE"))
    var ledger: String?

    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        guard (server == nil) != (ledger == nil) else {
            throw ValidationError("Name the ledger by --server HOST:PORT or by --ledger FILE.")
        }
    }

    /// Connects, hands the client to `body`, and ends what was started for it.
    func withClient<Result>(_ body: (Client) throws -> Result) throws -> Result {
        if let server { return try body(try Client.connect(host: server.host, port: server.port)) }
        let child = try ChildServer(policies: policies.directory, ledger: ledger)
        defer { child.kill() }
        let result = try body(try Client.connect(host: child.host, port: child.port))
        try child.stop()
        return result
    }
}
