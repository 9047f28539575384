import COpenSSL
import Synchronization

/// The files that a server's TLS is made of.
package struct ServerTLSFiles: Sendable, Equatable {
    /// Its certificate, and those of the authorities between it and one that clients trust.
    package var certificate: String
    package var key: String
    /// Certificates of the authorities that vouch for clients; nil: clients need no certificate.
    package var clientAuthorities: String?

    package init(certificate: String, key: String, clientAuthorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
    }
}

/// The TLS of a server: certificates that can be replaced while it serves. Sessions that began with the old ones go on.
package final class ServerTLS: Sendable {
    /// Certificates that are in use together.
    private struct Present {
        var context: TLSContext
        var certificate: TLSCertificate
    }

    package let files: ServerTLSFiles
    private let offersHTTP2: Bool
    private let offersHTTP1: Bool
    private let present: Mutex<Present>

    /// Reads and checks the files.
    ///
    /// - Parameters:
    ///   - http2: whether a client may choose it by ALPN; and `http1`.
    ///   - now: seconds since 1970, for the certificate's dates.
    /// - Throws: `TLSProblem` with file and reason.
    package init(
        _ files: ServerTLSFiles, http2: Bool = true, http1: Bool = true, now: Int64 = TLSTime.now()
    ) throws(TLSProblem) {
        self.files = files
        offersHTTP2 = http2
        offersHTTP1 = http1
        present = Mutex(try Self.read(files, http2: http2, http1: http1, now: now))
    }

    /// The certificate that new connections are shown.
    package var certificate: TLSCertificate { present.withLock { $0.certificate } }

    /// Whether clients have to show a certificate.
    package var asksForCertificates: Bool { files.clientAuthorities != nil }

    /// Whether every user of the machine may read the key.
    package var isKeyOpenToAll: Bool { TLSFile.isOpenToAll(files.key) }

    /// A session of a new connection; nil: there is no memory.
    package func makeSession() -> TLSSession? { present.withLock { $0.context }.makeSession() }

    /// Reads the files again: connections from now on have what is in them. Where they are wrong, nothing changes.
    ///
    /// - Returns: the certificate that is shown from now on.
    /// - Throws: `TLSProblem` with file and reason.
    @discardableResult
    package func reload(now: Int64 = TLSTime.now()) throws(TLSProblem) -> TLSCertificate {
        let new = try Self.read(files, http2: offersHTTP2, http1: offersHTTP1, now: now)
        present.withLock { $0 = new }
        return new.certificate
    }

    private static func read(
        _ files: ServerTLSFiles, http2: Bool, http1: Bool, now: Int64
    ) throws(TLSProblem) -> sending Present {
        let context = try TLSContext(isServer: true)
        try context.use(certificate: files.certificate, key: files.key)
        guard let certificate = context.certificate else {
            throw TLSProblem("\(files.certificate): the certificate's subject or dates cannot be read")
        }
        if let problem = certificate.dateProblem(at: now) {
            throw TLSProblem("\(files.certificate): the certificate of \(certificate.subject) \(problem)")
        }
        if let problem = context.chainProblem { throw TLSProblem("\(files.certificate): \(problem)") }
        tls_context_offer(context.raw, http2, http1)
        // A client that comes back with a ticket does not show its certificate again: where certificates say who it
        // is, there are none, so that one that is no longer trusted ends with its connections.
        tls_context_set_tickets(context.raw, files.clientAuthorities == nil)
        if let authorities = files.clientAuthorities {
            try context.trust(authorities)
            SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            guard let names = SSL_load_client_CA_file(authorities) else {
                throw TLSProblem("\(authorities): no authority's name can be read (\(TLSProblem.takeReason()))")
            }
            SSL_CTX_set_client_CA_list(context.raw, names)
        }
        return Present(context: context, certificate: certificate)
    }
}
