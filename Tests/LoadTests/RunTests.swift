import Client
import Foundation
import Histogram
import LoadTest
import Measurement
import Testing

@Suite struct `A run against a scripted server` {
    @Test(arguments: [1, 2, 3])
    func `every request is sent once and every answer is counted once`(threads: Int) throws {
        let server = try FakeServer { _, _, message in .message(message) }
        defer { server.stop() }
        let sources = (0..<3).map { _ in EchoCalls() }
        let result = try run(
            shape(server) {
                $0.connections = 3
                $0.threads = threads
                $0.requests = 1_000
            }, sources)
        #expect(result.error == nil)
        #expect(server.requests == 1_000)
        let tally = result.tally
        #expect(tally.sent == 1_000 && tally.answered == 1_000 && tally.missed == 0 && tally.wrong == 0)
        #expect(tally.cameAll == 1_000 && tally.cameGood == 1_000 && tally.cameClaims == 1_000)
        #expect(tally.latency.totalCount == 1_000 && tally.service.totalCount == 1_000)
        // 333 and 334 requests a connection: the sums of 1 … n.
        #expect(tally.checksum == 333 * 334 / 2 * 2 + 334 * 335 / 2)
    }

    @Test(arguments: [1, 2, 13, 1000])
    func `answers that come in pieces are put together`(piece: Int) throws {
        let server = try FakeServer(piece: piece) { _, _, message in .message(message) }
        defer { server.stop() }
        let result = try run(shape(server) { $0.requests = 200 }, [EchoCalls(bytes: 40)])
        #expect(result.error == nil)
        #expect(result.tally.cameGood == 200 && result.tally.wrong == 0)
    }

    /// Above what a request copies, and above what one read or one write takes.
    @Test(arguments: [16 << 10, (16 << 10) + 1, 300_000, 3_000_000])
    func `large messages leave and come back whole`(bytes: Int) throws {
        let server = try FakeServer { _, _, message in .message(message) }
        defer { server.stop() }
        let result = try run(
            shape(server) {
                $0.requests = 20
                $0.inFlight = 3
                $0.connections = 2
            }, [EchoCalls(bytes: bytes), EchoCalls(bytes: 10)])
        #expect(result.error == nil)
        #expect(result.tally.cameGood == 20 && result.tally.wrong == 0)
    }

    @Test func `one wrong answer is counted and told`() throws {
        let server = try FakeServer { number, _, message in
            .message(number == 150 ? message.reversed() : message)
        }
        defer { server.stop() }
        let result = try run(shape(server) { $0.requests = 300 }, [EchoCalls()])
        #expect(result.tally.wrong == 1)
        #expect(result.tally.complaints == ["number 151 is not echoed"])
        #expect(result.tally.answered == 300 && result.tally.cameGood == 299)
    }

    @Test func `a wrong answer to the warm-up counts`() throws {
        let server = try FakeServer { number, _, message in .message(number == 0 ? [] : message) }
        defer { server.stop() }
        let result = try run(
            shape(server) {
                $0.warmUpSeconds = 0.2
                $0.seconds = 0.1
            }, [EchoCalls()])
        #expect(result.tally.wrong == 1)
    }

    @Test func `errors are counted by their code and are no good answers`() throws {
        let server = try FakeServer { number, _, message in
            number % 3 == 0 ? .error(2004) : number % 10 == 1 ? .error(4201) : .message(message)
        }
        defer { server.stop() }
        let source = EchoCalls()
        let result = try run(shape(server) { $0.requests = 300 }, [source])
        let expected = (0..<300).reduce(into: [Int32: UInt64]()) { counts, number in
            if number % 3 == 0 { counts[2004, default: 0] += 1 } else if number % 10 == 1 { counts[4201, default: 0] += 1 }
        }
        #expect(result.tally.errors == expected)
        #expect(result.tally.cameAll == 300)
        #expect(result.tally.cameGood == 300 - expected.values.reduce(0, +))
        #expect(result.tally.latency.totalCount == result.tally.cameGood, "a quick refusal is no quick answer")
        #expect(source.failures.count == Int(expected.values.reduce(0, +)))
        let record = LoadRecord(result, shape: shape(server))
        #expect(record.errors.map(\.name) == ["ELIMIT", "PERSON_UNKNOWN"])
    }

    @Test func `a lost connection ends the run with a reason and keeps what was measured`() throws {
        let server = try FakeServer { number, _, message in number < 100 ? .message(message) : .close }
        defer { server.stop() }
        let source = EchoCalls()
        let result = try run(shape(server) { $0.requests = 300 }, [source])
        guard case .connectionLost = result.error else {
            Issue.record("it ended with \(String(describing: result.error))")
            return
        }
        #expect(result.tally.cameGood <= 100)
        #expect(result.tally.sent > result.tally.answered)
        #expect(source.failures.count == Int(result.tally.sent - result.tally.answered), "each is told that nothing came")
    }

    @Test func `an answer that nobody waits for is an error of the server`() throws {
        for strange in [Int64(7), 1 << 28, 1 << 40] {
            let server = try FakeServer { number, id, message in
                // The first id again, once its answer has come; or one that was never sent.
                number == 5 ? .raw(FakeServer.packet(strange, code: 0, message)) : .message(message)
            }
            defer { server.stop() }
            let result = try run(
                shape(server) {
                    $0.requests = 20
                    $0.inFlight = 1
                }, [EchoCalls()])
            guard case .badAnswer = result.error else {
                Issue.record("id \(strange): it ended with \(String(describing: result.error))")
                continue
            }
        }
    }

    @Test func `bytes that are no packet are an error of the server`() throws {
        let server = try FakeServer { _, _, _ in .raw(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) }
        defer { server.stop() }
        let result = try run(shape(server) { $0.requests = 20 }, [EchoCalls()])
        guard case .badAnswer = result.error else {
            Issue.record("it ended with \(String(describing: result.error))")
            return
        }
    }

    @Test func `a server that is not there is told before anything is sent`() throws {
        let server = try FakeServer(listens: false) { _, _, message in .message(message) }
        defer { server.stop() }
        #expect(throws: ClientError.self) { try run(shape(server) { $0.requests = 20 }, [EchoCalls()]) }
    }

    @Test func `a run that is ended early keeps what was measured`() throws {
        let server = try FakeServer { _, _, message in .message(message) }
        defer { server.stop() }
        let calls = [ConnectionCalls([(source: EchoCalls(), weight: 1)], seed: 1, part: 0)]
        let shape = shape(server) { $0.seconds = 3_600 }
        let result = try LoadRun(shape).run(calls) { clock in
            Thread {
                eventually { clock.answered > 1_000 }
                clock.stop()
            }.start()
        }
        #expect(result.error == nil)
        #expect(result.tally.answered > 500)
        #expect(result.seconds < 3_600)
    }
}

/// Waits until something that happens on other threads has happened; gives up after a minute and says so.
func eventually(_ condition: () -> Bool) {
    for _ in 0..<60_000 {
        if condition() { return }
        usleep(1_000)
    }
    Issue.record("it did not come about")
}
