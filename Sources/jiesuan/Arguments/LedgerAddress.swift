import ArgumentParser
import Client
import Foundation

/// The address of a ledger: a running server, or a file, for which the command starts a server of its own.
struct LedgerAddress: ParsableArguments {
    @Option(help: ArgumentHelp("A running server.", valueName: "HOST:PORT"))
    var server: ServerAddress?

    @Option(
        help: ArgumentHelp(
            "File of a ledger that no server has open; `registry import` makes it where there is none.",
            valueName: "FILE"))
    var ledger: String?

    @OptionGroup(title: "A server with TLS") var caller: CallerOptions
    @OptionGroup var clock: ClockOptions
    @OptionGroup var policies: PolicyOptions

    func validate() throws {
        guard (server == nil) != (ledger == nil) else {
            throw ValidationError("Name the ledger by --server HOST:PORT or by --ledger FILE.")
        }
    }

    /// Connects, calls `body` with the client, and ends the server that was started for it.
    ///
    /// - Parameter makes: whether a missing file is created; otherwise it is refused as a typing error.
    func withClient<Result>(makes: Bool = false, _ body: (Client) throws -> Result) throws -> Result {
        if let ledger, !makes { try Self.requireFile(ledger) }
        return try Self.withClient(server, caller, ledger, clock, policies, body)
    }

    /// The same for a server, if one is named, otherwise for a file.
    static func withClient<Result>(
        _ server: ServerAddress?, _ caller: CallerOptions, _ ledger: String?, _ clock: ClockOptions,
        _ policies: PolicyOptions,
        _ body: (Client) throws -> Result
    ) throws -> Result {
        if let server { return try body(try caller.connect(server)) }
        let child = try ChildServer(policies: policies.directory, ledger: ledger, clock: clock)
        defer { child.kill() }
        let client = try Client.connect(host: child.host, port: child.port)
        try caller.name(to: client)
        let result = try body(client)
        try child.stop()
        return result
    }

    /// - Throws: `Failure` where there is no such file.
    static func requireFile(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(.file, "\(path): there is no ledger; `registry import` and `serve --ledger` make one")
        }
    }
}
