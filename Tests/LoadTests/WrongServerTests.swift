import Client
import Foundation
import LoadTest
import Logging
import Policy
import Population
import RPC
import Service
import Synchronization
import TestSupport
import Testing

/// A real server in this process whose `Calculate` answers one call as if an earlier one had been asked.
private final class WrongServer: Sendable {
    private let server: Server
    let port: Int

    /// - Parameter wrong: number of the call, from 0, that is answered with the first call's bill; nil: none.
    init(_ packs: [PolicyPack], wrong: Int?) throws {
        let first = Mutex<[UInt8]?>(nil)
        let count = Atomic<Int>(0)
        let shared = Shared(first: first, count: count)
        let methods = Services.methods(ServedRegions(packs)).map { method in
            guard method.name == "Calculate" else { return method }
            return Method(
                service: method.service, name: method.name, placement: .worker, shardKey: method.shardKey
            ) { message, reply, context in
                let number = shared.count.wrappingAdd(1, ordering: .relaxed).oldValue
                let earlier = shared.first.withLock { first in
                    first = first ?? Array(message)
                    return first ?? []
                }
                if number != wrong { return method.handler(message, &reply, context) }
                return earlier.withUnsafeBytes { method.handler($0, &reply, context) }
            }
        }
        var configuration = ServerConfiguration()
        configuration.eventLoopThreads = 1
        configuration.workers = 1
        configuration.drain = .milliseconds(0)
        server = try Server(
            configuration: configuration, methods: methods, makeState: { _ in Services.makeState() },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        port = try server.start()
    }

    func stop() { server.drain() }

    private final class Shared: Sendable {
        let first: Mutex<[UInt8]?>
        let count: Atomic<Int>

        init(first: consuming Mutex<[UInt8]?>, count: consuming Atomic<Int>) {
            self.first = first
            self.count = count
        }
    }
}

@Suite struct `A server that answers wrongly` {
    /// The exit code of a load of 500 requests, and what it complained of.
    private static func load(port: Int, _ wire: LoadProtocol) throws -> (code: Int32, complaint: String) {
        let ended = try ChildProcess.run(
            Product.program,
            [
                "load", "--server", "127.0.0.1:\(port)", "--requests", "500", "--warm-up", "0", "--protocol", wire.rawValue,
            ])
        return (ended.code, ended.complaint)
    }

    @Test(arguments: LoadProtocol.allCases)
    func `one wrong bill among five hundred fails the run and is shown`(_ wire: LoadProtocol) throws {
        let packs = try PolicyLibrary.load().packs
        let wrong = try WrongServer(packs, wrong: 321)
        defer { wrong.stop() }
        let ended = try Self.load(port: wrong.port, wire)
        #expect(ended.code == 5)
        #expect(ended.complaint.contains("1 wrong answers; the first: request "), "\(ended.complaint)")
        #expect(ended.complaint.contains("it should be total"), "\(ended.complaint)")
    }

    @Test(arguments: LoadProtocol.allCases)
    func `the same server without the fault passes`(_ wire: LoadProtocol) throws {
        let packs = try PolicyLibrary.load().packs
        let right = try WrongServer(packs, wrong: nil)
        defer { right.stop() }
        let ended = try Self.load(port: right.port, wire)
        #expect(ended.code == 0 && ended.complaint == "", "\(ended.complaint)")
    }
}
