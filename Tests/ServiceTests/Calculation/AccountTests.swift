import Policy
import Population
import Settlement
import Testing

/// Personal accounts over the wire (CQ-31).
@Suite struct `Family accounts` {
    /// 1,000 yuan of ordinary outpatient cost at level 2, 200 out of catalogue, of an active employee: the pool pays
    /// 60 % of 1,000 − 200 (CQ-15, CQ-16), 520 of in-policy cost are left.
    static func sample(_ accounts: [Fen], _ use: AccountUse) -> Sample {
        Sample.plain.with {
            $0.claim.claim.cost = CostSplit(total: 1_200_00, outOfCatalog: 200_00, inPolicy: 1_000_00)
            $0.claim.claim.accountUse = use
            $0.person.facts.status = .active
            let relations: [AccountRelation] = [.own, .spouse, .child]
            $0.person.accounts = zip(relations, accounts).map { AccountState(relation: $0, balance: $1) }
        }
    }

    @Test(
        arguments: [
            (AccountUse.standard, [100_00, 300_00, 500_00], [0, 0, 380_00], 200_00),
            (AccountUse.all, [100_00, 300_00, 500_00], [0, 0, 180_00], 0),
            (AccountUse.none, [100_00, 300_00, 500_00], [100_00, 300_00, 500_00], 720_00),
            (AccountUse.standard, [600_00, 300_00, 500_00], [80_00, 300_00, 500_00], 200_00),
            (AccountUse.all, [100_00, 0, 1], [0, 0, 0], 619_99),
            (AccountUse.standard, [], [], 720_00),
        ] as [(AccountUse, [Fen], [Fen], Fen)])
    func `one's own account pays first, then the family's in their order (CQ-31)`(
        use: AccountUse, before: [Fen], after: [Fen], cash: Fen
    ) throws {
        let server = try LocalServer()
        let client = try server.connect()
        let sample = Self.sample(before, use)
        guard case .answer(let answer) = try client.calculate(sample),
            case .batch(let batch) = try client.batch(Batch([sample]))
        else {
            Issue.record("no answer")
            return
        }
        #expect(answer.balances == after && batch.balances == after)
        #expect(answer.amounts.cash == cash)
        #expect(answer.amounts.accountPaid == (before.first ?? 0) - (after.first ?? 0))
        let family = before.dropFirst().reduce(0, +) - after.dropFirst().reduce(0, +)
        #expect(answer.amounts.familyAccountPaid == family)
        #expect(answer.amounts.sum == 1_200_00)
        #expect(batch.rows == [answer.amounts])
    }
}
