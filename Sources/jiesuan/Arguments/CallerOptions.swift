import ArgumentParser
import Client
import Service
import TLS

/// How a command calls a server that has TLS, or knows its callers; for every command with --server.
struct CallerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Call the --server by TLS, and trust it where one of the authorities in this file (PEM) vouches for its \
            certificate.
            """, valueName: "FILE"))
    var tlsCa: String?

    @Option(
        help: ArgumentHelp(
            "The certificate to show to the server (PEM, its authorities' behind it), where it asks for one.",
            valueName: "FILE"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The key of that certificate (PEM).", valueName: "FILE"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "The name that the server's certificate has to stand for; default: the host of --server.",
            valueName: "NAME"))
    var tlsName: String?

    @Option(
        name: .customLong("operator"),
        help: ArgumentHelp(
            "Who acts (经办人), by a number or an account, not a name: it stands with what is recorded.",
            valueName: "CODE"))
    var operatorCode: OperatorCode?

    @Option(
        help: ArgumentHelp(
            "Say who calls by the token in this file, which only its owner may read (`jiesuan access add`).",
            valueName: "FILE"))
    var tokenFile: String?

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together; name both.")
        }
        if tlsCa == nil, tlsCertificate != nil || tlsName != nil {
            throw ValidationError("--tls-certificate, --tls-key and --tls-name need --tls-ca, whom to trust.")
        }
    }

    /// Connects to a server.
    ///
    /// - Throws: `Failure` where a file cannot be used; `ClientError.cannotConnect`.
    func connect(_ server: ServerAddress) throws -> Client {
        let token = try token()
        let client = try Client.connect(host: server.host, port: server.port, tls: try tls())
        client.identify(by: token)
        try name(to: client)
        return client
    }

    /// What says who calls; nil: nothing does.
    func token() throws(Failure) -> String? {
        guard let tokenFile else { return nil }
        do throws(AccessProblem) { return try PrivateFile.secret(tokenFile) } catch {
            throw Failure(.file, "--token-file: \(error.description)")
        }
    }

    /// Has the client name who acts with each call.
    func name(to client: Client) throws(ClientError) { try client.acts(by: operatorCode?.text) }

    /// What encrypts; nil: nothing does.
    func tls() throws(Failure) -> ClientTLS? {
        guard let tlsCa else { return nil }
        do throws(TLSProblem) {
            return try ClientTLS(trusting: tlsCa, certificate: tlsCertificate, key: tlsKey, name: tlsName)
        } catch { throw Failure(.file, error.description) }
    }
}
