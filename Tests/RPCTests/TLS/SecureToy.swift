import Client
import RPC
import TLS
import TLSTesting
import TestSupport

/// A toy server with TLS, and whom it and its clients trust.
final class SecureToy {
    let folder = ScratchFolder()
    let authority: TestAuthority
    let files: TestAuthority.Files
    let tls: ServerTLS
    let toy: ToyServer

    /// - Parameter asksForCertificates: whether clients have to show one.
    init(
        asksForCertificates: Bool = false, _ configure: @escaping (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        authority = TestAuthority(folder.path)
        files = authority.make()
        let tls = try ServerTLS(
            ServerTLSFiles(
                certificate: files.certificate, key: files.key,
                clientAuthorities: asksForCertificates ? authority.certificate : nil))
        self.tls = tls
        toy = try ToyServer { configuration in
            configuration.tls = tls
            configure(&configuration)
        }
    }

    func client(showing own: TestAuthority.Files? = nil) throws -> Client {
        let client = try Client.connect(
            to: "127.0.0.1", port: toy.port,
            security: ClientSecurity(
                authorities: authority.certificate, certificate: own?.certificate, key: own?.key),
            patienceSeconds: Int(Patience.seconds))
        return client
    }
}
