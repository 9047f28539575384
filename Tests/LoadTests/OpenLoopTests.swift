import Foundation
import Histogram
import LoadTest
import Measurement
import Testing

@Suite struct `An open loop` {
    /// How long the server stands still once.
    private static let stall: UInt32 = 200_000
    /// What counts as having waited for it.
    private static let waited: UInt64 = 100_000_000

    /// A server that stands still once, at its request 200.
    private static func stallingServer() throws -> FakeServer {
        try FakeServer { number, _, message in
            if number == 200 { usleep(stall) }
            return .message(message)
        }
    }

    private static func waiting(_ result: LoadRun.Result) -> UInt64 {
        result.tally.latency.count(within: waited...600_000_000_000)
    }

    /// Coordinated omission: a client that waits for the server does not ask it while it stands still.
    @Test func `a stall is felt by all who come meanwhile, where a closed loop sees it once`() throws {
        let open = try Self.stallingServer()
        defer { open.stop() }
        let result = try run(
            shape(open) {
                $0.loop = .open(rate: 1_000, .constant)
                $0.inFlight = 4_096
                $0.seconds = 1
            }, [EchoCalls()])
        // Planned in the first half of the stall: 100 a tenth of a second.
        #expect(Self.waiting(result) >= 90)
        #expect(result.tally.latency.valueAtPercentile(99) >= 150_000_000)
        #expect(result.tally.missed == 0)

        let closed = try Self.stallingServer()
        defer { closed.stop() }
        let other = try run(
            shape(closed) {
                $0.inFlight = 1
                $0.seconds = 1
            }, [EchoCalls()])
        // One after the other: in a second no more than ten can take a tenth of a second each.
        #expect((1...11).contains(Self.waiting(other)))
    }

    @Test func `what the bound keeps back is counted as missed, and nothing is hidden`() throws {
        let server = try FakeServer { _, _, _ in .silence }
        defer { server.stop() }
        let source = EchoCalls()
        let result = try run(
            shape(server) {
                $0.loop = .open(rate: 1_000, .constant)
                $0.inFlight = 5
                $0.seconds = 0.5
                $0.patienceSeconds = 0.1
            }, [source])
        #expect(result.error == nil)
        #expect(result.tally.sent == 5 && result.tally.answered == 0)
        #expect(result.tally.missed == 495, "500 are planned in half a second")
        #expect(source.failures == [nil, nil, nil, nil, nil])
        let record = LoadRecord(result, shape: shape(server) { $0.loop = .open(rate: 1_000, .constant) })
        #expect(record.unanswered == 5 && record.missed == 495 && record.offered == 1_000 && record.achieved == 0)
    }

    @Test(arguments: Arrivals.allCases)
    func `all that is planned is sent or missed`(arrivals: Arrivals) throws {
        let server = try FakeServer { _, _, message in .message(message) }
        defer { server.stop() }
        let result = try run(
            shape(server) {
                $0.loop = .open(rate: 2_000, arrivals)
                $0.inFlight = 64
                $0.connections = 2
                $0.seconds = 0.5
            }, [EchoCalls(), EchoCalls()])
        var planned = 0
        for part in 0..<2 {
            var schedule = Schedule(rate: 1_000, arrivals, start: 0, seed: 1, part: part, parts: 2)
            while schedule.next < 500_000_000 {
                planned += 1
                schedule.advance()
            }
        }
        #expect(result.tally.sent + result.tally.missed == UInt64(planned))
        #expect(result.tally.answered == result.tally.sent && result.tally.wrong == 0)
    }

    @Test func `latency holds the lateness of the sender, service time does not`() throws {
        let server = try FakeServer { _, _, message in .message(message) }
        defer { server.stop() }
        let result = try run(
            shape(server) {
                $0.loop = .open(rate: 1_000, .constant)
                $0.inFlight = 64
                $0.seconds = 0.3
            }, [EchoCalls()])
        let tally = result.tally
        #expect(tally.lateness.totalCount == tally.sent)
        #expect(tally.latency.mean >= tally.service.mean)
        // Three significant digits of each of the three.
        let sum = tally.service.mean + tally.lateness.mean
        #expect(abs(tally.latency.mean - sum) <= 0.003 * sum + 100)
    }

    @Test func `what falls due within a tick leaves together, and its wait counts`() throws {
        let server = try FakeServer { _, _, message in .message(message) }
        defer { server.stop() }
        let result = try run(
            shape(server) {
                $0.loop = .open(rate: 1_000, .constant)
                $0.inFlight = 4_096
                $0.seconds = 1
                $0.tickMicroseconds = 100_000
            }, [EchoCalls()])
        #expect(result.tally.missed == 0 && result.tally.sent == 1_000)
        // Of a tick's hundred requests the first waits for a tenth of a second, the last hardly at all.
        #expect(result.tally.lateness.valueAtPercentile(100) >= 60_000_000)
        #expect(result.tally.latency.count(within: 40_000_000...600_000_000_000) >= 300)
    }

    @Test func `a tick is usual where a thread sends very often`() {
        var shape = LoadShape(host: "127.0.0.1", port: 1)
        #expect(shape.tick == 0, "a closed loop")
        shape.loop = .open(rate: 49_999, .poisson)
        #expect(shape.tick == 0)
        shape.loop = .open(rate: 50_000, .poisson)
        #expect(shape.tick == LoadShape.usualTickMicroseconds)
        shape.threads = 2
        #expect(shape.tick == 0)
        shape.tickMicroseconds = 7
        #expect(shape.tick == 7)
    }
}
