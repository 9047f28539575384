import Client
import Dispatch
import Glibc
import RPC
import TestSupport
import Testing

/// Methods that run one after the other, whichever connection they come from.
@Suite struct `The sequencer` {
    @Test func `sequenced methods have a thread of their own, and other work never runs there`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        // Two event loops, two workers, then the sequencer.
        #expect(try client.call("Sequenced").value == 4)
        let blocked = try toy.client()
        try blocked.ask("Gated")
        toy.gate.waitForArrival()
        for _ in 0..<200 { try client.send("Where", [UInt8](repeating: 1, count: 10_000)) }
        var workers: Set<UInt64> = []
        for _ in 0..<200 { workers.insert(try LedgerCaller.answer(Array(try client.client.receive().message)).value) }
        #expect(workers == [2, 3])
        toy.gate.open()
        #expect(try blocked.client.receive().code == 0)
    }

    @Test func `requests of both kinds in one read find their threads`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        var sequenced: Set<Int64> = []
        for number in 0..<500 {
            let id = try client.send(number % 3 == 0 ? "Sequenced" : "Where", [1])
            if number % 3 == 0 { sequenced.insert(id) }
        }
        for _ in 0..<500 {
            let response = try client.client.receive()
            let index = try LedgerCaller.answer(Array(response.message)).value
            #expect((index == 4) == sequenced.contains(response.correlationID))
        }
    }

    @Test func `a brief request is done where it was read while the sequencer rests, else in its turn`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let loop = try client.call("ReadingThread").value
        for _ in 0..<20 { #expect(try client.call("BriefThread").value == loop) }
        // After a failure the next request has long work: not where others wait to be read.
        toy.store.beQuick(false)
        for _ in 0..<20 { #expect(try client.call("BriefThread").value != loop) }
        toy.store.beQuick(true)
        // Large and compressed ones are no brief work, many of one read neither.
        #expect(try client.call("BriefThread", [UInt8](repeating: 0, count: 20_000)).value != loop)
        try client.send("BriefThread", [UInt8](repeating: 0, count: 2_000), compression: .gzip)
        try client.client.flush()
        #expect(try LedgerCaller.answer(Array(try client.client.receive().message)).value != loop)
        // While the sequencer is at work the reading goes on, and the brief request waits.
        let blocked = try toy.client()
        try blocked.ask("Gated")
        toy.gate.waitForArrival()
        try client.ask("BriefThread")
        // Answers of a read leave before the rest of it is handed on: after the second one the brief one was.
        for _ in 0..<2 {
            try client.ask("ReadingThread")
            #expect(try LedgerCaller.answer(Array(try client.client.receive().message)).value == loop)
        }
        toy.gate.open()
        #expect(try blocked.client.receive().code == 0)
        #expect(try LedgerCaller.answer(Array(try client.client.receive().message)).value != loop)
    }

    @Test func `what comes alone is done where it was read, what is large or in company by a worker`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        let loop = try client.call("ReadingThread").value
        func thread() throws -> UInt64 { try LedgerCaller.answer(Array(try client.client.receive().message)).value }
        let small = [UInt8](repeating: 0, count: 60_000)
        for _ in 0..<20 { #expect(try client.call("ThreadUnlessAlone", small).value == loop) }
        #expect(try client.call("ThreadUnlessAlone", [UInt8](repeating: 0, count: 70_000)).value != loop)
        try client.send("ThreadUnlessAlone", small, compression: .gzip)
        try client.client.flush()
        #expect(try thread() != loop)
        #expect(try client.call("ThreadUnlessAlone", [ToySequencer.heavy]).value != loop)
        // Two of one read, and one that comes while another is under way.
        for _ in 0..<2 { try client.send("ThreadUnlessAlone", [1], compression: .none) }
        try client.client.flush()
        for _ in 0..<2 { #expect(try thread() != loop) }
        try client.ask("Gated")
        toy.gate.waitForArrival()
        try client.ask("ThreadUnlessAlone")
        #expect(try thread() != loop)
        toy.gate.open()
        #expect(try client.client.receive().code == 0)
    }

    @Test func `without a barrier the answers leave at once`() throws {
        let toy = try ToySequencer(hasBarrier: false)
        defer { toy.server.drain() }
        #expect(try toy.client().call("Add", [1, 5]).value == 5)
        #expect(toy.server.statistics.commits == 0 && toy.store.commits == [])
    }

    @Test(arguments: [1_000_000, 100_000])
    func `a connection's requests run in the order they came, also when they have to wait`(pauseBytes: Int) throws {
        let toy = try ToySequencer { $0.pendingWritePauseBytes = pauseBytes }
        defer { toy.server.drain() }
        let clients = try (0..<3).map { _ in try toy.client() }
        var serials = [[UInt64]](repeating: [], count: clients.count)
        for round in 0..<20 {
            for client in clients {
                for number in 0..<10 {
                    // Large enough that many rounds do not fit between the pauses; some compressed, some durable.
                    try client.send(
                        "Large", little(number == 5 ? 1_000_000 : 1000), compression: number % 4 == 0 ? .zlib : .none)
                    try client.send("Add", [UInt8(round), 1])
                }
                try client.client.flush()
            }
        }
        // More than the sockets hold: some of it waits until we read.
        eventually { toy.server.statistics.workPauses > 0 }
        for (index, client) in clients.enumerated() {
            var byID: [Int64: UInt64] = [:]
            for _ in 0..<400 {
                let response = try client.client.receive()
                #expect(response.code == 0)
                let offset = response.message.count == 16 ? 8 : 0
                byID[response.correlationID] = response.message.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
            serials[index] = byID.keys.sorted().map { byID[$0]! }
            #expect(serials[index] == serials[index].sorted())
        }
        #expect(Set(serials.joined()) == Set(1...1200))
    }

    @Test func `a full sequencer answers ELIMIT, and the workers go on`() throws {
        let toy = try ToySequencer { $0.workerQueueRequestsMax = 4 }
        defer { toy.server.drain() }
        let blocker = try toy.client()
        try blocker.ask("Gated")
        toy.gate.waitForArrival()
        let client = try toy.client()
        for _ in 0..<8 { try client.send("Read") }
        try client.client.flush()
        for _ in 0..<5 { #expect(try client.client.receive().code == 2004) }
        #expect(try toy.client().call("Where").value < 4)
        toy.gate.open()
        for _ in 0..<3 { #expect(try client.client.receive().code == 0) }
        #expect(try client.call("Read").value == 0)
    }

    @Test func `work whose deadline has passed is not done`() throws {
        let toy = try ToySequencer()
        defer { toy.server.drain() }
        let client = try toy.client()
        try client.ask("Gated")
        toy.gate.waitForArrival()
        let late = try client.send("Add", [3, 1], timeoutMilliseconds: 1)
        try client.client.flush()
        eventually { toy.server.statistics.queuedRequests == 2 }
        usleep(5000)
        toy.gate.open()
        var codes: [Int64: Int32] = [:]
        for _ in 0..<2 {
            let response = try client.client.receive()
            codes[response.correlationID] = response.code
        }
        #expect(codes[late] == 1008)
        #expect(try client.call("Read", [3]).value == 0)
    }

    @Test func `10,000 random operations over four connections equal the same ones one by one`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("sequencer operations: seed \(seed)")
        let toy = try ToySequencer {
            $0.uncommittedRequestsMax = 700
            $0.pendingWritePauseBytes = 20_000
        }
        defer { toy.server.drain() }
        let runs = try (0..<4).map { RandomRun(try toy.client(), seed: seed &+ $0, operations: 2500) }
        DispatchQueue.concurrentPerform(iterations: runs.count) { runs[$0].run() }
        let done = runs.flatMap(\.done).sorted { $0.answer.serial < $1.answer.serial }
        #expect(done.map(\.answer.serial) == Array(1...10_000))
        var model = [UInt64](repeating: 0, count: 256)
        for operation in done {
            model[operation.key] += operation.amount
            #expect(operation.answer.value == model[operation.key], "serial \(operation.answer.serial), seed \(seed)")
        }
        for run in runs { #expect(run.done.map(\.answer.serial) == run.done.map(\.answer.serial).sorted()) }
    }
}

/// Random operations of one connection, many in flight.
private final class RandomRun: @unchecked Sendable {
    // Safe to share: one thread runs it, the test reads it afterwards.

    struct Operation {
        var key: Int
        var amount: UInt64
        var answer = LedgerCaller.Answer(value: 0, serial: 0)
    }

    private let caller: LedgerCaller
    private var random: SeededRandom
    private let operations: Int
    private(set) var done: [Operation] = []

    init(_ caller: LedgerCaller, seed: UInt64, operations: Int) {
        self.caller = caller
        random = SeededRandom(seed: seed)
        self.operations = operations
    }

    func run() {
        var indexes: [Int64: Int] = [:]
        while done.count < operations {
            for _ in 0..<min(Int.random(in: 1...300, using: &random), operations - done.count) {
                let isWrite = Bool.random(using: &random)
                let key = UInt8.random(in: 0..<8, using: &random)
                let amount = isWrite ? UInt8.random(in: 1...255, using: &random) : 0
                let padding = [UInt8](repeating: 0, count: Int.random(in: 0...200, using: &random))
                let compression: Compression = Int.random(in: 0..<10, using: &random) == 0 ? .zlib : .none
                guard
                    let id = try? caller.send(
                        isWrite ? "Add" : "Read", [key, amount] + padding, compression: compression)
                else {
                    Issue.record("a request was not sent")
                    return
                }
                indexes[id] = done.count
                done.append(Operation(key: Int(key), amount: UInt64(amount)))
            }
            while !indexes.isEmpty {
                guard let response = try? caller.client.receive(), response.code == 0,
                    let answer = try? LedgerCaller.answer(Array(response.message)),
                    let index = indexes.removeValue(forKey: response.correlationID)
                else {
                    Issue.record("a request was not answered")
                    return
                }
                done[index].answer = answer
            }
        }
    }
}

func little(_ count: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
