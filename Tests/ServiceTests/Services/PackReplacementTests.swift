import Client
import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Population
import RPC
import Service
import Synchronization
import Testing

@Suite struct `Packs replaced while the server serves` {
    /// Chongqing's pack with a text in place of another, in all places.
    private static func chongqing(_ text: String, for old: String) throws -> PolicyPack {
        let yaml = Packs.pack("chongqing").yaml
        try #require(yaml.contains(old))
        return try PolicyPack.read(bytes: Array(yaml.replacing(old, with: text).utf8), file: "chongqing.yaml")
    }

    /// Retired persons' outpatient pooling up to level 2 at 80 %, not at the 70 % of CQ-16.
    private static func other() throws -> PolicyPack {
        try chongqing(#"retired: { "L1, L2": 80 %, L3: 60 % }"#, for: #"retired: { "L1, L2": 70 %, L3: 60 % }"#)
    }

    private static func library(with pack: PolicyPack) -> [PolicyPack] {
        Packs.library.packs.map { $0.region == pack.region ? pack : $0 }
    }

    @Test func `every settlement is by one pack or the other, none fails, and the ledger knows by which`() throws {
        let store = MemoryStore()
        let regions = ServedRegions(Packs.library.packs)
        let server = try LedgerServer(store: store, regions: regions)
        let replacement = PackReplacement(regions, ledger: server.access)
        let client = try server.connect()
        // Takes up the year's deductible of 100 yuan, so that each yuan after it is paid at the ratio alone.
        _ = try client.settle(LedgerServer.outpatient("first", 100_00))

        let (own, other) = (Packs.pack("chongqing"), try Self.other())
        let swaps = 100
        let isOver = Atomic(false)
        let failures = Mutex<[String]>([])
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for swap in 0..<swaps {
                let library = Self.library(with: swap % 2 == 0 ? other : own)
                do {
                    let changes = try replacement.changes(library)
                    if changes.count != 1 { failures.withLock { $0.append("\(changes.count) packs change") } }
                    try replacement.take(changes)
                } catch { failures.withLock { $0.append("\(error)") } }
                usleep(500)
            }
            isOver.store(true, ordering: .releasing)
            done.signal()
        }
        var settled: [String: (digest: String, pool: Int64)] = [:]
        var number = 0
        while !isOver.load(ordering: .acquiring), number < 4_000 {
            number += 1
            let answer = try client.settle(LedgerServer.outpatient("n\(number)", 1_00))
            settled["n\(number)"] = (answer.outcome.policyDigest, answer.outcome.outcome.funds[0])
        }
        done.wait()
        #expect(failures.withLock { $0 } == [])
        let byPack = Dictionary(grouping: settled.values, by: \.digest).mapValues { Set($0.map(\.pool)) }
        #expect(byPack == [own.digest: [70], other.digest: [80]], "\(byPack)")

        // What is asked for later is as it was answered, whatever pack is present.
        for (id, answer) in settled.prefix(200) {
            let record = try client.get(id)
            #expect(record.answer.outcome.policyDigest == answer.digest)
        }
        // The same pack is kept once.
        #expect(try store.packs().count == Packs.library.packs.count + 1)
        server.stop()
        #expect(try Verifier(store: store, library: Packs.library).verify { _ in }.differences == [])
    }

    @Test func `calculations and lists of packs take the new ones too`() throws {
        let regions = ServedRegions(Packs.library.packs)
        let server = try LedgerServer(regions: regions)
        let replacement = PackReplacement(regions, ledger: server.access)
        let client = CalculationClient(try Client.connect(host: "127.0.0.1", port: server.port))
        let (own, other) = (Packs.pack("chongqing"), try Self.other())
        func present() throws -> String? { try client.policies().first { $0.region == "chongqing" }?.digest }
        #expect(try present() == own.digest)
        try replacement.take(try replacement.changes(Self.library(with: other)))
        #expect(try present() == other.digest)
        #expect(try client.policy(of: "chongqing") == other.yaml)
        #expect(try replacement.changes(Self.library(with: other)).isEmpty)
    }

    @Test func `a pack that would change what the books' numbers mean is refused, and the present one goes on`() throws {
        let regions = ServedRegions(Packs.library.packs)
        let server = try LedgerServer(regions: regions)
        let replacement = PackReplacement(regions, ledger: server.access)
        let disease = try #require(Packs.pack("chongqing").diseases.first)
        let renamed = try Self.chongqing("renamed_disease", for: disease.code)
        let cases: [(packs: [PolicyPack], says: String)] = [
            (Array(Packs.library.packs.dropFirst()), "the packs are of other regions (\(Packs.library.packs[0].region))"),
            (Self.library(with: renamed), "the pack of 'chongqing' has other diseases"),
        ]
        for (packs, says) in cases {
            #expect {
                _ = try replacement.changes(packs)
            } throws: { "\($0)".contains(says) && "\($0)".contains("restart") }
        }
        let client = try server.connect()
        let settled = try client.settle(LedgerServer.outpatient("after", 2_800_00))
        #expect(settled.outcome.outcome.funds[0] == 1_890_00)
    }

    @Test func `a pack that the store does not keep is not settled by`() throws {
        let store = FailingPackStore()
        let regions = ServedRegions(Packs.library.packs)
        let server = try LedgerServer(store: store, regions: regions)
        let replacement = PackReplacement(regions, ledger: server.access)
        store.fails.store(true, ordering: .relaxed)
        let changes = try replacement.changes(Self.library(with: try Self.other()))
        #expect {
            try replacement.take(changes)
        } throws: { "\($0)".contains("no space left") }
        let settled = try server.connect().settle(LedgerServer.outpatient("s", 2_800_00))
        #expect(settled.outcome.outcome.funds[0] == 1_890_00)
    }
}

/// A store that keeps packs or does not.
private final class FailingPackStore: LedgerStore {
    let fails = Atomic(false)
    private let store = MemoryStore()

    var identity: UInt64 { store.identity }
    func append(_ blocks: [SealedBlock]) throws(StoreFailure) { try store.append(blocks) }
    func recover() throws(StoreFailure) { try store.recover() }
    func lastSequence() throws(StoreFailure) -> UInt64 { try store.lastSequence() }
    func block(_ sequence: UInt64) throws(StoreFailure) -> [UInt8]? { try store.block(sequence) }
    func ownReader() throws(StoreFailure) -> any BlockSource { store.ownReader() }
    func scan(after sequence: UInt64, _ body: (SealedBlock) -> Bool) throws(StoreFailure) {
        try store.scan(after: sequence, body)
    }
    func packs() throws(StoreFailure) -> [KeptPack] { try store.packs() }
    func keep(
        region: String, digest: String, yaml: String, fingerprint: String
    ) throws(StoreFailure) -> UInt32 {
        if fails.load(ordering: .relaxed) { throw .notWritten("no space left on the device") }
        return try store.keep(region: region, digest: digest, yaml: yaml, fingerprint: fingerprint)
    }
    func backup(to path: String, progress: (_ done: Int, _ of: Int) -> Void) throws(StoreFailure) {
        try store.backup(to: path, progress: progress)
    }
}
