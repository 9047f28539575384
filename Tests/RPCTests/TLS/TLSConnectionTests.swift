import Client
import Dispatch
import Glibc
import RPC
import Synchronization
import TLS
import TLSTesting
import TestSupport
import Testing

@Suite("Connections with TLS")
struct TLSConnectionTests {
    @Test("messages of every size come and go whole")
    func sizes() throws {
        let secure = try SecureToy()
        let client = try secure.client()
        for size in [0, 1, 16_383, 16_384, 16_385, 300_000, 5 << 20] {
            let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try client.call("Inline", message) == message)
            #expect(try client.call("Worker", message) == message)
        }
        let statistics = secure.toy.server.statistics
        #expect(statistics.handshakes == 1 && statistics.handshakeFailures == 0)
    }

    @Test("many requests of one read are answered, on event loop and workers")
    func bursts() throws {
        let secure = try SecureToy()
        let client = try secure.client()
        var waiting: [Int64: [UInt8]] = [:]
        for number in 0..<2_000 {
            let message = [UInt8(number & 0xFF), UInt8(number >> 8)]
            waiting[try client.send(number % 2 == 0 ? "Inline" : "Worker", message)] = message
        }
        while !waiting.isEmpty {
            let answer = try client.receive()
            #expect(Array(answer.message) == waiting.removeValue(forKey: answer.correlationID))
        }
    }

    @Test("a reader that stops gets everything when it goes on")
    func backPressure() throws {
        let secure = try SecureToy()
        let client = try secure.client()
        let size = UInt32(1 << 20)
        let message = withUnsafeBytes(of: size) { Array($0) }
        for _ in 0..<64 { try client.send("Large", message) }
        try client.flush()
        eventually { secure.toy.server.statistics.bytesWritten > 1 << 20 }
        for _ in 0..<64 { #expect(try client.receive().message.count == Int(size)) }
        #expect(secure.toy.server.statistics.slowReaders == 0)
    }

    @Test("HTTP inside is answered, too")
    func http() throws {
        let secure = try SecureToy()
        let trust = try ClientTLS(trusting: secure.authority.certificate, certificate: nil, key: nil, name: nil)
        let socket = try Socket(host: "127.0.0.1", port: secure.toy.port, tls: trust, protocols: [.http1])
        let secured = socket.secure
        let stream = try #require(secured)
        let request = Array(
            "POST /toy.v1.EchoService/Inline HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\n"
                .utf8)
        try (request + Array("Content-Length: 3\r\n\r\nabc".utf8)).withUnsafeBytes { try stream.seal($0) }
        #expect(try stream.drain())
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while !bytes.suffix(3).elementsEqual("abc".utf8) {
            let count = try room.withUnsafeMutableBytes { try stream.receive($0, waits: true) }
            bytes += room[..<(count ?? 0)]
        }
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
    }

    @Test("plain bytes are refused: closed, counted, told")
    func plainBytes() throws {
        let secure = try SecureToy()
        let client = try Client.connect(host: "127.0.0.1", port: secure.toy.port)
        #expect(client.failure(of: "Inline", [1]) != nil)
        let http = try HTTPSocket(port: secure.toy.port)
        http.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(http.isAtEnd)
        eventually { secure.toy.server.statistics.closedForPlainBytes == 2 }
        #expect(secure.toy.log.messages.filter { $0.contains("its bytes are not TLS") }.count == 2)
        #expect(try secure.client().call("Inline", [7]) == [7])
    }

    @Test("TLS where there is none is refused: closed, counted, told what to do")
    func unwantedTLS() throws {
        let toy = try ToyServer()
        let folder = ScratchFolder()
        let authority = TestAuthority(folder.path)
        let security = ClientSecurity(authorities: authority.certificate)
        #expect(throws: ClientError.self) {
            try Client.connect(to: "127.0.0.1", port: toy.port, security: security)
        }
        eventually { toy.server.statistics.closedForUnwantedTLS == 1 }
        #expect(toy.log.messages.contains { $0.contains("start it with --tls-certificate") })
        #expect(try toy.client().call("Inline", [7]) == [7])
    }

    @Test("a handshake that is never finished ends in time, begun or not")
    func unfinished() throws {
        let secure = try SecureToy { $0.handshake = .milliseconds(300) }
        let silent = try Peer(secure.toy)
        let begun = try Peer(secure.toy)
        begun.send([0x16, 0x03, 0x01])
        eventually { secure.toy.server.statistics.handshakeFailures == 2 }
        eventually { secure.toy.server.statistics.connectionsOpen == 0 }
        #expect(secure.toy.log.messages.filter { $0.contains("handshake was not done within") }.count == 2)
        withExtendedLifetime((silent, begun)) {}
    }

    @Test("half a record is not waited for for ever")
    func halfARecord() throws {
        let secure = try SecureToy { $0.partialFrame = .milliseconds(300) }
        let trust = try ClientTLS(trusting: secure.authority.certificate, certificate: nil, key: nil, name: nil)
        let socket = try Socket(host: "127.0.0.1", port: secure.toy.port, tls: trust)
        // The header of a record, below what encrypts.
        let half: [UInt8] = [0x17, 0x03, 0x03, 0x01, 0x00, 0x55]
        #expect(half.withUnsafeBytes { send(socket.descriptor, $0.baseAddress, $0.count, 0) } == half.count)
        eventually { secure.toy.server.statistics.partialFrameTimeouts == 1 }
    }

    @Test("garbage in the handshake ends it with an alert, and honest clients are served")
    func garbage() throws {
        let secure = try SecureToy()
        for _ in 0..<20 {
            let peer = try Peer(secure.toy)
            peer.send([0x16, 0x03, 0x01, 0x00, 0x40] + (0..<64).map { _ in UInt8.random(in: 0...255) })
        }
        eventually { secure.toy.server.statistics.handshakeFailures == 20 }
        #expect(try secure.client().call("Inline", [7]) == [7])
    }

    @Test("a client without a certificate is refused where one is asked for, and told so")
    func clientCertificates() throws {
        let secure = try SecureToy(asksForCertificates: true)
        let own = secure.authority.make(.client("hospital-a"))
        #expect(try secure.client(showing: own).call("Inline", [7]) == [7])
        // TLS 1.3: the client learns of it with its first call.
        let without = try secure.client()
        guard case .connectionLost(let reason) = without.failure(of: "Inline", [7]) else {
            Issue.record("a call without a certificate was answered")
            return
        }
        #expect(reason.contains("--tls-certificate"), "\(reason)")
        eventually { secure.toy.server.statistics.handshakeFailures == 1 }
    }

    @Test("certificates that are read anew cost no call, and who comes then sees the new ones")
    func reloading() throws {
        let secure = try SecureToy()
        let isOver = Atomic(false)
        let lost = Atomic(0)
        let calls = Atomic(0)
        let clients = try (0..<4).map { _ in Sent(try secure.client()) }
        let group = DispatchGroup()
        for client in clients {
            group.enter()
            DispatchQueue.global().async {
                defer { group.leave() }
                while !isOver.load(ordering: .relaxed) {
                    do {
                        let isRight = try client.value.call("Worker", [1, 2, 3]) == [1, 2, 3]
                        if !isRight { lost.add(1, ordering: .relaxed) }
                        calls.add(1, ordering: .relaxed)
                    } catch {
                        lost.add(1, ordering: .relaxed)
                        return
                    }
                }
            }
        }
        var seen: Set<String> = [secure.tls.certificate.fingerprint]
        for _ in 0..<10 {
            secure.authority.write(TestAuthority.Kind(), to: secure.files)
            seen.insert(try secure.tls.reload().fingerprint)
            #expect(try secure.client().call("Inline", [7]) == [7])
        }
        isOver.store(true, ordering: .relaxed)
        group.wait(for: "the callers")
        #expect(seen.count == 11)
        #expect(lost.load(ordering: .relaxed) == 0)
        #expect(calls.load(ordering: .relaxed) > 0)
    }

    /// Handed from the test to one thread.
    private struct Sent: @unchecked Sendable {
        let value: Client
        init(_ value: Client) { self.value = value }
    }
}
