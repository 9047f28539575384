import Glibc
import RPC
import Testing

/// Connections that nobody uses: they have a time, and give way to others.
@Suite struct `Idle connections` {
    @Test func `one that is idle for too long is closed, and the log says whose it was`() throws {
        let toy = try ToyServer { $0.idle = .milliseconds(200) }
        defer { toy.server.drain() }
        let peer = try Peer(toy)
        #expect(peer.isAnswered())
        let silent = try Peer(toy)
        peer.waitForEnd()
        silent.waitForEnd()
        for peer in [peer, silent] {
            let line = "closing the connection of \(peer.address): nothing was under way for 0.2 seconds"
            #expect(toy.logged(of: peer) == [line])
        }
        eventually { toy.server.statistics.connectionsOpen == 0 }
        #expect(toy.server.statistics.idleTimeouts == 2)
    }

    @Test func `one with a request under way, or inside a packet, is not idle`() throws {
        let toy = try ToyServer { $0.idle = .milliseconds(100) }
        defer { toy.server.drain() }
        let waiting = try Peer(toy)
        waiting.send(requestPacket(method: "Gated", message: [1]))
        toy.gate.waitForArrival()
        let packet = requestPacket(message: [7])
        let slow = try Peer(toy)
        slow.send(Array(packet.dropLast()))
        // Three others come, idle, and go: so long the two have been there.
        for _ in 0..<3 { try Peer(toy).waitForEnd() }
        toy.gate.open()
        #expect(waiting.hasAnswer)
        slow.send([packet.last!])
        #expect(slow.hasAnswer)
        waiting.waitForEnd()
        slow.waitForEnd()
        eventually { toy.server.statistics.idleTimeouts == 5 }
    }

    @Test func `without an idle limit they stay`() throws {
        let toy = try ToyServer { $0.idle = .zero }
        defer { toy.server.drain() }
        let peer = try Peer(toy)
        #expect(peer.isAnswered())
        usleep(300_000)
        #expect(peer.isAnswered())
        #expect(toy.server.statistics.idleTimeouts == 0)
    }

    @Test func `at the limit the connection idle longest gives way to a new one`() throws {
        let toy = try ToyServer { $0.connectionsMax = 3 }
        defer { toy.server.drain() }
        let peers = try (0..<3).map { _ in try Peer(toy) }
        for peer in peers { #expect(peer.isAnswered()) }
        // Now the second one has been idle longest.
        #expect(peers[0].isAnswered())
        let accepted = try Peer(toy)
        #expect(accepted.isAnswered())
        peers[1].waitForEnd()
        #expect(
            toy.logged(of: peers[1]) == [
                """
                closing the connection of \(peers[1].address): it was idle longest, and a new one needs its place; \
                3 are open
                """
            ])
        #expect(peers[0].isAnswered() && peers[2].isAnswered() && accepted.isAnswered())
        #expect(toy.server.statistics.gaveWay == 1 && toy.server.statistics.connectionsRefused == 0)
    }

