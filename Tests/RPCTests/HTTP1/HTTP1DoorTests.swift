import Foundation
import RPC
import TestSupport
import Testing

private let proto = "application/proto"

extension ToyServer {
    fileprivate func http() throws -> HTTPSocket { try HTTPSocket(port: port) }

    /// Pages of its own, and a name.
    fileprivate static func withPages(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws -> ToyServer {
        try ToyServer { configuration in
            configuration.http.pages = [
                HTTPPage(path: "/health", takesAnyHost: true) { request in
                    HTTPPage.Answer(status: request.isDraining ? 503 : 200, contentType: "text/plain", body: [0x4F, 0x4B])
                },
                HTTPPage(path: "/here", isLocal: true) { _ in HTTPPage.Answer(contentType: "text/plain", body: []) },
            ]
            configuration.http.hostNames = ["toy.example"]
            configuration.http.status = { $0 == 4001 ? 422 : 500 }
            configure(&configuration)
        }
    }
}

@Suite struct `Methods are called over HTTP` {
    @Test(arguments: ["Inline", "Worker"]) func `a message comes back, by either name of its service`(
        method: String
    ) throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let http = try toy.http()
        for service in ["toy.v1.EchoService", "EchoService"] {
            let answer = try #require(http.call("/\(service)/\(method)", [1, 2, 3], type: proto))
            #expect(answer.status == 200 && answer.body == [1, 2, 3])
            #expect(answer.fields["content-type"] == "application/proto")
            #expect(answer.fields["x-request-id"]?.count == 16)
            #expect(answer.fields["date"]?.hasSuffix(" GMT") == true)
        }
    }

    @Test func `an id of the client's comes back, one that could break a log does not`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let http = try toy.http()
        func id(_ sent: String) -> String? {
            http.call("/EchoService/Inline", [1], type: proto, fields: "X-Request-Id: \(sent)\r\n")?.fields["x-request-id"]
        }
        #expect(id("bill-2024/17") == "bill-2024/17")
        #expect(id("a b")?.count == 16 && id("\u{7ed3}")?.count == 16)
        #expect(id(String(repeating: "a", count: 65))?.count == 16)
    }

    @Test func `bodies are compressed both ways where both want it`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let http = try toy.http()
        let message = [UInt8](repeating: 7, count: 100_000)
        var deflater = Deflater()
        let gzip = message.withUnsafeBytes { Array(deflater.deflate($0, .gzip)!) }
        let plain = try #require(
            http.call("/EchoService/Worker", gzip, type: proto, fields: "Content-Encoding: gzip\r\n"))
        #expect(plain.body == message && plain.fields["content-encoding"] == nil)
        let packed = try #require(
            http.call("/EchoService/Worker", message, type: proto, fields: "Accept-Encoding: br, gzip;q=0.5\r\n"))
        #expect(packed.fields["content-encoding"] == "gzip" && packed.body.count < 1000)
        let refused = http.call("/EchoService/Worker", message, type: proto, fields: "Accept-Encoding: gzip;q=0\r\n")
        #expect(refused?.body == message)
        let bad = http.call("/EchoService/Worker", [1, 2], type: proto, fields: "Content-Encoding: gzip\r\n")
        #expect(bad?.status == 400)
        let unknown = http.call("/EchoService/Worker", [1, 2], type: proto, fields: "Content-Encoding: br\r\n")
        #expect(unknown?.status == 415)
    }

    @Test func `a failure is told as JSON with its status, code and request`() throws {
        let toy = try ToyServer.withPages()
        defer { toy.server.drain() }
        let http = try toy.http()
        let answer = try #require(
            http.call("/EchoService/Fail", [1], type: proto, fields: "X-Request-Id: r1\r\n"))
        #expect(answer.status == 422 && answer.fields["x-error-code"] == "4001")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        #expect(json["code"] as? Int == 4001 && json["requestId"] as? String == "r1")
        #expect((json["text"] as? String)?.hasPrefix("total -1 is negative (rule G-5)") == true)
    }

    @Test func `a deadline that has passed is told as such`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let (first, second) = (try toy.http(), try toy.http())
        // Both workers are kept.
        for http in [first, second] { http.send(HTTPSocket.head("/EchoService/Gated", bytes: 0, type: proto)) }
        for _ in 0..<2 { toy.gate.waitForArrival() }
        let late = try toy.http()
        late.send(HTTPSocket.head("/EchoService/Worker", bytes: 0, type: proto, fields: "X-Timeout-Ms: 1\r\n"))
        usleep(20_000)
        toy.gate.open(2)
        #expect(late.receive()?.status == 504)
        #expect(late.call("/EchoService/Worker", [], type: proto, fields: "X-Timeout-Ms: soon\r\n")?.status == 400)
    }
}

@Suite struct `What HTTP's rules refuse` {
    struct Refused: Sendable, CustomTestStringConvertible {
        var status: Int
        var request: String
        /// Whether the connection stays.
        var stays = true
        var testDescription: String { "\(status) \(request.debugDescription)" }
    }

