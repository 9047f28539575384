import Foundation
import Glibc
import TLSTesting
import TestSupport
import Testing

/// The built server with certificates, and the commands that call it.
@Suite("Commands with TLS")
struct TLSCommandTests {
    private let folder = ScratchFolder()
    private let authority: TestAuthority
    private let files: TestAuthority.Files

    init() {
        authority = TestAuthority(folder.path)
        files = authority.make()
    }

    private var serverOptions: [String] { ["--tls-certificate", files.certificate, "--tls-key", files.key] }
    private var trust: [String] { ["--tls-ca", authority.certificate] }

    @Test("every protocol of the port is inside, and every answer is right", arguments: ["baidu_std", "grpc", "http"])
    func protocols(_ name: String) throws {
        let server = try LoggedServer(serverOptions)
        let load = try Program.run(
            ["load", "--server", ":\(server.port)", "--protocol", name, "--requests", "2000", "--connections", "2"]
                + trust)
        #expect(load.code == 0, "\(load.complaint)")
        let batches = try Program.run(
            [
                "load", "--server", ":\(server.port)", "--protocol", name, "--workload", "batch", "--requests", "20",
                "--connections", "2", "--claims", "5000",
            ] + trust)
        #expect(batches.code == 0, "\(batches.complaint)")
        // Without TLS nobody is served.
        let plain = try Program.run(
            ["load", "--server", ":\(server.port)", "--protocol", name, "--requests", "10", "--connections", "1"])
        #expect(plain.code == 4, "\(plain.complaint)")
    }

    @Test("commands call by TLS, and say why they do not trust a server")
    func calls() throws {
        let server = try LoggedServer(serverOptions)
        let call = ["call", "PolicyService/List", "--server", "localhost:\(server.port)"]
        #expect(try Program.run(call + trust).code == 0)
        #expect(try Program.run(call + trust + ["--tls-name", "settle.hospital.local"]).code == 0)
        let wrongName = try Program.run(call + trust + ["--tls-name", "other.local"])
        #expect(wrongName.code == 4 && wrongName.complaint.contains("another name"), "\(wrongName.complaint)")
        let stranger = TestAuthority(folder.path, name: "stranger")
        let untrusted = try Program.run(call + ["--tls-ca", stranger.certificate])
        #expect(untrusted.code == 4 && untrusted.complaint.contains("no authority"), "\(untrusted.complaint)")
        let missing = try Program.run(call + ["--tls-ca", folder.file("none.pem")])
        #expect(missing.code == 3 && missing.complaint.contains("none.pem"), "\(missing.complaint)")
        #expect(try Program.run(call + ["--tls-name", "localhost"]).code == 2)
    }

    @Test("SIGHUP reads certificates anew, keeps the old ones where the new are wrong, and ends no server")
    func hangups() throws {
        let server = try LoggedServer(serverOptions)
        let call = ["call", "PolicyService/List", "--server", ":\(server.port)"]
        let other = TestAuthority(folder.path, name: "other")
        other.write(TestAuthority.Kind(), to: files)
        server.send(SIGHUP)
        #expect(try LoggedServer.comesAbout { try Program.run(call + ["--tls-ca", other.certificate]).code == 0 })
        #expect(try Program.run(call + trust).code == 4)
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: files.certificate))
        server.send(SIGHUP)
        #expect(LoggedServer.comesAbout { server.logged.contains("reload: nothing is changed") })
        #expect(try Program.run(call + ["--tls-ca", other.certificate]).code == 0)
        let plain = try LoggedServer([])
        plain.send(SIGHUP)
        #expect(LoggedServer.comesAbout { plain.logged.contains("reload: nothing has changed") })
        #expect(plain.isRunning)
    }

    @Test("an address beyond this machine needs TLS and to know its callers")
    func exposure() throws {
        let open = try Program.run(["serve", "--host", "0.0.0.0", "--port", "0"])
        #expect(open.code == 2 && open.complaint.contains("--insecure-plaintext"), "\(open.complaint)")
        let anybody = try Program.run(["serve", "--host", "0.0.0.0", "--port", "0"] + serverOptions)
        #expect(anybody.code == 2 && anybody.complaint.contains("--tls-client-ca"), "\(anybody.complaint)")
        let half = try Program.run(["serve", "--port", "0", "--tls-certificate", files.certificate])
        #expect(half.code == 2 && half.complaint.contains("--tls-key"), "\(half.complaint)")
        let mixed = try Program.run(
            ["serve", "--port", "0", "--tls-certificate", files.certificate, "--tls-key", authority.make().key])
        #expect(mixed.code == 3 && mixed.complaint.contains("another certificate"), "\(mixed.complaint)")
        let known = try LoggedServer(
            serverOptions + ["--host", "0.0.0.0", "--tls-client-ca", authority.certificate])
        let call = ["call", "PolicyService/List", "--server", "127.0.0.1:\(known.port)"] + trust
        #expect(try Program.run(call).code == 4)
        let own = authority.make(.client("hospital-a"))
        #expect(try Program.run(call + ["--tls-certificate", own.certificate, "--tls-key", own.key]).code == 0)
    }

    @Test("a certificate that ends within thirty days is warned of at the start")
    func expiry() throws {
        var kind = TestAuthority.Kind()
        kind.lastDay = 5
        let soon = authority.make(kind)
        let server = try LoggedServer(["--tls-certificate", soon.certificate, "--tls-key", soon.key])
        #expect(LoggedServer.comesAbout { server.logged.contains("the certificate expires in") })
        let later = try LoggedServer(serverOptions)
        #expect(LoggedServer.comesAbout { later.logged.contains("TLS with the certificate of CN=settle.hospital.local") })
        #expect(!later.logged.contains("expires in"))
    }
}
