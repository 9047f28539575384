import Client
import Foundation
import LedgerFormat
import LedgerStore
import RPC
import Service
import TestSupport
import Testing

@Suite struct `Metrics` {
    private func scrape(_ server: WatchedServer) throws -> MetricsReading {
        let socket = try HTTPSocket(port: server.port)
        socket.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answer = try #require(socket.receive())
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        return try MetricsReading(answer.text)
    }

    @Test func `every metric of the list is shown, of its type and in its order, and no other`() throws {
        let server = try WatchedServer()
        let reading = try scrape(server)
        let expected = Metric.all.filter { !$0.isOptional }.map(\.name)
        #expect(reading.names == expected)
        for metric in Metric.all where !metric.isOptional { #expect(reading.types[metric.name] == metric.kind.rawValue) }
        // What has not happened is 0, not missing.
        #expect(try reading.value("jiesuan_claims_total{region=\"yantai\",kind=\"inpatient\",result=\"settled\"}") == 0)
        #expect(try reading.value("jiesuan_request_errors_total{code=\"4103\",name=\"SETTLEMENT_UNKNOWN\"}") == 0)
        #expect(try reading.value("jiesuan_build_info{version=\"1.2.3\",commit=\"abc\",swift=\"6.3\"}") == 1)
        #expect(try reading.value("process_resident_memory_bytes") > 1_048_576)
        #expect(try reading.value("process_open_fds") > 3)
        let started = try reading.value("process_start_time_seconds")
        #expect(started < Date().timeIntervalSince1970 && started > Date().timeIntervalSince1970 - 86_400)
    }

    @Test func `what happened is counted once: calls, claims, yuan, commits, errors`() throws {
        let server = try WatchedServer()
        let client = try server.connect()
        for id in ["a", "b", "c", "a"] { _ = try client.settle(LedgerServer.outpatient(id)) }
        #expect(code { () throws(ClientError) in _ = try client.get("nobody") } == 4103)
        let reading = try scrape(server)
        let method = "service=\"jiesuan.v1.SettlementService\",method=\"Settle\""
        #expect(try reading.value("jiesuan_request_duration_seconds_count{\(method)}") == 4)
        #expect(try reading.value("jiesuan_request_duration_seconds_bucket{\(method),le=\"+Inf\"}") == 4)
        #expect(try reading.value("jiesuan_requests_total{protocol=\"baidu_std\"}") == 5)
        // The scrape itself is under way.
        #expect(try reading.value("jiesuan_requests_total{protocol=\"http\"}") <= 1)
        #expect(try reading.value("jiesuan_request_errors_total{code=\"4103\",name=\"SETTLEMENT_UNKNOWN\"}") == 1)
        let claims = "jiesuan_claims_total{region=\"chongqing\",kind=\"outpatient\",result="
        #expect(try reading.value(claims + "\"settled\"}") == 3 && reading.value(claims + "\"repeated\"}") == 1)
        // Three bills of 2,800 yuan: who pays pays all of it (G-7).
        #expect(reading.sum("jiesuan_paid_yuan_total", "region=\"chongqing\"") == 8_400)
        #expect(reading.sum("jiesuan_paid_yuan_total") == 8_400)
        #expect(try reading.value("jiesuan_settlements") == 3)
        let commits = try reading.value("jiesuan_commit_duration_seconds_count")
        #expect(commits >= 1 && commits <= 4)
        #expect(try reading.value("jiesuan_commit_answers_sum") >= 3)
        #expect(try abs(reading.value("jiesuan_last_commit_timestamp_seconds") - Date().timeIntervalSince1970) < 600)
    }

    @Test func `buckets ascend to the count, and the sum is in seconds`() throws {
        let server = try WatchedServer()
        let client = try server.connect()
        for number in 0..<40 { _ = try client.settle(LedgerServer.outpatient("a\(number)")) }
        let reading = try scrape(server)
        let labels = "service=\"jiesuan.v1.SettlementService\",method=\"Settle\""
        let bounds = HistogramBounds.durations.values.map { Double($0) / 1e9 }
        let name = "jiesuan_request_duration_seconds"
        let found = reading.values.filter { $0.key.hasPrefix("\(name)_bucket{\(labels),le=") }
        #expect(found.count == bounds.count + 1)
        var last = 0.0
        for bound in bounds {
            let sample = try #require(
                found.first { key, _ in key.split(separator: "le=\"").last.flatMap { Double($0.dropLast(2)) } == bound })
            #expect(sample.value >= last, "\(sample.key)")
            last = sample.value
        }
        #expect(try reading.value("\(name)_count{\(labels)}") == 40)
        let sum = try reading.value("\(name)_sum{\(labels)}")
        #expect(sum > 0 && sum < 600)
    }

    @Test func `a failing store and a drain are seen`() throws {
        let server = try WatchedServer()
        #expect(try scrape(server).value("jiesuan_ready") == 1)
        server.store.fail(append: 1, .notWritten)
        let client = try server.connect()
        #expect(throws: ClientError.self) { try client.settle(LedgerServer.outpatient("A")) }
        let reading = try scrape(server)
        #expect(try reading.value("jiesuan_ready") == 0)
        #expect(try reading.value("jiesuan_ledger_refusing{reason=\"store\"}") == 1)
        #expect(try reading.value("jiesuan_ledger_refusing{reason=\"clock\"}") == 0)
        #expect(try reading.value("jiesuan_ledger_incidents_total{kind=\"commit_failed\"}") == 1)
        #expect(try reading.value("jiesuan_answers_replaced_total") == 1)
    }

    @Test func `promtool finds nothing to complain about`() throws {
        let promtool = URL(fileURLWithPath: "/usr/bin/promtool")
        try #require(FileManager.default.isExecutableFile(atPath: promtool.path), "apt install prometheus")
        let server = try WatchedServer()
        _ = try server.connect().settle(LedgerServer.outpatient("a"))
        server.figures.setCertificateExpiry { 2_000_000_000 }
        let text = String(decoding: server.figures.metricsText, as: UTF8.self)
        #expect(text.contains("\njiesuan_tls_certificate_expiry_timestamp_seconds 2000000000\n"))
        let ended = try ChildProcess.run(promtool, ["check", "metrics"], input: text)
        #expect(ended.code == 0 && ended.output.isEmpty && ended.complaint.isEmpty, "\(ended.output)\(ended.complaint)")
        // It finds a planted fault: a counter whose name does not say so.
        let wrong = text.replacing("jiesuan_settlements", with: "jiesuan_settlements_total")
        #expect(try ChildProcess.run(promtool, ["check", "metrics"], input: wrong).code != 0)
    }

    @Test func `other machines and web pages do not read the metrics of the one port`() throws {
        let server = try WatchedServer()
        let socket = try HTTPSocket(port: server.port)
        socket.send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        let answer = try #require(socket.receive())
        #expect(answer.status == 421 || answer.status == 403, "\(answer.status)")
        #expect(!answer.text.contains("jiesuan_"))
    }
}
