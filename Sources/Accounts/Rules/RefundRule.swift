import Records
import Registry
import Settlement

/// Refund of a use of an account (退费, CQ-31).
extension AccountLedger {
    /// Refunds `order.amount` of the use with request id `use`, at most its rest, so that an institution never gives
    /// back more than it received.
    ///
    /// The refund counts in the clearing of the use's institution, in the month of the refund.
    func refund(_ order: CreditOrder, of use: String) throws(DomainRefusal) -> [AccountEvent] {
        try AccountBook.checkAmount(order.amount)
        try AccountBook.checkText(order.reason, "reason", needed: true)
        guard !use.isEmpty else {
            throw DomainRefusal(
                .factMissing, "use", "", rule: "CQ-31",
                "a refund names the use that it gives back: its request id; money that belongs to no use here is a "
                    + "correction")
        }
        let (position, event) = try recordedUse(use, of: order.person)
        guard case .use(let purpose, _, let institution, let region) = event.movement else {
            throw DomainRefusal(
                .factInvalid, "use", use, rule: "CQ-31", "this request is no use of the account: name the use")
        }
        let left = -event.amount - (try refunded(position, of: order.person))
        guard order.amount <= left else {
            throw DomainRefusal(
                .amountOutOfRange, "amount", "\(order.amount)", rule: "CQ-31",
                "\(left) of the use's \(-event.amount) fen are left: give back at most that")
        }
        try accounts.checkCredit(order.amount, to: order.person)
        let movement = AccountMovement.refund(
            of: position, purpose, institution: institution,
            region: region.isEmpty ? facts.region(of: order.person, on: now.date) ?? "" : region,
            reason: order.reason)
        return [accounts.event(order.person, movement, order.amount)]
    }

    private func recordedUse(
        _ id: String, of owner: UInt64
    ) throws(DomainRefusal) -> (position: UInt64, event: AccountEvent) {
        for position in accounts.positions(ofRequest: AccountRequest(id: id, digest: 0).key, of: owner) {
            let row = try accountRow(at: position)
            if let event = row.events.first(where: { $0.owner == owner && $0.request?.id == id }) {
                return (position, event)
            }
        }
        throw DomainRefusal(
            .recordUnknown, "use", id, rule: "CQ-31", "the account has no use under this request id: correct it")
    }

    /// Amount of the use at `use` refunded so far, in fen.
    private func refunded(_ use: UInt64, of owner: UInt64) throws(DomainRefusal) -> Fen {
        var sum: Fen = 0
        for position in accounts.requests(of: owner, after: use) {
            for event in try accountRow(at: position).events where event.owner == owner {
                if case .refund(use, _, _, _, _) = event.movement { sum += event.amount }
            }
        }
        return sum
    }
}
