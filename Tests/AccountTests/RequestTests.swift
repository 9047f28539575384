import Accounts
import Records
import Registry
import Settlement
import Testing

/// The caller's request id: the same id and content is done once and answered alike.
@Suite struct `A request's id` {
    /// A ledger in which person 1 is registered.
    private static func registered() throws -> MemoryLedger {
        let ledger = try MemoryLedger()
        ledger.register.people[1] = MemoryRegister.Person(
            credit: CreditFacts(person: 1, insurance: .employee, membership: .employer, status: .active))
        return ledger
    }

    static func credit(
        _ ledger: MemoryLedger, _ id: String, _ amount: Fen, to owner: UInt64 = 1
    ) throws(DomainRefusal) -> (row: AccountRow, isDuplicate: Bool) {
        let request = try AccountRequest(id) { writer in
            writer.byte(1)
            writer.number(owner)
            writer.signed(amount)
        }
        return try ledger.perform(request, of: owner) { () throws(DomainRefusal) in
            try ledger.accounts.credit(amount, .correction, reason: "补记", to: owner)
        }
    }

    @Test func `the same request again gives the same answer, also after a restart`() throws {
        let ledger = try MemoryLedger()
        let first = try Self.credit(ledger, "R-1", 5_00)
        _ = try Self.credit(ledger, "R-2", 7_00)
        ledger.settle("S1", 3_00, of: 1)
        let again = try Self.credit(ledger, "R-1", 5_00)
        #expect(!first.isDuplicate && again.isDuplicate && again.row == first.row)
        #expect(ledger.accounts.balance(of: 1) == 9_00 && ledger.rows.count == 3)
        // The book that replay makes, and the one that snapshots make, know the ids too.
        #expect(ledger.replayed().snapshots == ledger.accounts.snapshots)
        #expect(try ledger.accounts.reread().snapshots == ledger.accounts.snapshots)
    }

    @Test func `the same id with other content is refused, and nothing is done`() throws {
        let ledger = try MemoryLedger()
        _ = try Self.credit(ledger, "R-1", 5_00)
        let refused = refusal { () throws(DomainRefusal) in _ = try Self.credit(ledger, "R-1", 5_01) }
        #expect(refused?.code == .idReusedWithOtherContent && refused?.value == "R-1")
        #expect(ledger.accounts.balance(of: 1) == 5_00)
        // Ids are of an account.
        #expect(try !Self.credit(ledger, "R-1", 5_00, to: 2).isDuplicate)
    }

    @Test(arguments: ["chongqing", "yantai", "shenyang", "anhui"])
    func `CQ-31, CQ-32: a refusal cites them to the people of Chongqing alone`(region: String) throws {
        let ledger = try Self.registered()
        ledger.register.people[1]?.region = region
        let uses = UseCommand(owner: 1, amount: 1_00, purpose: .cash, beneficiary: 1)
        let refusals = [
            refusal { () throws(DomainRefusal) in _ = try ledger.use("R-1", uses) },
            refusal { () throws(DomainRefusal) in
                _ = try ledger.transfer("R-2", 1, out: true, region: "chengdu", amount: 1)
            },
            refusal { () throws(DomainRefusal) in _ = try ledger.deregister("R-3", 1, reason: "注销") },
            refusal { () throws(DomainRefusal) in
                _ = try ledger.inherit("R-4", from: 1, [], inCash: 0, reason: "继承")
            },
            refusal { () throws(DomainRefusal) in
                _ = try ledger.credit("R-5", CreditOrder(person: 1, kind: .refund(use: ""), amount: 1, reason: "退"))
            },
        ]
        for refusal in refusals {
            let rule = try #require(refusal).rule
            #expect(region == "chongqing" ? rule.hasPrefix("CQ-3") : rule.isEmpty, "\(refusal?.line ?? "")")
        }
    }

    @Test func `what was refused may be asked again under the same id`() throws {
        let ledger = try MemoryLedger()
        #expect((try? Self.credit(ledger, "R-1", 0)) == nil)
        #expect(try !Self.credit(ledger, "R-1", 5_00).isDuplicate)
        ledger.recordsLeft = 0
        #expect(refusal { () throws(DomainRefusal) in _ = try Self.credit(ledger, "R-2", 5_00) }?.code == .storeUnavailable)
        ledger.recordsLeft = 1
        #expect(try !Self.credit(ledger, "R-2", 5_00).isDuplicate)
        #expect(ledger.accounts.balance(of: 1) == 10_00)
    }

