import COpenSSL

/// The TLS of a client: whom it trusts, and who it says it is.
package final class ClientTLS: Sendable {
    private let context: TLSContext
    private let name: String?

    /// Reads and checks the files, all of them PEM.
    ///
    /// - Parameters:
    ///   - authorities: certificates of the authorities that may vouch for the server.
    ///   - certificate: the client's own, with those of its authorities behind it; nil: it shows none.
    ///   - key: the key of that certificate.
    ///   - name: the name that the server's certificate has to stand for; nil: the host that is connected to.
    /// - Throws: `TLSProblem`, which says which file and why.
    package init(trusting authorities: String, certificate: String?, key: String?, name: String?) throws(TLSProblem) {
        context = try TLSContext(isServer: false)
        self.name = name
        try context.trust(authorities)
        SSL_CTX_set_verify(context.raw, SSL_VERIFY_PEER, nil)
        tls_context_set_tickets(context.raw, false)
        switch (certificate, key) {
        case (nil, nil): break
        case (let certificate?, let key?): try context.use(certificate: certificate, key: key)
        case (_?, nil): throw TLSProblem("a certificate needs its key: name both")
        case (nil, _?): throw TLSProblem("a key needs its certificate: name both")
        }
    }

    /// A session with a server.
    ///
    /// - Parameters:
    ///   - host: where it is connected to, without a port.
    ///   - protocols: what is named inside of it (ALPN); empty: nothing, for `baidu_std`.
    /// - Throws: `TLSProblem` where the name can be none, or there is no memory.
    package func makeSession(host: String, protocols: [TLSSession.Application] = []) throws(TLSProblem) -> TLSSession {
        guard let session = context.makeSession() else { throw TLSProblem("no memory for a TLS session") }
        try session.expect(name: name ?? host, protocols: protocols)
        return session
    }
}
