import ArgumentParser
import RPC
import TLS

/// The server's certificates, and whether it may do without.
struct ServeTLSOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The server's certificate (PEM), behind it those of the authorities between it and one that clients trust. \
            With it the port takes TLS only, 1.2 or 1.3, whatever the protocol inside.
            """, valueName: "FILE"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The key of that certificate (PEM, without a password).", valueName: "FILE"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Take only clients that show a certificate for which one of the authorities in this file (PEM) vouches.",
            valueName: "FILE"))
    var tlsClientCa: String?

    @Flag(
        help: """
            Listen beyond this machine without TLS: whoever is on the way reads and changes everything. Only behind a \
            proxy or in a network of its own.
            """)
    var insecurePlaintext = false

    /// - Throws: `Failure` where options are missing beside others; each by itself is right.
    func check() throws(Failure) {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw Failure(.usage, "--tls-certificate and --tls-key go together; name both")
        }
        if tlsClientCa != nil, tlsCertificate == nil {
            throw Failure(.usage, "--tls-client-ca needs the server's own --tls-certificate and --tls-key; name them")
        }
        if insecurePlaintext, tlsCertificate != nil {
            throw Failure(
                .usage, "--insecure-plaintext is for a server without TLS; leave it or the certificate out")
        }
    }

    /// The server's TLS; nil: it has none.
    ///
    /// - Throws: `Failure` with the file that cannot be used.
    func load(_ doors: Set<WireProtocol>) throws(Failure) -> ServerTLS? {
        guard let tlsCertificate, let tlsKey else { return nil }
        let files = ServerTLSFiles(certificate: tlsCertificate, key: tlsKey, clientAuthorities: tlsClientCa)
        do throws(TLSProblem) {
            return try ServerTLS(files, http2: doors.contains(.http2), http1: doors.contains(.http1))
        } catch { throw Failure(.file, error.description) }
    }
}
