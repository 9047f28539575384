import TLS

/// How a client is sure of its server, and the server of it: files in PEM.
public struct ClientSecurity: Sendable, Equatable {
    /// Certificates of the authorities that may vouch for the server.
    public var authorities: String
    /// The client's own certificate, with those of its authorities behind it; nil: it shows none.
    public var certificate: String?
    /// The key of that certificate.
    public var key: String?
    /// The name that the server's certificate has to stand for; nil: the host that is connected to.
    public var serverName: String?

    public init(authorities: String, certificate: String? = nil, key: String? = nil, serverName: String? = nil) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
    }

    /// Reads the files, for any number of connections.
    ///
    /// - Throws: `misuse` with the file and what is wrong with it.
    package func read() throws(ClientError) -> ClientTLS {
        do throws(TLSProblem) {
            return try ClientTLS(trusting: authorities, certificate: certificate, key: key, name: serverName)
        } catch { throw .misuse(error.description) }
    }
}
