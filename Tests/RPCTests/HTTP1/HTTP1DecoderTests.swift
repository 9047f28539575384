import RPC
import TestSupport
import Testing

@Suite struct `Requests of HTTP/1 are cut out of a stream` {
    @Test func `a request with a body of a length, and one without`() {
        let stream = """
            POST /toy.v1.EchoService/Inline HTTP/1.1\r
            Host: localhost:8123\r
            Content-Type: application/json\r
            content-length: 2\r
            \r
            {}GET /health?verbose HTTP/1.1\r
            HOST:a\r
            \r

            """
        #expect(
            DecodedRequests(stream).requests == [
                "post /toy.v1.EchoService/Inline 1.1 Host=localhost:8123 Content-Type=application/json [{}]",
                "get /health 1.1 Host=a []",
            ])
    }

    @Test func `chunks are put together, whatever their extensions and trailers say`() {
        let stream =
            "POST /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "3\r\nabc\r\n00A;name=\"x y\"\r\n0123456789\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n"
            + "POST /a/b HTTP/1.1\r\nHost: a\r\ntransfer-encoding:chunked\r\n\r\n0\r\n\r\n"
        #expect(
            DecodedRequests(stream).requests == ["post /a/b 1.1 Host=a [abc0123456789]", "post /a/b 1.1 Host=a []"])
    }

    @Test func `an address whole in the request line counts instead of Host`() {
        let decoded = DecodedRequests("GET HTTP://evil.example:80/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(decoded.requests == ["get /health 1.1 Host=localhost []"])
        var decoder = HTTP1Decoder()
        Array("GET http://evil.example:80/x HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8).withUnsafeBytes { bytes in
            var input = bytes
            guard case .request(let request) = decoder.next(&input) else {
                Issue.record("no request")
                return
            }
            #expect(request.host.map { String(decoding: $0, as: UTF8.self) } == "evil.example:80")
        }
    }

    @Test func `whether the connection stays is said by version and field`() {
        func keeps(_ version: String, _ field: String) -> Bool {
            !DecodedRequests("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n").requests[0].contains(" close ")
        }
        #expect(keeps("1.1", "") && !keeps("1.1", "Connection: close\r\n") && !keeps("1.1", "connection: x, Close\r\n"))
        #expect(!keeps("1.0", "") && keeps("1.0", "Connection: keep-alive\r\n"))
        #expect(keeps("1.2", "Connection: keep-alive\r\n"))
    }

    @Test func `one empty line before the next request is passed over, before the first none is`() {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(DecodedRequests(request + "\r\n" + request).requests.count == 2)
        #expect(DecodedRequests(request + "\r\n\r\n" + request).refusal?.status == 400)
        #expect(DecodedRequests("\r\n" + request).refusal?.status == 400)
    }

    @Test func `a client that waits with its body is told of once, unless the body is there`() {
        let head = "POST /a/b HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n"
        let waits = DecodedRequests(head + "abc", cuts: [head.utf8.count])
        #expect(waits.expectations == 1 && waits.requests.count == 1)
        #expect(DecodedRequests(head + "abc").expectations == 0)
        let old = head.replacing("HTTP/1.1", with: "HTTP/1.0")
        #expect(DecodedRequests(old + "abc", cuts: [old.utf8.count]).expectations == 0)
    }

    @Test func `a large body lies in memory that grows with it, not with what it claims`() {
        var decoder = HTTP1Decoder()
        let head = Array("POST /a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 60000000\r\n\r\n".utf8)
        (head + [UInt8](repeating: 7, count: 1000)).withUnsafeBytes { bytes in
            var input = bytes
            guard case .needMore = decoder.next(&input) else {
                Issue.record("no body is missing")
                return
            }
        }
        #expect(decoder.heldBytes == head.count + 1000)
        #expect(decoder.heldCapacity <= 2 * (head.count + 1000))
    }
}

@Suite struct `Bytes that are no request of HTTP/1 are refused` {
    struct Wrong: Sendable, CustomTestStringConvertible {
        var status: Int
        var stream: String
        var testDescription: String { "\(status) \(stream.debugDescription.prefix(90))" }

        init(_ status: Int, _ stream: String) {
            self.status = status
            self.stream = stream
        }
    }

    /// What two readers could take for different requests: each has been used to smuggle one past a proxy.
    static let smuggling: [Wrong] =
        [
            "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3",
            "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3\r\nContent-Length: 4", "Content-Length: 3, 3",
            "Content-Length: +3", "Content-Length: -3", "Content-Length: 0x3", "Content-Length: 3 3", "Content-Length:",
            "Content-Length: ３", "Content-Length : 3", "Content-Length\t: 3", " Content-Length: 3", "X: a\r\n Content-Length: 3",
            "X: a\r\n\tb", "X: a\u{0B}b", "X: a\u{0}b", "X: a\rb", "X: a\nContent-Length: 3", "X: a\n\nGET / HTTP/1.1",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "X\u{0}: a", "X(: a", "X", ": a", "é: a",
            "Host: b", "Content-Type: a\r\nContent-Type: b", "X: a\r\r\n",
        ].map { Wrong(400, "POST /a/b HTTP/1.1\r\nHost: a\r\n\($0)\r\n\r\nabc") }
        + [
            "xchunked", "chunked, identity", "identity, chunked", "gzip, chunked", "\"chunked\"", "chunked;q=1", "",
        ].map { Wrong(501, "POST /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \($0)\r\n\r\n0\r\n\r\n") }

