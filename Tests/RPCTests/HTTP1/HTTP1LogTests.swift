import Glibc
import RPC
import TestSupport
import Testing

@Suite struct `What the log says of HTTP requests` {
    private static let host = "Host: localhost\r\n"

    private func lines(_ toy: ToyServer, with text: String) -> [String] {
        toy.log.messages.filter { $0.contains(text) }
    }

    @Test func `a request that took long is named with its id, method and time`() throws {
        let toy = try ToyServer { $0.log = LogControl(slowMilliseconds: 50) }
        defer { toy.server.drain() }
        let slow = try HTTPSocket(port: toy.port)
        let proto = "application/proto"
        slow.send(HTTPSocket.head("/EchoService/Gated", bytes: 0, type: proto, fields: "X-Request-Id: bill-17\r\n"))
        toy.gate.waitForArrival()
        usleep(60_000)
        toy.gate.open()
        #expect(slow.receive()?.status == 200)
        let told = lines(toy, with: ": toy.v1.EchoService/Gated, took ").filter { $0.hasPrefix("slow request bill-17 of 127.0.0.1:") }
        #expect(told.count == 1, "\(toy.log.messages)")
        // The same method where ten minutes are slow.
        let other = try ToyServer { $0.log = LogControl(slowMilliseconds: 600_000) }
        defer { other.server.drain() }
        let http = try HTTPSocket(port: other.port)
        other.gate.open()
        #expect(http.call("/EchoService/Gated", [1], type: proto)?.status == 200)
        #expect(lines(other, with: "took").isEmpty)
    }

    @Test func `a request that HTTP's rules refuse is named with the reason, and a flood of them is not`() throws {
        let toy = try ToyServer()
        defer { toy.server.drain() }
        let http = try HTTPSocket(port: toy.port)
        let begin = ContinuousClock.now
        for number in 0..<40 {
            http.send(
                Array("GET /nothing HTTP/1.1\r\n\(Self.host)X-Request-Id: scan-\(number)\r\n\r\n".utf8))
            #expect(http.receive()?.status == 404)
        }
        let seconds = Int((ContinuousClock.now - begin).components.seconds)
        let told = lines(toy, with: " is refused with status 404: ")
        #expect(told.first?.hasPrefix("HTTP request scan-0 is refused") == true, "\(told)")
        // One a second, and one of a second that had begun before.
        #expect(told.count <= seconds + 2, "\(told)")
    }
}
