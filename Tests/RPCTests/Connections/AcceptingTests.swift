import Client
import ClientTesting
import Glibc
import RPC
import Testing

/// How connections come in, and how peers that are gone are found.
@Suite struct `Accepting connections` {
    @Test func `the listen queue is as long as the kernel allows`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let allowed = try #require(systemLimit)
        let listener = try #require(descriptors(ofPort: toy.port).first { isListening($0) })
        #expect(Self.queue(listener).length == allowed)
        let most = 10_000
        #expect((toy.server.listenQueueNote == nil) == (allowed >= most))
        if let note = toy.server.listenQueueNote { #expect(note.contains("\(most)") && note.contains("\(allowed)")) }
    }

    @Test func `connections are accepted while every event loop is at work`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let busy = try (0..<2).map { _ in try Peer(toy) }
        for peer in busy { peer.send(requestPacket(method: "GatedHere", message: [1])) }
        for _ in busy { toy.gate.waitForArrival() }
        let listener = try #require(descriptors(ofPort: toy.port).first { isListening($0) })
        let peers = try (0..<300).map { _ in try Peer(toy) }
        for peer in peers { peer.send(requestPacket(message: [1])) }
        eventually { toy.server.statistics.connectionsOpen == 302 && Self.queue(listener).waiting == 0 }
        toy.gate.open(2)
        #expect(peers.allSatisfy { $0.hasAnswer } && busy.allSatisfy { $0.hasAnswer })
    }

    @Test func `peers that are gone without a word are found within two minutes`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let peer = try Peer(toy)
        #expect(peer.isAnswered())
        let accepted = descriptors(ofPort: toy.port).filter { !isListening($0) }
        #expect(accepted.count == 1)
        let tcp = Int32(IPPROTO_TCP)
        for descriptor in accepted {
            #expect(option(descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
            let idle = try #require(option(descriptor, tcp, TCP_KEEPIDLE))
            let interval = try #require(option(descriptor, tcp, TCP_KEEPINTVL))
            let probes = try #require(option(descriptor, tcp, TCP_KEEPCNT))
            #expect((idle, interval, probes) == (60, 15, 4))
            #expect(option(descriptor, tcp, TCP_USER_TIMEOUT) == (idle + interval * probes) * 1000)
            #expect(option(descriptor, tcp, TCP_NODELAY) == 1)
        }
    }

    @Test func `a name that is no address of this machine is refused with the reason`() {
        #expect { try ToyServer { $0.host = "192.0.2.1" } } throws: {
            "\($0)".hasPrefix("cannot listen on 192.0.2.1:0: ") && "\($0)".contains("ssign requested address")
        }
        #expect { try ToyServer { $0.host = "nobody.invalid" } } throws: {
            "\($0)".hasPrefix("cannot listen on nobody.invalid:0: ")
        }
    }

    @Test func `it listens on IPv6 too`() throws {
        let toy: ToyServer
        do {
            toy = try ToyServer { $0.host = "::1" }
        } catch {
            // A machine without IPv6 says so.
            #expect("\(error)".hasPrefix("cannot listen on ::1:0: "))
            return
        }
        defer { toy.server.drain() }
        let client = try Client.connect(host: "::1", port: toy.port)
        #expect(try client.call("Inline", [4]) == [4])
        try client.sendRaw(Array("HELO example.org\r\n".utf8))
        #expect(try client.codesUntilClosed() == [])
        eventually { toy.log.messages.contains { $0.hasPrefix("closing the connection of [::1]:") } }
    }

    // MARK: What the kernel says

    private var systemLimit: Int? {
        guard let file = fopen("/proc/sys/net/core/somaxconn", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return Int(String(decoding: line.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    private func isListening(_ descriptor: Int32) -> Bool { option(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1 }

    /// Connections that wait to be accepted, and how many may.
    private static func queue(_ listener: Int32) -> (waiting: Int, length: Int) {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        getsockopt(listener, Int32(IPPROTO_TCP), TCP_INFO, &info, &length)
        return (Int(info.tcpi_unacked), Int(info.tcpi_sacked))
    }

    private func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, level, name, &value, &length) == 0 ? value : nil
    }

    /// This process's sockets whose own port is this one: the server's ends.
    private func descriptors(ofPort port: Int) -> [Int32] {
        (0..<4096).filter { descriptor in
            var storage = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutableBytes(of: &storage) {
                getsockname(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
            }
            return status == 0 && storage.sin_family == sa_family_t(AF_INET)
                && UInt16(bigEndian: storage.sin_port) == UInt16(port)
        }
    }
}