    @Test func `where none is idle a new one is refused, until one is`() throws {
        let toy = try ToyServer {
            $0.connectionsMax = 2
            $0.workers = 1
        }
        defer { toy.server.drain() }
        let busy = try (0..<2).map { _ in try Peer(toy) }
        for peer in busy { peer.send(requestPacket(method: "Gated", message: [1])) }
        toy.gate.waitForArrival()
        eventually { toy.server.statistics.queuedRequests == 2 }
        let refused = try Peer(toy)
        refused.waitForEnd()
        #expect(
            toy.logged(of: refused) == [
                """
                refusing a connection of \(refused.address): 2 connections are open, the limit, and all of them are in use
                """
            ])
        #expect(toy.server.statistics.connectionsRefused == 1)
        toy.gate.open(2)
        #expect(busy[0].hasAnswer && busy[1].hasAnswer)
        // Their answers have left: the next look finds them idle.
        eventually { (try? Peer(toy))?.isAnswered() == true }
        #expect(toy.server.statistics.connectionsOpen <= 2)
    }

    @Test func `a limit full of idle connections serves everybody who comes`() throws {
        let toy = try ToyServer { $0.connectionsMax = 20 }
        defer { toy.server.drain() }
        let idle = try (0..<20).map { _ in try Peer(toy) }
        for peer in idle { #expect(peer.isAnswered()) }
        var last: [Peer] = []
        for _ in 0..<200 {
            let peer = try Peer(toy)
            #expect(peer.isAnswered())
            last.append(peer)
        }
        eventually { toy.server.statistics.connectionsOpen == 20 }
        #expect(toy.server.statistics.gaveWay == 200 && toy.server.statistics.connectionsRefused == 0)
        #expect(idle.allSatisfy { !$0.isOpen })
        #expect(last.suffix(20).allSatisfy { $0.isAnswered() })
    }

    @Test func `an address that has its share gives up its own idle ones, not those of others`() throws {
        let toy = try ToyServer { $0.connectionsPerAddress = 2 }
        defer { toy.server.drain() }
        let other = try Peer(toy, from: "127.0.0.9")
        #expect(other.isAnswered())
        let own = try (0..<3).map { _ in
            let peer = try Peer(toy)
            #expect(peer.isAnswered())
            return peer
        }
        own[0].waitForEnd()
        #expect(toy.logged(of: own[0])[0].contains(": it was idle longest of its address"))
        #expect(own[1].isAnswered() && own[2].isAnswered() && other.isAnswered())
        // Both of its own are busy: the third is refused, another address is not.
        for peer in own.dropFirst() {
            // One after the other: read at the same moment, both may go to one worker, and the second would wait there.
            peer.send(requestPacket(method: "Gated", message: [1]))
            toy.gate.waitForArrival()
        }
        let refused = try Peer(toy)
        refused.waitForEnd()
        #expect(
            toy.logged(of: refused) == [
                """
                refusing a connection of \(refused.address): its address has 2 connections, the limit for one, and \
                all of them are in use
                """
            ])
        #expect(try Peer(toy, from: "127.0.0.10").isAnswered())
        #expect(toy.server.statistics.connectionsRefusedForAddress == 1)
        toy.gate.open(2)
        #expect(own[1].hasAnswer && own[2].hasAnswer)
    }

    @Test func `where none is idle, one that does not end its packet goes`() throws {
        let toy = try ToyServer { $0.connectionsMax = 3 }
        defer { toy.server.drain() }
        let packet = requestPacket(message: [7])
        let working = try Peer(toy)
        working.send(requestPacket(method: "Gated", message: [1]))
        toy.gate.waitForArrival()
        let dripping = try (0..<2).map { _ in try Peer(toy) }
        for peer in dripping {
            let read = toy.server.statistics.bytesRead
            peer.send([packet[0]])
            eventually { toy.server.statistics.bytesRead > read }
        }
        // Refused at first: a packet may take a second.
        eventually { (try? Peer(toy))?.isAnswered() == true }
        dripping[0].waitForEnd()
        let why = "its packet was unfinished longest, none is idle, and a new one needs its place"
        #expect(toy.logged(of: dripping[0]) == ["closing the connection of \(dripping[0].address): \(why)"])
        toy.gate.open()
        #expect(working.hasAnswer)
    }

    @Test func `permits are given back: a thousand come and go under a low limit`() throws {
        let toy = try ToyServer {
            $0.connectionsMax = 4
            $0.connectionsPerAddress = 3
        }
        defer { toy.server.drain() }
        for turn in 0..<1000 { #expect(try Peer(toy, from: "127.0.0.\(1 + turn % 5)").isAnswered()) }
        eventually { toy.server.statistics.connectionsOpen == 0 }
        #expect(toy.server.statistics.connectionsRefused == 0)
    }
}
