import Accounts
import Records
import Registry
import Settlement
import Testing

/// CQ-31: what an account may pay outside settlements, and for whom.
@Suite struct `Using an account` {
    static func ledger(balance: Fen = 500_00) throws -> MemoryLedger {
        let ledger = try MemoryLedger()
        try ledger.record(try ledger.accounts.credit(balance, .openingBalance, reason: "历年结余", to: 1))
        return ledger
    }

    static func refused(
        _ purpose: UsePurpose, _ facts: UseFacts, amount: Fen = 69_00, region: String = "chongqing"
    ) throws -> DomainRefusal? {
        let ledger = try ledger()
        let rules = try ledger.rules(region)
        let command = UseCommand(
            owner: 1, amount: amount, purpose: purpose, beneficiary: facts.beneficiary == .own ? 1 : 2, institution: "H1")
        let result = refusal { () throws(DomainRefusal) in
            try ledger.record(try ledger.accounts.use(command, facts, rules))
        }
        #expect(ledger.accounts.balance(of: 1) == (result == nil ? 500_00 - amount : 500_00))
        return result
    }

    static let family: [UseFacts.Beneficiary] = [.own, .spouse, .parent, .child]

    static let allowed: [(UsePurpose, [UseFacts.Beneficiary], UseFacts.Institution)] = [
        (.institution, family, .medical), (.pharmacy, family, .pharmacy), (.residentPremium, family, .none),
        (.longTermCarePremium, family, .none), (.governmentPremium, family, .none),
        (.yukuaibaoPremium, family + [.other], .none),
    ]

    @Test(arguments: allowed) func `CQ-31: the account pays for the owner and the family`(
        _ purpose: UsePurpose, _ for: [UseFacts.Beneficiary], _ institution: UseFacts.Institution
    ) throws {
        for beneficiary in `for` {
            #expect(try Self.refused(purpose, UseFacts(beneficiary: beneficiary, institution: institution)) == nil)
        }
        if !`for`.contains(.other) {
            let refused = try Self.refused(purpose, UseFacts(beneficiary: .other, institution: institution))
            #expect(refused?.code == .relationNotRegistered && refused?.field == "beneficiary")
        }
    }

    @Test func `CQ-31: the large-amount premium is the retired owner's own only`() throws {
        #expect(try Self.refused(.largeAmountPremium, UseFacts(isRetired: true)) == nil)
        let active = try #require(try Self.refused(.largeAmountPremium, UseFacts()))
        #expect(active.code == .purposeNotAllowed && active.message.contains("退休人员本人的职工大额医疗互助保险缴费"))
        for beneficiary in [UseFacts.Beneficiary.spouse, .child, .other] {
            let facts = UseFacts(beneficiary: beneficiary, isRetired: true)
            #expect(try Self.refused(.largeAmountPremium, facts)?.code == .purposeNotAllowed)
        }
    }

    @Test(arguments: [UsePurpose.publicHealth, .fitness, .wellness])
    func `CQ-31: public health, fitness and wellness are refused in the source's words`(_ purpose: UsePurpose) throws {
        let refused = try #require(try Self.refused(purpose, UseFacts(institution: .medical)))
        #expect(refused.code == .purposeNotAllowed && refused.rule == "CQ-31" && refused.value == purpose.name)
        #expect(refused.message.contains("003 实施细则第十条: 个人账户不得用于公共卫生费用、体育健身或养生保健消费等"))
    }

    @Test func `CQ-31: no cash`() throws {
        let refused = try #require(try Self.refused(.cash, UseFacts()))
        #expect(refused.code == .purposeNotAllowed && refused.message.contains("个人账户资金原则上不得提取现金"))
    }

    @Test func `CQ-31: the money goes to a designated institution of the right kind`() throws {
        func code(_ purpose: UsePurpose, _ institution: UseFacts.Institution) throws -> DomainCode? {
            try Self.refused(purpose, UseFacts(institution: institution))?.code
        }
        #expect(try code(.institution, .pharmacy) == .institutionNotDesignated)
        #expect(try code(.institution, .notDesignated) == .institutionNotDesignated)
        #expect(try code(.institution, .none) == .factMissing)
        #expect(try code(.institution, .unknown) == .institutionUnknown)
        #expect(try code(.pharmacy, .medical) == .institutionNotDesignated)
        #expect(try code(.pharmacy, .none) == .factMissing)
        #expect(try code(.residentPremium, .unknown) == .institutionUnknown)
        #expect(try code(.residentPremium, .medical) == nil)
    }

    @Test func `CQ-31: other regions' documents say nothing of it`() throws {
        for purpose in UsePurpose.allCases {
            #expect(try Self.refused(purpose, UseFacts(), region: "yantai")?.code == .noRule)
        }
    }

    @Test func `CQ-31: never more than there is, to the fen`() throws {
        #expect(try Self.refused(.yukuaibaoPremium, UseFacts(), amount: 500_00) == nil)
        let refused = try #require(try Self.refused(.yukuaibaoPremium, UseFacts(), amount: 500_01))
        #expect(refused.code == .balanceTooLow && refused.message.contains("50000 fen"))
        for amount in [0, -1, Fen.min, 1_000_000_000_001, Fen.max] {
            #expect(try Self.refused(.yukuaibaoPremium, UseFacts(), amount: amount)?.code == .amountOutOfRange)
        }
    }

    @Test func `CQ-31: an account that never had money is unknown`() throws {
        let ledger = try MemoryLedger()
        let rules = try ledger.chongqing
        let command = UseCommand(owner: 9, amount: 1, purpose: .yukuaibaoPremium, beneficiary: 9)
        let refused = refusal { () throws(DomainRefusal) in _ = try ledger.accounts.use(command, UseFacts(), rules) }
        #expect(refused?.code == .accountUnknown)
        #expect(ledger.accounts.balance(of: 9) == 0 && ledger.accounts.count == 0)
    }

    @Test func `003-1, CQ-30, CQ-31: twelve credits and the year's use leave what the source says`() throws {
        let ledger = try MemoryLedger()
        let retired = CreditFacts(
            person: 1, insurance: .employee, membership: .employer, status: .retired, birthMonth: 1962_01)
        for number in Int32(1)...12 {
            _ = try credit(ledger, [retired], 2024_00 + number)
        }
        #expect(ledger.settle("S1", 910_00, of: 1) == 910_00)
        #expect(ledger.accounts.balance(of: 1) == 350_00)
    }

    private func credit(_ ledger: MemoryLedger, _ facts: [CreditFacts], _ yearMonth: Int32) throws -> CreditSums {
        try CreditRun.run(try CreditRule(try ledger.chongqing, month: month(yearMonth)), facts, on: ledger) { _ in }
    }
}