    static let host = "Host: localhost\r\n"
    static let json = "Content-Type: application/json\r\nContent-Length: 2\r\n"

    static let refused: [Refused] =
        [
            Refused(status: 404, request: "POST /nothing HTTP/1.1\r\n\(host)\(json)\r\n{}"),
            Refused(status: 404, request: "POST /EchoService/Nothing HTTP/1.1\r\n\(host)\(json)\r\n{}"),
            Refused(status: 404, request: "POST /Nobody/Inline HTTP/1.1\r\n\(host)\(json)\r\n{}"),
            Refused(status: 405, request: "GET /EchoService/Inline HTTP/1.1\r\n\(host)\r\n"),
            Refused(status: 405, request: "OPTIONS /EchoService/Inline HTTP/1.1\r\n\(host)\r\n"),
            Refused(status: 405, request: "QUERY /EchoService/Inline HTTP/1.1\r\n\(host)\(json)\r\n{}"),
            Refused(status: 405, request: "POST /health HTTP/1.1\r\n\(host)\(json)\r\n{}"),
            Refused(status: 501, request: "BREW /health HTTP/1.1\r\n\(host)\r\n"),
            Refused(status: 411, request: "POST /EchoService/Inline HTTP/1.1\r\n\(host)Content-Type: application/json\r\n\r\n"),
            Refused(status: 400, request: "POST /EchoService/Inline HTTP/1.1\r\n\(host)\(json)\r\n{}"),
            // A page may have a browser send these to another site without asking it.
            Refused(status: 415, request: "POST /EchoService/Inline HTTP/1.1\r\n\(host)Content-Length: 2\r\n\r\n{}"),
        ]
        + ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=gbk"]
        .map {
            Refused(
                status: 415,
                request: "POST /EchoService/Inline HTTP/1.1\r\n\(host)Content-Type: \($0)\r\nContent-Length: 2\r\n\r\n{}")
        }
        + [
            "Host: evil.example", "Host: localhost.evil.example", "Host: 127.0.0.1.evil.example", "Host: ", "Host: 1.2.3.4.5",
            "Host: [::1]x", "Host: localhost\r\nOrigin: http://evil.example", "Host: localhost:8123\r\nOrigin: http://localhost",
            "Host: localhost\r\nOrigin: null", "Host: localhost\r\nSec-Fetch-Site: cross-site",
            "Host: localhost\r\nSec-Fetch-Site: same-site",
        ].map { Refused(status: 403, request: "POST /EchoService/Inline HTTP/1.1\r\n\($0)\r\n\(json)\r\n{}") }
        + [
            Refused(status: 400, request: "GET / HTTP/1.1\r\n\r\n", stays: false),
            Refused(status: 400, request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", stays: false),
            Refused(status: 413, request: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", stays: false),
            Refused(status: 505, request: "GET / HTTP/3.0\r\nHost: a\r\n\r\n", stays: false),
            // Its body is not there yet, and is not waited for.
            Refused(
                status: 415, request: "POST /EchoService/Inline HTTP/1.1\r\n\(host)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                stays: false),
            Refused(
                status: 404, request: "POST /a/b HTTP/1.1\r\n\(host)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", stays: false),
        ]

    @Test(arguments: refused) func `is answered with the status that fits, and the connection stays if it can`(
        refused: Refused
    ) throws {
        let toy = try ToyServer.withPages()
        defer { toy.server.drain() }
        let http = try toy.http()
        // The sniffer knows a connection by its first request.
        http.send("GET /health HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(http.receive()?.status == 200)
        http.send(refused.request)
        let answer = try #require(http.receive())
        #expect(answer.status == refused.status, "\(answer.text)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        #expect(json["code"] is Int && (json["message"] as? String)?.isEmpty == false)
        #expect(answer.fields["connection"] == (refused.stays ? nil : "close"))
        #expect(answer.fields["allow"] != nil || answer.status != 405)
        #expect(!answer.fields.keys.contains { $0.hasPrefix("access-control") })
        guard refused.stays else { return #expect(http.isAtEnd) }
        #expect(http.call("/EchoService/Inline", [5], type: proto)?.body == [5])
    }

    @Test(arguments: [
        "localhost", "LOCALHOST:8123", "127.0.0.1", "127.0.0.1:80", "[::1]:8123", "10.1.2.3", "toy.example", "Toy.Example:1",
        "toy.example.",
    ]) func `a host by number, and one that is known by name, are ours`(name: String) throws {
        let toy = try ToyServer.withPages()
        defer { toy.server.drain() }
        let http = try toy.http()
        http.send(
            "POST /EchoService/Inline HTTP/1.1\r\nHost: \(name)\r\nOrigin: http://\(name)\r\nSec-Fetch-Site: same-origin\r\n"
                + "Content-Type: \(proto)\r\nContent-Length: 1\r\n\r\na")
        #expect(http.receive()?.status == 200)
    }
}

@Suite struct `Connections of HTTP` {
    @Test func `answers come in the order of the requests, whatever order they are made in`() throws {
        let toy = try ToyServer.withPages()
        defer { toy.server.drain() }
        let http = try toy.http()
        var sent = HTTPSocket.head("/EchoService/Gated", bytes: 1, type: proto) + "a"
        sent += HTTPSocket.head("/EchoService/Inline", bytes: 1, type: proto) + "b"
        sent += "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
        sent += HTTPSocket.head("/EchoService/Worker", bytes: 1, type: proto) + "c"
        sent += HTTPSocket.head("/EchoService/Nothing", bytes: 0)
        http.send(sent)
        toy.gate.waitForArrival()
        http.send(HTTPSocket.head("/EchoService/Inline", bytes: 1, type: proto) + "d")
        toy.gate.open()
        let answers = (0..<6).map { _ in http.receive() }
        #expect(answers.map { $0?.status } == [200, 200, 200, 200, 404, 200])
        #expect([0, 1, 2, 3, 5].map { answers[$0]?.text } == ["a", "b", "OK", "c", "d"])
    }

    @Test func `many connections with many requests in a row each get their own answers in order`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let sockets = try (0..<8).map { _ in try toy.http() }
        for round in 0..<5 {
            for (number, http) in sockets.enumerated() {
                var sent: [UInt8] = []
                for call in 0..<200 {
                    let body = Array("\(round) \(number) \(call)".utf8)
                    let method = ["Inline", "Worker"].randomElement(using: &random)!
                    sent += HTTPSocket.head("/EchoService/\(method)", bytes: body.count, type: proto).utf8
                    sent += body
                }
                http.send(sent)
            }
            for (number, http) in sockets.enumerated() {
                for call in 0..<200 {
                    let text = try #require(http.receive()).text
                    guard text == "\(round) \(number) \(call)" else {
                        Issue.record("seed \(seed): \(text) in place of \(round) \(number) \(call)")
                        return
                    }
                }
            }
        }
    }

    @Test func `end after the answer where the client says so, and after HTTP 1.0`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        for (version, fields, ends) in [
            ("1.1", "Connection: close\r\n", true), ("1.0", "", true), ("1.0", "Connection: keep-alive\r\n", false),
        ] {
            let http = try toy.http()
            let head = HTTPSocket.head("/EchoService/Worker", bytes: 1, type: proto, fields: fields) + "a"
            http.send(head.replacing("HTTP/1.1", with: "HTTP/\(version)"))
            let answer = try #require(http.receive())
            #expect(answer.body == [0x61])
            #expect(answer.fields["connection"] == (ends ? "close" : "keep-alive"))
            if ends { #expect(http.isAtEnd) } else { #expect(http.call("/EchoService/Inline", [1], type: proto) != nil) }
        }
    }

    @Test func `a client that waits with its body is told to go on, after the answers before`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let http = try toy.http()
        http.send(
            HTTPSocket.head("/EchoService/Gated", bytes: 1, type: proto) + "a"
                + HTTPSocket.head("/EchoService/Inline", bytes: 1, type: proto, fields: "Expect: 100-continue\r\n"))
        toy.gate.waitForArrival()
        toy.gate.open()
        #expect(http.receive()?.text == "a")
        #expect(http.receive()?.status == 100)
        http.send("b")
        #expect(http.receive()?.text == "b")
    }

    @Test func `a head that does not end is closed after the time of an unfinished packet`() throws {
        let toy = try ToyServer { $0.partialFrame = .milliseconds(200) }
        defer { toy.server.drain() }
        let http = try toy.http()
        http.send("POST /EchoService/Inline HTTP/1.1\r\nHost: localhost\r\n")
        #expect(http.isAtEnd)
        eventually { toy.server.statistics.partialFrameTimeouts == 1 }
    }

    @Test func `HEAD has the length and no body; too many pages at once end the connection`() throws {
        let toy = try ToyServer.withPages()
        defer { toy.server.drain() }
        let http = try toy.http()
        http.send("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(http.receive(isHead: true)?.fields["content-length"] == "2")
        http.send(String(repeating: "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", count: 100))
        var answers: [HTTPAnswer] = []
        while let answer = http.receive() { answers.append(answer) }
        #expect((1...100).contains(answers.count) && answers.last?.fields["connection"] == "close")
    }

    @Test func `while the server drains calls are refused, and the page for balancers says so`() throws {
        let toy = try ToyServer.withPages { $0.drainQuiet = .seconds(2) }
        let (http, waiting) = (try toy.http(), try toy.http())
        #expect(http.call("/EchoService/Inline", [1], type: proto)?.status == 200)
        waiting.send(HTTPSocket.head("/EchoService/Gated", bytes: 1, type: proto) + "a")
        toy.gate.waitForArrival()
        let drain = Drain(toy.server)
        eventually { http.call("/EchoService/Inline", [1], type: proto)?.status == 503 }
        http.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(http.receive()?.status == 503)
        toy.gate.open()
        #expect(waiting.receive()?.text == "a")
        #expect(drain.wait() == 0)
    }

    @Test func `a closed door is a bad packet`() throws {
        let toy = try ToyServer { $0.doors = [] }
        defer { toy.server.drain() }
        let http = try toy.http()
        http.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(http.isAtEnd)
    }
}
