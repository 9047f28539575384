import Policy
import Records
import Registry
import Settlement

/// A caller's request to credit one account.
package struct CreditOrder: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// A month's credit; an amount of 0: by the rule.
        case monthly(CreditMonth)
        case other(OtherCredit)
        /// A refund of a use of the account, whole or in part (退费), by the use's request id.
        case refund(use: String)
    }
    package var person: UInt64
    package var kind: Kind
    /// In fen.
    package var amount: Fen
    package var reason: String

    package init(person: UInt64, kind: Kind, amount: Fen = 0, reason: String = "") {
        self.person = person
        self.kind = kind
        self.amount = amount
        self.reason = reason
    }
}

/// Callers' requests, each executed once under its id.
///
/// The answer is the row of the journal; a repeated request gets the same row.
extension AccountLedger {
    package func credit(_ id: String, _ order: CreditOrder) throws(DomainRefusal) -> AccountRow {
        let request = try AccountRequest(id) { writer in
            writer.byte(OrderCode.credit)
            writer.number(order.person)
            switch order.kind {
            case .monthly(let month): writer.number(UInt64(month.index) << 8)
            case .other(let kind): writer.number(UInt64(kind.rawValue))
            case .refund(let use):
                writer.number(UInt64(OtherCredit.refund.rawValue))
                // Older clients' refunds name no use.
                if !use.isEmpty { writer.text(use) }
            }
            writer.signed(order.amount)
            writer.text(order.reason)
        }
        return try perform(request, of: order.person) { () throws(DomainRefusal) in
            let rules = try self.rules(of: order.person)
            switch order.kind {
            case .monthly(let month):
                try month.check(notAfter: self.now.date)
                let (amount, basis) = try self.month(month, of: order, rules)
                return try self.accounts.monthlyCredit(month, amount, basis, to: order.person)
            case .other(let kind):
                return try self.accounts.credit(order.amount, kind, reason: order.reason, to: order.person)
            case .refund(let use): return try self.refund(order, of: use)
            }
        }.row
    }

    /// The amount of a month's credit: by the rule, or the caller's where the documents have no rule.
    private func month(
        _ month: CreditMonth, of order: CreditOrder, _ rules: AccountRules
    ) throws(DomainRefusal) -> (Fen, CreditBasis) {
        let rule: CreditRule
        do throws(DomainRefusal) {
            rule = try CreditRule(rules, month: month)
        } catch {
            guard error.code == .noRule, order.amount != 0 else { throw error }
            try AccountBook.checkAmount(order.amount)
            return (order.amount, .given)
        }
        switch try rule.decide(facts.creditFacts(of: order.person, on: month.firstDay)) {
        case .credit(let amount, let basis):
            guard order.amount == 0 || order.amount == amount else {
                throw DomainRefusal(
                    .factInvalid, "amount", "\(order.amount)", rule: "CQ-30",
                    "the rule says \(amount) fen for \(month.description): leave the amount out")
            }
            return (amount, basis)
        case .none(let reason):
            throw DomainRefusal(
                .notEntitled, "person", "\(order.person)", rule: reason == .membership ? "I-24" : "CQ-30",
                "the rule credits nothing for \(month.description): \(reason.words)")
        }
    }

    package func use(_ id: String, _ command: UseCommand) throws(DomainRefusal) -> AccountRow {
        let request = try AccountRequest(id) { writer in
            writer.byte(OrderCode.use)
            writer.number(command.owner)
            writer.signed(command.amount)
            writer.byte(command.purpose.rawValue)
            writer.number(command.beneficiary)
            writer.text(command.institution)
        }
        return try perform(request, of: command.owner) { () throws(DomainRefusal) in
            let day = self.now.date
            let region = self.facts.region(of: command.owner, on: day) ?? ""
            let facts = UseFacts(
                beneficiary: self.facts.beneficiary(command.beneficiary, of: command.owner, on: day),
                isRetired: self.facts.isRetired(command.owner, on: day),
                institution: self.facts.institution(command.institution, on: day))
            return try self.accounts.use(command, facts, try self.rules(of: command.owner), region: region)
        }.row
    }

