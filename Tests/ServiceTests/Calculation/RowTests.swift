import Client
import Policy
import Population
import Settlement
import Testing
import WireMessages

/// What the rows of an answer say of limits, rules and silence.
@Suite struct `Rows of an answer` {
    /// One `LayerRow`, as far as these tests look at it.
    struct Row: Equatable {
        var layer: String
        var rule: String
        var interpretations: String
        var paid: Fen
        /// nil: not limited.
        var quota: Fen?
        var hasNoRule: Bool
    }

    private func rows(_ sample: Sample) throws -> [Row] {
        let server = try LocalServer()
        let bytes = try server.connect().call(Remote.calculate, bytes: sample.request)
        let message = try #require(jiesuan__v1__calculate_response__unpack(nil, bytes.count, bytes))
        defer { jiesuan__v1__calculate_response__free_unpacked(message, nil) }
        let outcome = try #require(message.pointee.outcome?.pointee)
        return (0..<outcome.n_layers).map { index in
            let row = outcome.layers[index]!.pointee
            return Row(
                layer: String(cString: row.layer), rule: String(cString: row.rule),
                interpretations: String(cString: row.interpretation), paid: row.paid,
                quota: row.limited != 0 ? row.quota_left : nil, hasNoRule: row.no_rule != 0)
        }
    }

    @Test func `a fund that takes over has its own row, rule and limit (CQ-13)`() throws {
        let sample = Sample.plain.with {
            $0.claim.claim.kind = .inpatient
            $0.claim.claim.institution.level = .three
            $0.claim.claim.cost = CostSplit(total: 100_000_00, inPolicy: 100_000_00)
            $0.person.accounts = []
        }
        // (100,000 − 880) × 85 % = 84,252: the pool pays 47,000, the large-amount fund the rest of it.
        #expect(
            try rows(sample) == [
                Row(
                    layer: "employee.inpatient", rule: "CQ-11", interpretations: "I-23,I-22", paid: 47_000_00,
                    quota: 47_000_00, hasNoRule: false),
                Row(
                    layer: "employee.inpatient", rule: "CQ-13", interpretations: "I-23,I-22", paid: 37_252_00,
                    quota: 500_000_00, hasNoRule: false),
            ])
    }

    @Test func `where the source gives no ratio the row says so and names no limit (SY-1)`() throws {
        let sample = Sample.example("002-1").with { $0.person.identities = [] }
        let silent = try #require(try rows(sample).first { $0.layer == "critical_illness.others" })
        #expect(silent.hasNoRule && silent.quota == nil && silent.paid == 0)
    }

    @Test(arguments: [[.spouse], [.own, .own], [.spouse, .own], [.own, .child, .own]] as [[AccountRelation]])
    func `one's own account comes first and only there (CQ-31)`(relations: [AccountRelation]) throws {
        let sample = Sample.plain.with {
            $0.person.accounts = relations.map { AccountState(relation: $0, balance: 1_260_00) }
        }
        let client = try LocalServerClient()
        guard case .failed(let code, let text) = try client.client.calculate(sample),
            case .batch(let batch) = try client.client.batch(Batch([sample]))
        else {
            Issue.record("settled")
            return
        }
        #expect(code == 4002 && text.contains("accounts.relation") && text.contains("CQ-31"), "\(text)")
        #expect(batch.errors.map(\.code) == [4002] && batch.errors[0].field == "persons.account_relation")
    }
}

/// A server and a connection to it, kept together.
private struct LocalServerClient {
    let server: LocalServer
    let client: Client

    init() throws {
        server = try LocalServer()
        client = try server.connect()
    }
}
