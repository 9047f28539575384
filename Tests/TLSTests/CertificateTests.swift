import COpenSSL
import Foundation
import TLS
import TLSTesting
import TestSupport
import Testing

/// Whom a server and a client trust, and what is told of files that cannot be used.
@Suite("Certificates")
struct CertificateTests {
    private let folder = ScratchFolder()

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }

    /// A client that trusts `authority` shakes hands with a server; what each says of the other.
    private func meet(
        _ server: ServerTLS, trusting authority: TestAuthority, showing own: TestAuthority.Files? = nil,
        host: String = "localhost"
    ) throws -> (client: String?, server: String?, peer: TLSCertificate?) {
        let tls = try ClientTLS(
            trusting: authority.certificate, certificate: own?.certificate, key: own?.key, name: nil)
        let client = try tls.makeSession(host: host)
        let other = try #require(server.makeSession())
        let rooms = [0, 1].map { _ in UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16) }
        defer { rooms.forEach { $0.deallocate() } }
        var (mine, theirs): (String?, String?) = (nil, nil)
        var toClient = 0
        for _ in 0..<4 where mine == nil || theirs == nil {
            var input = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(rooms[1])[..<toClient])
            var result = client.handshake(&input, to: rooms[0])
            // TLS 1.3: the client is done before the server has looked at its certificate.
            if client.isOpen, !input.isEmpty {
                let plain = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
                defer { plain.deallocate() }
                let read = client.decrypt(&input, into: plain, to: rooms[0])
                result = (read.0, read.written)
            }
            if case .failed(let failure) = result.0 { mine = mine ?? failure.ofServer }
            var back = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(rooms[0])[..<result.written])
            let answer = other.handshake(&back, to: rooms[1])
            if case .failed(let failure) = answer.0 { theirs = theirs ?? failure.ofClient }
            toClient = answer.written
        }
        return (mine, theirs, other.peer)
    }

    private func serve(
        _ files: TestAuthority.Files, clients: TestAuthority? = nil, now: Int64 = TLSTime.now()
    ) throws -> ServerTLS {
        try ServerTLS(
            ServerTLSFiles(
                certificate: files.certificate, key: files.key, clientAuthorities: clients?.certificate), now: now)
    }

    @Test("a client takes a server that its authority vouches for, by name and by address")
    func trusted() throws {
        let authority = TestAuthority(folder.path)
        let server = try serve(authority.make())
        for host in ["localhost", "settle.hospital.local", "127.0.0.1"] {
            let met = try meet(server, trusting: authority, host: host)
            #expect(met.client == nil && met.server == nil && met.peer == nil, "\(host)")
        }
    }

    @Test("a client refuses a server of another authority, of another name, expired or not valid yet")
    func refusedServers() throws {
        let authority = TestAuthority(folder.path)
        let stranger = TestAuthority(folder.path, name: "stranger")
        let good = try serve(authority.make())
        #expect(try meet(good, trusting: stranger).client?.contains("no authority that is trusted") == true)
        #expect(try meet(good, trusting: authority, host: "other.local").client?.contains("another name") == true)
        #expect(try meet(good, trusting: authority, host: "127.0.0.2").client?.contains("another name") == true)
        var kind = TestAuthority.Kind()
        (kind.firstDay, kind.lastDay) = (-10, -1)
        let past = try serve(authority.make(kind), now: TLSTime.now() - 5 * 86_400)
        #expect(try meet(past, trusting: authority).client?.contains("expired") == true)
        (kind.firstDay, kind.lastDay) = (1, 10)
        let future = try serve(authority.make(kind), now: TLSTime.now() + 5 * 86_400)
        #expect(try meet(future, trusting: authority).client?.contains("not valid yet") == true)
    }

    @Test("a server that asks for certificates knows its clients by name, and refuses all others")
    func clients() throws {
        let authority = TestAuthority(folder.path)
        let stranger = TestAuthority(folder.path, name: "stranger")
        let server = try serve(authority.make(), clients: authority)
        let known = try meet(server, trusting: authority, showing: authority.make(.client("hospital-a")))
        #expect(known.server == nil && known.client == nil)
        #expect(known.peer?.commonName == "hospital-a")
        #expect(known.peer?.names == ["URI:urn:jiesuan:hospital-a"])
        #expect(known.peer?.plainNames == ["urn:jiesuan:hospital-a"])
        let without = try meet(server, trusting: authority)
        #expect(without.server != nil && without.peer == nil)
        #expect(without.client?.contains("--tls-certificate") == true, "\(without)")
        let foreign = try meet(server, trusting: authority, showing: stranger.make(.client("hospital-a")))
        #expect(foreign.server?.contains("no authority that is trusted") == true && foreign.peer == nil)
        var old = TestAuthority.Kind.client("hospital-a")
        (old.firstDay, old.lastDay) = (-10, -1)
        let expired = try meet(server, trusting: authority, showing: authority.make(old))
        #expect(expired.server?.contains("expired") == true && expired.peer == nil)
    }

    @Test("new files are taken where they are right, and the old ones stay where they are not")
    func reloading() throws {
        let authority = TestAuthority(folder.path)
        let files = authority.make()
        let server = try serve(files)
        let first = server.certificate
        authority.write(TestAuthority.Kind(), to: files)
        #expect(try server.reload() == server.certificate)
        let second = server.certificate
        #expect(second.fingerprint != first.fingerprint)

        let other = authority.make()
        try Data(contentsOf: URL(fileURLWithPath: other.key)).write(to: URL(fileURLWithPath: files.key))
        #expect(problem { try server.reload() }.contains("another certificate"))
        var kind = TestAuthority.Kind()
        (kind.firstDay, kind.lastDay) = (-10, -1)
        authority.write(kind, to: files)
        #expect(problem { try server.reload() }.contains("expired"))
        (kind.firstDay, kind.lastDay) = (1, 10)
        authority.write(kind, to: files)
        #expect(problem { try server.reload() }.contains("not valid before"))
        try Data("no certificate".utf8).write(to: URL(fileURLWithPath: files.certificate))
        #expect(problem { try server.reload() }.contains("no certificate can be read"))
        try FileManager.default.removeItem(atPath: files.certificate)
        #expect(problem { try server.reload() }.contains("No such file"))
        #expect(server.certificate == second)
        #expect(try meet(server, trusting: authority).client == nil)
    }

    @Test("a chain whose certificates do not belong together is refused")
    func chains() throws {
        let authority = TestAuthority(folder.path)
        let stranger = TestAuthority(folder.path, name: "stranger")
        let files = authority.make()
        func chain(_ above: TestAuthority) throws {
            let own = try String(contentsOfFile: files.certificate, encoding: .utf8)
            let behind = try String(contentsOfFile: above.certificate, encoding: .utf8)
            let leaf = own.components(separatedBy: "-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
            try (leaf + behind).write(toFile: files.certificate, atomically: true, encoding: .utf8)
        }
        try chain(authority)
        _ = try serve(files)
        try chain(stranger)
        #expect(problem { _ = try serve(files) }.contains("did not issue the one before it"))
    }

    @Test("days that are left are counted whole, and an expired certificate has fewer than none")
    func days() throws {
        let server = try serve(TestAuthority(folder.path).make())
        let end = server.certificate.notAfter
        #expect(server.certificate.daysLeft(at: end - 86_400) == 1)
        #expect(server.certificate.daysLeft(at: end - 86_399) == 0)
        #expect(server.certificate.daysLeft(at: end) == 0)
        #expect(server.certificate.daysLeft(at: end + 1) == -1)
        #expect(TLSTime.text(1_743_379_200) == "2025-03-31 00:00:00 UTC")
    }
}