    /// Transfers the whole balance to another pooling region, or `amount` from one.
    package func transfer(
        _ id: String, _ person: UInt64, out: Bool, region: String, amount: Fen
    ) throws(DomainRefusal) -> AccountRow {
        let request = try AccountRequest(id) { writer in
            writer.byte(OrderCode.transfer)
            writer.number(person)
            writer.flag(out)
            writer.text(region)
            writer.signed(amount)
        }
        return try perform(request, of: person) { () throws(DomainRefusal) in
            let rules = try self.rules(of: person)
            guard out else { return try self.accounts.transferIn(amount, to: person, from: region, rules) }
            guard amount == 0 else {
                throw DomainRefusal(
                    .factInvalid, "amount", "\(amount)", rule: "CQ-32",
                    "the whole balance moves along: leave the amount out")
            }
            return try self.accounts.transferOut(person, to: region, rules)
        }.row
    }

    package func inherit(
        _ id: String, from person: UInt64, _ shares: [InheritedShare], inCash: Fen, reason: String
    ) throws(DomainRefusal) -> AccountRow {
        let request = try AccountRequest(id) { writer in
            writer.byte(OrderCode.inherit)
            writer.number(person)
            writer.number(shares.count)
            for share in shares {
                writer.number(share.heir)
                writer.signed(share.amount)
            }
            writer.signed(inCash)
            writer.text(reason)
        }
        return try perform(request, of: person) { () throws(DomainRefusal) in
            let rules = try self.rules(of: person)
            guard self.facts.departure(of: person, on: self.now.date) == .death else {
                throw DomainRefusal(
                    .factMissing, "person", "\(person)", rule: "CQ-32",
                    "an account is inherited after its owner's death: register the death first")
            }
            return try self.accounts.inherit(from: person, shares, inCash: inCash, reason: reason, rules)
        }.row
    }

    package func deregister(_ id: String, _ person: UInt64, reason: String) throws(DomainRefusal) -> AccountRow {
        let request = try AccountRequest(id) { writer in
            writer.byte(OrderCode.deregister)
            writer.number(person)
            writer.text(reason)
        }
        return try perform(request, of: person) { () throws(DomainRefusal) in
            let rules = try self.rules(of: person)
            guard self.facts.departure(of: person, on: self.now.date) != .none else {
                throw DomainRefusal(
                    .purposeNotAllowed, "person", "\(person)", rule: "CQ-31",
                    "cash is paid out on deregistration only: register the person's deregistration first")
            }
            return try self.accounts.deregister(person, reason: reason, rules)
        }.row
    }

    /// The account; nil: the person has none yet.
    package func account(of person: UInt64) throws(DomainRefusal) -> AccountView? {
        try readyToRead()
        if let account = accounts.account(of: person) { return account }
        guard facts.region(of: person, on: now.date) != nil else { throw unknown(person) }
        return nil
    }

    /// The rules of the region in which the person is registered today.
    func rules(of person: UInt64) throws(DomainRefusal) -> AccountRules {
        guard let region = facts.region(of: person, on: now.date) else { throw unknown(person) }
        return try rules(inRegion: region)
    }

    func rules(inRegion region: String) throws(DomainRefusal) -> AccountRules {
        if let pack = facts.library[region] { return AccountRules(pack) }
        throw DomainRefusal(.noRule, "region", region, "there is no policy pack of this region: add one")
    }

    private func unknown(_ person: UInt64) -> DomainRefusal {
        DomainRefusal(.personUnknown, "person", "\(person)", "register the person first")
    }
}

/// First byte of a request's content; must not change, because digests are stored.
private enum OrderCode {
    static var credit: UInt8 { 1 }
    static var use: UInt8 { 2 }
    static var transfer: UInt8 { 3 }
    static var inherit: UInt8 { 4 }
    static var deregister: UInt8 { 5 }
}

extension NoCredit {
    var words: String {
        switch self {
        case .notEmployee: "residents have no personal account"
        case .notCovered: "the person was not insured on the month's first day"
        case .membership: "individuals in tier 1 get no credit"
        }
    }
}
