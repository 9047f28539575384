import Client
import RPC
import TestSupport
import Testing

/// Who calls, at each of the three doors.
@Suite struct `A server that knows its callers` {
    /// Two callers: one of every method, one of `Inline` alone, which is the first.
    private static func directory() -> ToyDirectory {
        var first = MethodSet()
        first.insert(0)
        return ToyDirectory(callers: [ToyDirectory.caller("all"), ToyDirectory.caller("one", methods: first)])
    }

    private static func server(_ control: AccessControl) throws -> ToyServer {
        try ToyServer { $0.access = control }
    }

    private func native(_ toy: ToyServer, _ method: String, _ token: String?) throws -> String {
        let client = try toy.client()
        client.identify(by: token)
        return native(client, method)
    }

    private func native(_ client: Client, _ method: String) -> String {
        do { return String(decoding: try client.call(method, [0x41]), as: UTF8.self) } catch {
            guard case ClientError.failed(let code, _) = error else { return "\(error)" }
            return "\(code)"
        }
    }

    @Test func `a caller is known by the token, on event loops and on workers`() throws {
        let toy = try Self.server(Self.directory().control())
        defer { toy.server.drain() }
        for method in ["Who", "WhoWorks"] { #expect(try native(toy, method, "all-token") == "all") }
        #expect(try native(toy, "Inline", "one-token") == "A")
        #expect(try native(toy, "Who", "one-token") == "4401")
        #expect(try native(toy, "Inline", nil) == "1004")
        #expect(try native(toy, "Inline", "all-toke") == "1004")
        #expect(try native(toy, "Inline", "all-token2") == "1004")
        // What there is, is told to known callers only.
        #expect(try native(toy, "Nothing", nil) == "1004")
        #expect(try native(toy, "Nothing", "one-token") == "1002")
    }

    @Test func `HTTP: 401 says how, 403 is another's`() throws {
        let toy = try Self.server(Self.directory().control())
        defer { toy.server.drain() }
        let http = try HTTPSocket(port: toy.port)
        func ask(_ method: String, _ fields: String) -> HTTPAnswer? {
            http.call("/toy.v1.EchoService/\(method)", [0x41], type: "application/proto", fields: fields)
        }
        #expect(ask("Who", "Authorization: Bearer all-token\r\n")?.text == "all")
        #expect(ask("WhoWorks", "authorization: bearer   all-token\r\n")?.text == "all")
        #expect(ask("Inline", "Authorization: Bearer one-token\r\n")?.text == "A")
        for fields in ["", "Authorization: Basic all-token\r\n", "Authorization: Bearer\r\n", "Authorization: all-token\r\n"] {
            let answer = try #require(ask("Inline", fields))
            #expect(answer.status == 401, "\(fields)")
            #expect(answer.fields["www-authenticate"] == "Bearer realm=\"jiesuan\"")
            #expect(answer.fields["x-error-code"] == "1004" || answer.fields["x-error-code"] == "2004")
        }
        // A body is not even asked for.
        http.send(
            HTTPSocket.head(
                "/toy.v1.EchoService/Inline", bytes: 1, type: "application/proto", fields: "Expect: 100-continue\r\n"))
        #expect(http.receive()?.status == 401)
    }

    @Test func `gRPC: UNAUTHENTICATED, and each call of a connection by its own token`() throws {
        let toy = try Self.server(Self.directory().control())
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        func ask(_ stream: UInt32, _ method: String, _ token: String?) -> HTTP2Peer.Reply? {
            peer.send(GRPC.call(stream, method, [0x41], more: token.map { [("authorization", "Bearer \($0)")] } ?? []))
            return peer.reply(stream)
        }
        #expect(ask(1, "Inline", nil)?.fields["grpc-status"] == "16")
        #expect(ask(3, "Who", "all-token")?.message == Array("all".utf8))
        #expect(ask(5, "Inline", "one-token")?.message == [0x41])
        #expect(ask(7, "Who", "all-token")?.message == Array("all".utf8))
        #expect(ask(9, "Inline", "nobody")?.fields["grpc-status"] == "16")
        #expect(ask(11, "Nothing", nil)?.fields["grpc-status"] == "16")
        #expect(ask(13, "WhoWorks", "all-token")?.message == Array("all".utf8))
    }

    @Test func `requests of several callers in one read are each its own caller's`() throws {
        let toy = try Self.server(Self.directory().control())
        defer { toy.server.drain() }
        let peer = try HTTP2Peer(toy)
        var bytes: [UInt8] = []
        let callers = ["all", "none", "all", "one", "all"]
        for (index, name) in callers.enumerated() {
            bytes += GRPC.call(UInt32(2 * index + 1), "WhoWorks", more: [("authorization", "Bearer \(name)-token")])
        }
        peer.send(bytes)
        for (index, name) in callers.enumerated() {
            let reply = peer.reply(UInt32(2 * index + 1))
            if name == "all" {
                #expect(reply?.message == Array("all".utf8))
            } else {
                #expect(reply?.fields["grpc-status"] != "0", "\(name)")
            }
        }
    }

    @Test func `a caller who is taken out is refused on the connection that it has, and a new one is known`() throws {
        let control = Self.directory().control()
        let toy = try Self.server(control)
        defer { toy.server.drain() }
        let client = try toy.client()
        client.identify(by: "all-token")
        #expect(native(client, "Who") == "all")
        control.replace(ToyDirectory(callers: [ToyDirectory.caller("new")]))
        #expect(native(client, "Who") == "1004")
        client.identify(by: "new-token")
        #expect(native(client, "Who") == "new")
    }

    @Test func `a caller is known until its last day, also on a connection that it has`() throws {
        let toy = try Self.server(ToyDirectory(callers: [ToyDirectory.caller("old", endsAt: 1)]).control())
        defer { toy.server.drain() }
        #expect(try native(toy, "Who", "old-token") == "1004")
    }

    @Test func `after a few wrong tokens the address waits, and who is known already goes on`() throws {
        let told = Told()
        let toy = try Self.server(Self.directory().control(MaintenanceMode(), told))
        defer { toy.server.drain() }
        let client = try toy.client()
        client.identify(by: "all-token")
        #expect(native(client, "Who") == "all")
        let codes = try (0..<20).map { try native(toy, "Who", "guess-\($0)") }
        #expect(codes.prefix(Limits.wrongTokensFree).allSatisfy { $0 == "1004" })
        #expect(codes.contains("2004"))
        #expect(native(client, "Who") == "all")
        // A right token comes through from the same address, on another connection too.
        #expect(try native(toy, "Who", "all-token") == "all")
        #expect(told.codes.allSatisfy { $0 == 1004 || $0 == 2004 } && told.codes.count == 20)
    }

    @Test func `a caller asks as often as its rate says`() throws {
        // One call in a thousand seconds, and three at once.
        let meter = RateMeter(perSecond: 1, burst: 3)
        let toy = try Self.server(ToyDirectory(callers: [ToyDirectory.caller("slow", calls: meter)]).control())
        defer { toy.server.drain() }
        let client = try toy.client()
        client.identify(by: "slow-token")
        let answers = (0..<200).map { _ in native(client, "Who") }
        #expect(answers.prefix(3).allSatisfy { $0 == "slow" })
        #expect(answers.contains("2004"))
    }

    @Test(arguments: [true, false])
    func `while it is read-only what writes is refused, and the rest goes on`(isGuarded: Bool) throws {
        let mode = MaintenanceMode()
        let toy = try Self.server(isGuarded ? Self.directory().control(mode) : ToyDirectory.open(mode))
        defer { toy.server.drain() }
        let token = isGuarded ? "all-token" : nil
        let http = try HTTPSocket(port: toy.port)
        let peer = try HTTP2Peer(toy)
        let field = isGuarded ? "Authorization: Bearer all-token\r\n" : ""
        for (stream, isReadOnly) in [(UInt32(1), false), (3, true), (5, false)] {
            mode.set(isReadOnly: isReadOnly)
            #expect(try native(toy, "Store", token) == (isReadOnly ? "4402" : "A"))
            #expect(try native(toy, "Inline", token) == "A")
            let answer = http.call("/toy.v1.EchoService/Store", [0x41], type: "application/proto", fields: field)
            #expect((answer?.status == 200) == !isReadOnly)
            peer.send(GRPC.call(stream, "Store", more: isGuarded ? [("authorization", "Bearer all-token")] : []))
            #expect((peer.reply(stream)?.fields["grpc-status"] == "0") == !isReadOnly)
        }
    }

    /// A server without callers has the same answer to credentials as ever.
    @Test func `a server that knows no callers takes no tokens`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        #expect(try native(toy, "Inline", "all-token") == "1004")
        #expect(try native(toy, "Who", nil) == "")
    }
}
