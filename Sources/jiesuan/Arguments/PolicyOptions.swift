import ArgumentParser
import Policy

/// Options that choose a command's policy packs.
struct PolicyOptions: ParsableArguments {
    @Option(
        name: .customLong("policies"),
        help: ArgumentHelp(
            "Directory of policy packs that replace the built-in ones of their regions.", valueName: "DIR"))
    var directory: String?

    func load() throws -> [PolicyPack] { try PolicyLibrary.load(directory: directory).packs }
}

/// HOST:PORT of a server.
struct ServerAddress: ExpressibleByArgument {
    var host: String
    var port: Int

    /// "127.0.0.1:8123", "[::1]:8123", ":8123" (this machine).
    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host.isEmpty ? "127.0.0.1" : host
        self.port = port
    }
}
