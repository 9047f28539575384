import Records
import Registry
import Settlement

/// Decisions about accounts: a request is checked against the book, and becomes events or is refused.
extension AccountBook {
    /// The event that changes the present account by `amount`.
    func event(_ owner: UInt64, _ movement: AccountMovement, _ amount: Fen) -> AccountEvent {
        let account = account(of: owner)
        return AccountEvent(
            owner: owner, movement, amount: amount, balance: (account?.balance ?? 0) + amount,
            previous: account?.lastPosition ?? 0)
    }

    // MARK: Credits

    /// Refuses a credit to a closed account, or above `AccountLimit.balanceMax`.
    func checkCredit(_ amount: Fen, to owner: UInt64) throws(DomainRefusal) {
        guard let account = account(of: owner) else { return }
        if account.status != .open { throw Self.closed(account.status, owner) }
        try checkRoom(amount, account.balance)
    }

    private func checkRoom(_ amount: Fen, _ balance: Fen) throws(DomainRefusal) {
        guard balance + amount <= AccountLimit.balanceMax else {
            throw DomainRefusal(
                .amountOutOfRange, "amount", "\(amount)", rule: "G-1",
                "an account holds at most \(AccountLimit.balanceMax) fen")
        }
    }

    static func checkAmount(_ amount: Fen) throws(DomainRefusal) {
        guard (1...AccountLimit.amountMax).contains(amount) else {
            throw DomainRefusal(
                .amountOutOfRange, "amount", "\(amount)", rule: "G-1",
                "an amount is 1 … \(AccountLimit.amountMax) fen")
        }
    }

    /// Credit of one person's month, by the rule or by the caller's amount; nil: credited with this amount before.
    package func monthlyCredit(
        _ month: CreditMonth, _ amount: Fen, _ basis: CreditBasis, to owner: UInt64
    ) throws(DomainRefusal) -> [AccountEvent] {
        if let had = credited(month, to: owner) { throw Self.otherCredit(month, had: had, now: amount) }
        try checkCredit(amount, to: owner)
        return [event(owner, .monthlyCredit(month, basis), amount)]
    }

    /// A credit other than a month's, with its reason; a correction may be negative.
    package func credit(
        _ amount: Fen, _ kind: OtherCredit, reason: String, to owner: UInt64
    ) throws(DomainRefusal) -> [AccountEvent] {
        if kind == .correction, amount < 0 { return try takeBack(amount.magnitude, reason: reason, of: owner) }
        try Self.checkAmount(amount)
        try Self.checkText(reason, "reason", needed: true)
        if kind == .openingBalance, hasOpening(owner) {
            throw DomainRefusal(
                .recordConflict, "kind", "opening_balance", rule: "CQ-32",
                "the account has its opening balance already, and is opened once: `Statement` shows it; credit what is "
                    + "missing as a correction")
        }
        try checkCredit(amount, to: owner)
        return [event(owner, .credit(kind, reason: reason), amount)]
    }

    /// Takes back a mistaken credit, limited to the balance, which is never below zero.
    private func takeBack(
        _ amount: UInt64, reason: String, of owner: UInt64
    ) throws(DomainRefusal) -> [AccountEvent] {
        let amount = Fen(clamping: amount)
        try Self.checkAmount(amount)
        try Self.checkText(reason, "reason", needed: true)
        guard let account = account(of: owner) else { throw Self.unknown("person", owner) }
        guard account.status == .open else { throw Self.closed(account.status, owner) }
        guard amount <= account.balance else {
            throw DomainRefusal(
                .amountOutOfRange, "amount", "\(-amount)", rule: "CQ-31",
                "the account has \(account.balance) fen, and no more can be taken back; what was spent of it is "
                    + "recovered from the person")
        }
        return [event(owner, .takenBack(reason: reason), -amount)]
    }

    // MARK: What ends an account (CQ-32)

    /// The balance moves to another pooling region (跨统筹地区转移); the account closes.
    package func transferOut(
        _ owner: UInt64, to region: String, _ rules: AccountRules
    ) throws(DomainRefusal) -> [AccountEvent] {
        try rules.allows("transfer", of: "account.carry_over", rule: "CQ-32")
        try Self.checkText(region, "region", needed: true)
        return [event(owner, .transferredOut(region: region), -(try leaving(owner)))]
    }

    /// A balance transferred from another pooling region; 0 fen is allowed and opens the account too.
    package func transferIn(
        _ amount: Fen, to owner: UInt64, from region: String, _ rules: AccountRules
    ) throws(DomainRefusal) -> [AccountEvent] {
        try rules.allows("transfer", of: "account.carry_over", rule: "CQ-32")
        try Self.checkText(region, "region", needed: true)
        if amount != 0 { try Self.checkAmount(amount) }
        if let account = account(of: owner) {
            // A person who moved away may return; one who died or was deregistered may not.
            guard account.status == .open || account.status == .transferredOut else {
                throw Self.closed(account.status, owner)
            }
            try checkRoom(amount, account.balance)
        }
        return [event(owner, .transferredIn(region: region), amount)]
    }

    /// The identity was deregistered (注销身份信息): the balance is paid out in cash, the one ground for it (CQ-31).
    package func deregister(
        _ owner: UInt64, reason: String, _ rules: AccountRules
    ) throws(DomainRefusal) -> [AccountEvent] {
        try rules.allows("deregistration", of: "account.cash.grounds", rule: "CQ-31")
        try Self.checkText(reason, "reason", needed: true)
        return [event(owner, .deregistered(reason: reason), -(try leaving(owner)))]
    }

