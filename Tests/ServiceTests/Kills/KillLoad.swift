import Client
import ClientTesting
import Foundation
import Ledger
import Population
import Service
import Settlement

/// A batch that was answered, with what the answer said of each row.
struct AnsweredBatch {
    var requests: [SettlementRequest]
    var sequences: [UInt64]
    var outcomes: [RowOutcome]

    static func send(_ requests: [SettlementRequest], _ client: SettlementClient) throws -> SettleBatchAnswer {
        let batch = SettleBatch()
        for request in requests { batch.add(request) }
        return try client.settle(batch)
    }

    init(_ requests: [SettlementRequest], _ answer: SettleBatchAnswer) {
        self.requests = requests
        sequences = requests.indices.map { answer.sequence($0) }
        outcomes = requests.indices.map { answer.outcome($0) }
    }

    /// Rows that `answer`, to the same requests, has otherwise, or as settled anew.
    func differences(from answer: SettleBatchAnswer) -> Int {
        requests.indices.filter { row in
            !answer.exists(row) || answer.sequence(row) != sequences[row] || answer.outcome(row) != outcomes[row]
        }.count
    }
}

/// A settlement that is to be taken back, as far as it was acknowledged.
struct Withdrawal {
    var request: SettlementRequest
    /// The answer to its settlement.
    var answer: [UInt8]?
    /// Sequence of its reversal.
    var reversal: UInt64?
}

/// One client that settles as fast as it can until the server is gone, and remembers what was acknowledged.
final class KillLoad: @unchecked Sendable {
    // Safe to share: one thread runs it, others look when that has ended.
    /// Settlements of one call in flight.
    static let window = 32
    /// So many that another thread helps.
    static let batchRows = Prefetcher.piecesMin * PreparedClaims.claimsMax
    /// Answers to single calls between two batches, and between two settlements that are taken back.
    static let answersPerBatch = 300
    static let answersPerWithdrawal = 100
    /// Persons whose settlements only this load makes, so that the last one is its own (G-12).
    static let ownPersons: Int64 = 10

    private let index: Int
    private let sharedPersons: Int64
    private var stream: RandomStream
    private var number = 0

    /// Of this round: since `begin`.
    private(set) var acknowledged: [(request: SettlementRequest, answer: [UInt8])] = []
    private(set) var unacknowledged: [String: SettlementRequest] = [:]
    private(set) var batches: [AnsweredBatch] = []
    private(set) var openBatch: [SettlementRequest] = []
    private(set) var withdrawals: [Withdrawal] = []
    private(set) var problem: String?
    /// Distinct ids sent in all rounds.
    private(set) var sent = 0

    /// Loads share the persons 1 … `sharedPersons` and have `ownPersons` each after them.
    init(index: Int, sharedPersons: Int, seed: UInt64) {
        self.index = index
        self.sharedPersons = Int64(sharedPersons)
        stream = RandomStream(seed: seed, index: UInt64(index))
    }

    func begin() {
        acknowledged = []
        unacknowledged = [:]
        batches = []
        openBatch = []
        withdrawals = []
    }

    /// Runs until the connection is lost.
    func run(_ port: Int) {
        do {
            let pipe = try Client.connect(host: "127.0.0.1", port: port)
            let calls = SettlementClient(try Client.connect(host: "127.0.0.1", port: port))
            var flying: [Int64: SettlementRequest] = [:]
            while problem == nil {
                while pipe.outstanding < Self.window {
                    let request = shared("k")
                    unacknowledged[request.id] = request
                    let id = try pipe.send(request)
                    flying[id] = request
                }
                let response = try pipe.receive()
                guard response.code == 0, let request = flying.removeValue(forKey: response.correlationID) else {
                    problem = "\(response.code) \(response.errorText)"
                    return
                }
                unacknowledged[request.id] = nil
                acknowledged.append((request, Array(response.message)))
                if acknowledged.count % Self.answersPerBatch == 0 { try settleBatch(calls) }
                if acknowledged.count % Self.answersPerWithdrawal == 0 { try settleAndReverse(calls) }
            }
        } catch ClientError.connectionLost, ClientError.cannotConnect {
            // The server was killed: what is not acknowledged may be settled or not.
        } catch {
            problem = "\(error)"
        }
    }

    private func settleBatch(_ calls: SettlementClient) throws {
        openBatch = (0..<Self.batchRows).map { _ in shared("b") }
        let answer = try AnsweredBatch.send(openBatch, calls)
        if answer.errorCount > 0 { problem = "\(answer.error(0))" }
        batches.append(AnsweredBatch(openBatch, answer))
        openBatch = []
    }

    private func settleAndReverse(_ calls: SettlementClient) throws {
        let own = sharedPersons + Int64(index) * Self.ownPersons + stream.within(1...Self.ownPersons)
        let request = next("r", person: UInt64(own))
        let place = withdrawals.count
        withdrawals.append(Withdrawal(request: request, answer: nil, reversal: nil))
        withdrawals[place].answer = try calls.settleBytes(request)
        withdrawals[place].reversal = try calls.reverse(request.id, reason: "登记错误").sequence
    }

    private func shared(_ kind: String) -> SettlementRequest {
        next(kind, person: UInt64(stream.within(1...sharedPersons)))
    }

    private func next(_ kind: String, person: UInt64) -> SettlementRequest {
        number += 1
        sent += 1
        let institution = KeptLedger.institutions[Int(stream.below(Int64(KeptLedger.institutions.count)))]
        return LedgerServer.outpatient(
            "\(kind)-\(index)-\(number)", stream.within(1_00...3_000_00), person: person, at: institution)
    }
}