    static let lines: [Wrong] =
        [
            "GET  / HTTP/1.1", "GET /", "GET / HTTP/1.1 ", "GET / http/1.1", "GET / HTTP/11", "GET / HTTP/1.1x", " GET / HTTP/1.1",
            "GET\t/ HTTP/1.1", "G@T / HTTP/1.1", "GET /a b HTTP/1.1", "GET a HTTP/1.1", "GET /\u{7F} HTTP/1.1",
            "GET /é HTTP/1.1", "GET /#a HTTP/1.1", "GET http:/// HTTP/1.1x", "GET ftp://a/ HTTP/1.1", "", "GET / HTTP/a.1",
        ].map { Wrong(400, "\($0)\r\nHost: a\r\n\r\n") }
        + [Wrong(505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"), Wrong(505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n")]
        + [Wrong(400, "GET / HTTP/1.1\r\n\r\n"), Wrong(400, "GET / HTTP/1.1\nHost: a\n\n")]

    static let chunks: [Wrong] =
        [
            "\r\nabc", "x\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nab\r\n0\r\n\r\n", "-3\r\n", "+3\r\n",
            "0x3\r\nabc\r\n", "3 \r\nabc\r\n", "3\r\rabc", "3\r\nabc\n0\r\n\r\n", "3;a\nabc", "3;\u{0}\r\n", "0\r\nX : a\r\n\r\n",
            "0\r\n a\r\n\r\n", "0\r\nX: a\nY: b\r\n\r\n", "0\r\n\n", "3;" + String(repeating: "a", count: 200) + "\r\nabc\r\n",
        ].map { Wrong(400, "POST /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\($0)") }

    static let large: [Wrong] = [
        Wrong(414, "GET /" + String(repeating: "a", count: 5000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        Wrong(414, String(repeating: "a", count: 5000)),
        Wrong(431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: 20_000) + "\r\n\r\n"),
        Wrong(431, "GET / HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 70) + "\r\n"),
        Wrong(413, "POST /a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"),
        Wrong(413, "POST /a/b HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
        Wrong(413, "POST /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n"),
        Wrong(413, "POST /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nfffffffffffffffff\r\n"),
        Wrong(
            431,
            "POST /a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + String(repeating: "X: a\r\n", count: 900)),
        Wrong(417, "POST /a/b HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 0\r\n\r\n"),
        Wrong(400, "POST /a/b HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]

    @Test(arguments: smuggling + lines + chunks + large)
    func `with the status that fits, wherever the bytes are cut`(wrong: Wrong) {
        let whole = DecodedRequests(wrong.stream)
        #expect(whole.refusal?.status == wrong.status, "\(String(describing: whole.refusal))")
        #expect(whole.requests.isEmpty)
        let single = DecodedRequests(wrong.stream, cuts: Array(1..<wrong.stream.utf8.count))
        #expect(single.refusal == whole.refusal && single.requests.isEmpty)
    }
}

@Suite struct `Where reads end makes no difference to requests` {
    @Test func `random requests, good and bad ones, cut at random places`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var (requests, refusals) = (0, 0)
        for round in 0..<3000 {
            let stream = Self.stream(&random)
            let whole = DecodedRequests(stream, bodyBytesMax: 300)
            requests += whole.requests.count
            refusals += whole.refusal == nil ? 0 : 1
            for _ in 0..<3 {
                let cuts = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    Int.random(in: 0...stream.count, using: &random)
                }
                var cut = DecodedRequests(stream, cuts: cuts, bodyBytesMax: 300)
                cut.expectations = whole.expectations
                guard cut == whole else {
                    Issue.record("seed \(seed), round \(round): \(stream) cut at \(cuts): \(cut) is not \(whole)")
                    return
                }
            }
        }
        // The test itself: many of both came.
        #expect(requests > 3000 && refusals > 500, "\(requests) requests, \(refusals) refusals")
    }

    /// Some requests in a row, one of which may be damaged.
    static func stream(_ random: inout SeededRandom) -> [UInt8] {
        var stream: [UInt8] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let body = String(repeating: "b", count: Int.random(in: 0...40, using: &random))
            var text = ["GET /health", "POST /a.B/C?x=1", "HEAD /"].randomElement(using: &random)! + " HTTP/1.1\r\n"
            text += ["Host: a\r\n", "host:\tlocalhost:1 \r\n"].randomElement(using: &random)!
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                text += ["X: y\r\n", "Content-Type: application/json\r\n", "Connection: close\r\n", "accept-encoding: gzip\r\n"]
                    .randomElement(using: &random)!
            }
            if Bool.random(using: &random) { text += "Expect: 100-continue\r\n" }
            if Bool.random(using: &random) {
                text += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
            } else {
                text += "Transfer-Encoding: chunked\r\n\r\n"
                if !body.isEmpty { text += String(body.utf8.count, radix: 16) + ";x\r\n" + body + "\r\n" }
                text += "0\r\n" + (Bool.random(using: &random) ? "T: 1\r\n" : "") + "\r\n"
            }
            stream += text.utf8
            if Bool.random(using: &random) { stream += "\r\n".utf8 }
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            let place = Int.random(in: 0..<stream.count, using: &random)
            stream[place] = [0x0D, 0x0A, 0x20, 0x3A, 0x00, 0x30, 0x41].randomElement(using: &random)!
        }
        return stream
    }
}