    @Test func `a closed account still answers for what was done`() throws {
        let ledger = try MemoryLedger()
        let first = try Self.credit(ledger, "R-1", 5_00)
        let rules = try ledger.chongqing
        func close() throws(DomainRefusal) -> (row: AccountRow, isDuplicate: Bool) {
            try ledger.perform(try AccountRequest("R-2") { $0.byte(2) }, of: 1) { () throws(DomainRefusal) in
                try ledger.accounts.deregister(1, reason: "注销", rules)
            }
        }
        let closing = try close()
        #expect(try close() == (closing.row, true))
        #expect(try Self.credit(ledger, "R-1", 5_00) == (first.row, true))
        #expect(refusal { () throws(DomainRefusal) in _ = try Self.credit(ledger, "R-3", 5_00) }?.code == .accountClosed)
    }

    @Test(arguments: ["", " ", "a b", "é", "结算", "a\n", String(repeating: "x", count: 65)])
    func `an id is 1 … 64 printable ASCII characters`(_ id: String) throws {
        #expect(refusal { () throws(DomainRefusal) in _ = try AccountRequest(id) { _ in } }?.code == .idInvalid)
    }

    @Test func `of more than 65,536 requests the newest half at least is known`() throws {
        let ledger = try MemoryLedger()
        for number in 0...AccountLimit.requestsMax { _ = try Self.credit(ledger, "R-\(number)", 1) }
        #expect(ledger.accounts.balance(of: 1) == Fen(AccountLimit.requestsMax + 1))
        #expect(try Self.credit(ledger, "R-\(AccountLimit.requestsMax / 2)", 1).isDuplicate)
        #expect(try Self.credit(ledger, "R-\(AccountLimit.requestsMax)", 1).isDuplicate)
        #expect(try ledger.accounts.reread().snapshots == ledger.accounts.snapshots)
    }

    @Test func `CQ-32: an account is opened once, whatever the id of the second time`() throws {
        let ledger = try Self.registered()
        func open(_ id: String, _ amount: Fen) throws(DomainRefusal) -> AccountRow {
            try ledger.credit(
                id, CreditOrder(person: 1, kind: .other(.openingBalance), amount: amount, reason: "brought"))
        }
        let row = try open("o1", 500_00)
        let refused = refusal { () throws(DomainRefusal) in _ = try open("o2", 500_00) }
        #expect(refused?.code == .recordConflict && refused?.field == "kind" && refused?.rule == "CQ-32")
        #expect(try open("o1", 500_00) == row, "the same request again is no second one")
        #expect(ledger.accounts.balance(of: 1) == 500_00)
        // What was too little is corrected; and both the journal and a snapshot know that it is opened.
        _ = try ledger.credit(
            "c1", CreditOrder(person: 1, kind: .other(.correction), amount: 1, reason: "补记"))
        for book in [ledger.replayed(), try ledger.accounts.reread()] {
            let again = refusal { () throws(DomainRefusal) in
                _ = try book.credit(1, .openingBalance, reason: "brought", to: 1)
            }
            #expect(again?.code == .recordConflict)
        }
    }

    @Test func `CQ-31: what was credited by mistake is taken back, never more than there is`() throws {
        let ledger = try Self.registered()
        func correct(_ id: String, _ amount: Fen) throws(DomainRefusal) {
            _ = try ledger.credit(id, CreditOrder(person: 1, kind: .other(.correction), amount: amount, reason: "多记"))
        }
        #expect(refusal { () throws(DomainRefusal) in try correct("k0", -1) }?.code == .accountUnknown)
        try correct("k1", 100_00)
        try correct("k2", -30_00)
        #expect(ledger.accounts.balance(of: 1) == 70_00)
        try correct("k2", -30_00)
        #expect(ledger.accounts.balance(of: 1) == 70_00, "the same request is done once")
        #expect(refusal { () throws(DomainRefusal) in try correct("k3", -70_01) }?.code == .amountOutOfRange)
        try correct("k4", -70_00)
        #expect(ledger.accounts.balance(of: 1) == 0)
        let other = refusal { () throws(DomainRefusal) in
            _ = try ledger.credit("k5", CreditOrder(person: 1, kind: .other(.refund), amount: -1, reason: "x"))
        }
        #expect(other?.code == .amountOutOfRange)
        #expect(ledger.replayed().snapshots == ledger.accounts.snapshots)
        let statement = try ledger.statement(StatementQuery(owner: 1))
        #expect(statement.credits == 100_00 && statement.uses == 100_00 && statement.closing == 0)
    }
}
