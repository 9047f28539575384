import ArgumentParser

/// An address to listen on: "127.0.0.1:9123", "[::1]:9123", ":9123" of this machine alone.
struct AdminAddress: ExpressibleByArgument, Sendable {
    let host: String
    let port: Int

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        self.host = host.isEmpty ? "127.0.0.1" : host
        self.port = port
    }

    /// As it is written with the port that was got.
    func text(port: Int) -> String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