    /// The balance goes to heirs (依法继承): to their accounts, the rest in cash, since the deceased is deregistered.
    ///
    /// The office decides the heirs and shares; the shares must add up to the balance exactly.
    package func inherit(
        from owner: UInt64, _ shares: [InheritedShare], inCash: Fen, reason: String, _ rules: AccountRules
    ) throws(DomainRefusal) -> [AccountEvent] {
        try rules.allows("inheritance", of: "account.carry_over", rule: "CQ-32")
        if inCash > 0 { try rules.allows("deregistration", of: "account.cash.grounds", rule: "CQ-31") }
        try Self.checkText(reason, "reason", needed: true)
        let balance = try leaving(owner)
        try checkShares(shares, inCash: inCash, balance: balance, of: owner)
        var events = [event(owner, .bequeathed(reason: reason), -balance)]
        for share in shares {
            guard let heir = account(of: share.heir) else { throw Self.unknown("heirs.person", share.heir) }
            if heir.status != .open { throw Self.closed(heir.status, share.heir, "heirs.person") }
            try checkRoom(share.amount, heir.balance)
            events.append(event(share.heir, .inherited(from: owner), share.amount))
        }
        return events
    }

    private func checkShares(
        _ shares: [InheritedShare], inCash: Fen, balance: Fen, of owner: UInt64
    ) throws(DomainRefusal) {
        guard shares.count <= AccountLimit.heirsMax else {
            throw DomainRefusal(
                .factInvalid, "heirs", "\(shares.count)", rule: "CQ-32",
                "an account has at most \(AccountLimit.heirsMax) heirs")
        }
        var heirs: Set<UInt64> = [owner]
        for share in shares {
            guard heirs.insert(share.heir).inserted else {
                throw DomainRefusal(
                    .factInvalid, "heirs.person", "\(share.heir)", rule: "CQ-32",
                    "every heir is named once, and is not the deceased")
            }
            guard (1...AccountLimit.balanceMax).contains(share.amount) else {
                throw DomainRefusal(
                    .amountOutOfRange, "heirs.amount", "\(share.amount)", rule: "G-1", "a share is 1 fen or more")
            }
        }
        guard inCash >= 0, inCash <= AccountLimit.balanceMax else {
            throw DomainRefusal(.amountOutOfRange, "in_cash", "\(inCash)", rule: "G-1", "an amount is 0 fen or more")
        }
        let sum = shares.reduce(inCash) { $0 + $1.amount }
        guard sum == balance else {
            throw DomainRefusal(
                .factInvalid, "heirs.amount", "\(sum)", rule: "CQ-32",
                "the shares and the cash come to \(sum) fen, the account has \(balance): they must be equal")
        }
    }

    /// The amount that leaves an account on closing: all of it. A closed account can be emptied again only of
    /// reversals' credits.
    private func leaving(_ owner: UInt64) throws(DomainRefusal) -> Fen {
        guard let account = account(of: owner) else { throw Self.unknown("person", owner) }
        if account.status != .open, account.balance == 0 { throw Self.closed(account.status, owner) }
        return account.balance
    }

    // MARK: Refusals

    static func checkText(_ text: String, _ field: String, needed: Bool) throws(DomainRefusal) {
        if text.utf8.count > AccountLimit.textBytesMax {
            throw DomainRefusal(
                .factInvalid, field, "\(text.utf8.count) bytes",
                "a text is at most \(AccountLimit.textBytesMax) bytes of UTF-8")
        }
        if needed, text.isEmpty {
            throw DomainRefusal(
                field == "reason" ? .reasonMissing : .factMissing, field, "", rule: "CQ-32", "say it: it is kept")
        }
    }

    static func unknown(_ field: String, _ owner: UInt64) -> DomainRefusal {
        DomainRefusal(
            .accountUnknown, field, "\(owner)", rule: "CQ-31",
            "this person has no account; one begins with the first credit")
    }

    static func closed(_ status: AccountStatus, _ owner: UInt64, _ field: String = "person") -> DomainRefusal {
        let (what, next) =
            switch status {
            case .transferredOut:
                ("was transferred to another region", "transfer the balance back in to open it again")
            case .bequeathed: ("was inherited", "it stays closed")
            case .deregistered, .open: ("was closed when the person was deregistered", "it stays closed")
            }
        return DomainRefusal(.accountClosed, field, "\(owner)", rule: "CQ-32", "the account \(what): \(next)")
    }

    static func otherCredit(_ month: CreditMonth, had: Fen, now: Fen) -> DomainRefusal {
        let sameAgain = had == now
        return DomainRefusal(
            .periodAlreadyCredited, "month", month.description, rule: "CQ-30",
            sameAgain
                ? "the month was credited already, with \(had) fen"
                : "the month was credited with \(had) fen, now it would be \(now): nothing was changed; "
                    + "credit what is missing as a correction")
    }
}

/// An heir's share of an account.
package struct InheritedShare: Equatable, Sendable {
    package var heir: UInt64
    /// Amount in fen, 1 or more.
    package var amount: Fen

    package init(heir: UInt64, amount: Fen) {
        self.heir = heir
        self.amount = amount
    }
}
