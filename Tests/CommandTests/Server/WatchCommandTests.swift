import Foundation
import TestSupport
import Testing

@Suite struct `Watching a server from the command line` {
    /// What an address of HTTP answers to GET.
    private func get(_ path: String, _ port: Int) throws -> HTTPAnswer {
        let socket = try HTTPSocket(port: port)
        socket.send("GET \(path) HTTP/1.1\r\nHost: prometheus.example\r\n\r\n")
        return try #require(socket.receive())
    }

    /// The lines of a log, once one has this text.
    private func lines(_ log: URL, until text: String) throws -> [Substring] {
        for _ in 0..<6_000 {
            let written = try String(contentsOf: log, encoding: .utf8)
            if written.contains(text) { return written.split(separator: "\n") }
            usleep(10_000)
        }
        Issue.record("the log does not say: \(text)")
        return []
    }

    @Test func `the port for operators has metrics and health under any name, and nothing else`() throws {
        try Program.withFolder { folder in
            let log = folder.appendingPathComponent("log")
            let server = try Server(
                ledger: folder.appendingPathComponent("ledger.db").path, log: log, "--admin", "127.0.0.1:0")
            let line = try #require(try lines(log, until: "metrics and health on").first { $0.contains("metrics and health on") })
            let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
            #expect(try get("/healthz", port).status == 200 && get("/readyz", port).text == "READY\n")
            let metrics = try get("/metrics", port)
            #expect(metrics.status == 200 && metrics.text.contains("\njiesuan_settlements 0\n"))
            #expect(metrics.text.contains("\njiesuan_journal_bytes ") && !metrics.text.contains("\njiesuan_journal_bytes 0\n"))
            #expect(try get("/", port).status == 403 && get("/openapi.json", port).status == 403)
            #expect(server.stop() == 0)
        }
    }

    @Test func `status tells of a server in words and in JSON, top again and again`() throws {
        try Program.withFolder { folder in
            let server = try Server(ledger: folder.appendingPathComponent("ledger.db").path)
            let status = try Program.run("status", "--server", server.address, "--seconds", "0.1")
            #expect(status.code == 0, "\(status.complaint)")
            for word in ["state", "ready", "requests", "queues", "ledger", "commits", "StatusService/GetStatus"] {
                #expect(status.output.contains(word), "\(word): \(status.output)")
            }
            let json = try Program.run("status", "--server", server.address, "--seconds", "0", "--json")
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            #expect(object?["ready"] as? Bool == true && object?["ledger"] is [String: Any])
            let top = try Program.run("top", "--server", server.address, "--seconds", "0.1", "--count", "2")
            #expect(top.code == 0 && top.output.ranges(of: "\nstate  ").count == 2, "\(top.output)")
            #expect(!top.output.contains("\u{1B}"), "no terminal, no escapes")
            server.stop()
        }
        #expect(try Program.run("status", "--server", "127.0.0.1:1").code == 4)
        #expect(try Program.run("top", "--server", "127.0.0.1:1", "--count", "1").code == 4)
    }

    @Test func `the log is one object of JSON a line, and its level is changed while the server runs`() throws {
        try Program.withFolder { folder in
            let log = folder.appendingPathComponent("log")
            let server = try Server(log: log, "--log-format", "json")
            let held = try Program.run("log", "--server", server.address)
            #expect(held.output == "level notice\nslow-ms 1000\n")
            let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
            let stranger = try HTTPSocket(port: port)
            stranger.send("HELO\u{1}\r\n")
            for line in try lines(log, until: "closing the connection") {
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
                #expect((object["time"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
                #expect(["notice", "warning"].contains(object["level"] as? String) && object["message"] is String)
                if (object["message"] as? String)?.contains("closing the connection") == true {
                    #expect((object["peer"] as? String)?.hasPrefix("127.0.0.1:") == true)
                }
            }
            let changed = try Program.run("log", "--server", server.address, "--level", "error", "--slow-ms", "5")
            #expect(changed.output == "level error\nslow-ms 5\n")
            let before = try String(contentsOf: log, encoding: .utf8)
            try HTTPSocket(port: port).send("HELO\r\n")
            #expect(server.stop() == 0)
            #expect(try String(contentsOf: log, encoding: .utf8) == before, "notices are not written any more")
        }
    }

    @Test func `a drain begins after the delay, and until then the server is not ready and takes calls`() throws {
        try Program.withFolder { folder in
            let log = folder.appendingPathComponent("log")
            let server = try Server(log: log, "--drain-delay", "2")
            let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
            kill(server.processID, SIGTERM)
            _ = try lines(log, until: "not ready; draining in 2 s")
            let ready = try get("/readyz", port)
            #expect(ready.status == 503 && ready.text.hasPrefix("NOT READY draining"))
            let call = try Program.run("call", "PolicyService/List", "--server", server.address)
            #expect(call.code == 0, "\(call.complaint)")
            #expect(server.stop() == 0)
            #expect(try String(contentsOf: log, encoding: .utf8).contains("jiesuan: stopped"))
        }
    }

    @Test func `every metric is listed with what it tells`() throws {
        let list = try Program.run("metrics", "list")
        #expect(list.code == 0 && list.output.contains("jiesuan_claims_total{region,kind,result}  counter\n"))
        let table = try Program.run("metrics", "list", "--markdown").output.split(separator: "\n")
        #expect(table.count > 50 && table.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
    }
}
