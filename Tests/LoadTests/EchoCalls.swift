import Client
import LoadTest
import Synchronization

/// Requests of a number in `bytes` bytes each, whose answers must be the same bytes.
final class EchoCalls: CallSource {
    private let head = CallHead(RemoteMethod(service: "toy.v1.EchoService", method: "Echo"))
    private let bytes: Int
    private var underWay: [Int: UnsafeMutableRawBufferPointer] = [:]
    private var number = 0
    /// Codes of the calls without an answer to judge; nil: nothing came.
    private(set) var failures: [Int32?] = []

    init(bytes: Int = 16) { self.bytes = bytes }

    deinit { for message in underWay.values { message.deallocate() } }

    func next(into request: inout OutgoingRequest) -> Int? {
        number += 1
        let message = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 8)
        for index in message.indices { message[index] = UInt8(truncatingIfNeeded: number &* 31 &+ index) }
        underWay[number] = message
        request.put(head, UnsafeRawBufferPointer(message))
        return number
    }

    func judge(_ mark: Int, _ answer: Answer) -> Verdict {
        guard let message = underWay.removeValue(forKey: mark) else { return .wrong("number \(mark) is not under way") }
        defer { message.deallocate() }
        guard message.elementsEqual(answer.message) else { return .wrong("number \(mark) is not echoed") }
        return .right(claims: 1, checksum: UInt64(mark))
    }

    func failed(_ mark: Int, code: Int32?) {
        underWay.removeValue(forKey: mark)?.deallocate()
        failures.append(code)
    }
}

/// A shape for tests: one thread, no warm-up, short patience.
func shape(_ server: FakeServer, _ change: (inout LoadShape) -> Void = { _ in }) -> LoadShape {
    var shape = LoadShape(host: "127.0.0.1", port: server.port)
    shape.connections = 1
    shape.inFlight = 8
    shape.warmUpSeconds = 0
    // Where a test says nothing else, the number of requests ends the run.
    shape.seconds = 60
    change(&shape)
    return shape
}

/// What connections of `sources`, one each, see of a load.
func run(_ shape: LoadShape, _ sources: [EchoCalls]) throws -> LoadRun.Result {
    let calls = sources.enumerated().map { ConnectionCalls([(source: $1, weight: 1)], seed: 1, part: $0) }
    return try LoadRun(shape).run(calls)
}
