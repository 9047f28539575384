import Foundation
import Glibc
import Testing

/// What the server does with connections, as its operator sees it.
@Suite struct `Connections of a running server` {
    /// Bytes that are no packet: the server closes a connection that sends them.
    static let noPacket = Array("HELO example.org\r\n".utf8)

    /// A packet with a request of a service that there is not, which is answered as such.
    static let request = Array("PRPC".utf8) + [0, 0, 0, 10, 0, 0, 0, 10] + [10, 6, 10, 1, 120, 18, 1, 121, 32, 1]

    @Test func `the log names the address of each connection that was closed, and the end sums up why`() throws {
        try Program.withFolder { folder in
            let log = folder.appendingPathComponent("log")
            let server = try Server(log: log, "--idle-minutes", "1", "--connections-per-address", "2")
            // Idle ones of one address give way to its third.
            let callers = try (0..<3).map { _ in
                let caller = try Caller(server.address)
                caller.send(Self.request)
                #expect(caller.hasAnswer)
                return caller
            }
            callers[0].waitForEnd()
            let line = "closing the connection of \(callers[0].address): it was idle longest of its address"
            #expect(try waitFor(line, in: log) == 1)
            callers[1].send(Self.noPacket)
            callers[1].waitForEnd()
            let why = "the packet begins with 0x48454c4f, not with \"PRPC\""
            #expect(try waitFor("closing the connection of \(callers[1].address): \(why)", in: log) == 1)
            #expect(server.stop() == 0)
            let text = try String(contentsOf: log, encoding: .utf8)
            #expect(text.contains("closed for bad packets 1, floods 0; TLS handshakes 0, failed 0; "))
            #expect(text.contains("idle 0, gave way 1, peer gone 0; refused connections 0, of these"))
        }
    }

    @Test func `without a descriptor it rests, says so once, and goes on when there is one`() throws {
        try Program.withFolder { folder in
            let log = folder.appendingPathComponent("log")
            let server = try Server(log: log)
            // What it has it keeps, more there is not.
            let limit = try limits(of: server)
            try setLimit(of: server, soft: try nextDescriptor(of: server), hard: limit.hard)
            // The kernel gave the accept that waits a descriptor when it began to wait. Quiet callers hold it, and any
            // other that is left, until there is none.
            var quiet = [try Caller(server.address)]
            defer { withExtendedLifetime(quiet) {} }
            let complaint = "cannot accept connections: Too many open files"
            while try waitFor(complaint, in: log, looks: 50) == 0, quiet.count < 16 {
                quiet.append(try Caller(server.address))
            }
            let second = try Caller(server.address)
            second.send(Self.noPacket)
            #expect(try waitFor(complaint, in: log) == 1)
            let used = try processorTicks(of: server)
            usleep(1_000_000)
            // A server that asked again and again would use the whole second, 100 ticks.
            #expect(try processorTicks(of: server) - used < 50)
            #expect(try waitFor("cannot accept connections", in: log) == 1)
            try setLimit(of: server, soft: limit.soft, hard: limit.hard)
            second.waitForEnd()
            #expect(try waitFor("accepting connections again", in: log) == 1)
            #expect(try waitFor("closing the connection of \(second.address): ", in: log) == 1)
            #expect(server.stop() == 0)
        }
    }

    @Test(arguments: [
        ["--idle-minutes", "-1"], ["--idle-minutes", "10081"], ["--connections-per-address", "0"],
        ["--connections", "0"],
    ]) func `a limit that cannot be is refused with its value`(arguments: [String]) throws {
        let ended = try Program.run(["serve", "--port", "0"] + ["\(arguments[0])=\(arguments[1])"])
        #expect(ended.code == 2)
        #expect(ended.complaint.contains(arguments[1]))
    }

    // MARK: The process

    private func setLimit(of server: Server, soft: Int, hard: Int) throws {
        let ended = try Program.run(
            URL(fileURLWithPath: "/usr/bin/prlimit"), ["--pid", "\(server.processID)", "--nofile=\(soft):\(hard)"])
        try #require(ended.code == 0)
    }

    private func limits(of server: Server) throws -> (soft: Int, hard: Int) {
        let text = try String(contentsOfFile: "/proc/\(server.processID)/limits", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Max open files") })
        let numbers = line.split(separator: " ").compactMap { Int($0) }
        try #require(numbers.count == 2)
        return (numbers[0], numbers[1])
    }

    /// The descriptor that it would get next, once it opens and closes none: as it starts it reads files.
    private func nextDescriptor(of server: Server) throws -> Int {
        let folder = "/proc/\(server.processID)/fd"
        var before: Set<Int> = []
        var sameLooks = 0
        for _ in 0..<3000 {
            let used = Set(try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int($0) })
            sameLooks = used == before ? sameLooks + 1 : 0
            if sameLooks == 10 { return (0...used.count).first { !used.contains($0) }! }
            before = used
            usleep(20_000)
        }
        Issue.record("the server opens and closes files for a minute")
        return before.count
    }

    /// Hundredths of a second that it has computed.
    private func processorTicks(of server: Server) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(server.processID)/stat", encoding: .utf8)
        let fields = text[text.lastIndex(of: ")")!...].split(separator: " ")
        return try #require(Int(fields[12])) + #require(Int(fields[13]))
    }

    /// Waits until the log has the text, for so many looks of 10 ms; how often it has it.
    private func waitFor(_ text: String, in log: URL, looks: Int = 6000) throws -> Int {
        for _ in 0..<looks {
            let count = try String(contentsOf: log, encoding: .utf8).ranges(of: text).count
            if count > 0 { return count }
            usleep(10_000)
        }
        return 0
    }
}

/// A client's socket, which knows its own address.
private final class Caller {
    private let descriptor: Int32
    let address: String

    init(_ server: String) throws {
        let parts = server.split(separator: ":")
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        // A suite that hangs tells nobody which test it was.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var storage = sockaddr_in()
        storage.sin_family = sa_family_t(AF_INET)
        storage.sin_port = try #require(UInt16(parts[1])).bigEndian
        inet_pton(AF_INET, String(parts[0]), &storage.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafeMutableBytes(of: &storage) {
            let address = $0.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return connect(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
        }
        try #require(connected)
        address = "127.0.0.1:\(UInt16(bigEndian: storage.sin_port))"
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    /// Waits for bytes; false: the server has closed.
    var hasAnswer: Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == EAGAIN { Issue.record("\(address) got neither an answer nor an end in a minute") }
        return count > 0
    }

    func waitForEnd() { while hasAnswer {} }
}
