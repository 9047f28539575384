import LedgerFormat
import LedgerIndex
import Policy
import Records
import Registry
import Settlement
import Text

extension Ledger {
    /// Books a second-round payment of a year-end run (rule SY-4), owed to the person; below 0 it is an overpayment
    /// found by a later fact, to be recovered.
    ///
    /// Posting the same payment of the same run again changes nothing. The caller fills in the run's result; the
    /// round's number, links, position and time are filled in by the ledger.
    /// - Parameter end: the last block that the run read.
    package func post(
        _ payment: SecondRoundPayment, readThrough end: UInt64
    ) throws(DomainRefusal) -> AdjustmentPosting {
        try ready()
        guard payment.isConserving, payment.takesBack == .none, payment.amount != 0 else {
            throw DomainRefusal(
                .factInvalid, "second_round", payment.id, rule: "G-7", "fund, cash and recoverable do not add up")
        }
        let earlier = try secondRounds(of: payment.id, payment.settlement)
        if earlier.contains(where: { $0.run == payment.run && $0.takesBack == .none }) { return .duplicate }
        do throws(LedgerDamage) { try load(payment.settlement, into: other) } catch { throw Self.unreadable(error) }
        guard other.idText == payment.id, other.person == payment.person, other.year == payment.year,
            let layout = books.layouts[payment.pack],
            let yearIndex = books.years.find(payment.person, payment.year, region: layout.region)
        else {
            throw DomainRefusal(
                .recordConflict, "second_round", payment.id, rule: "SY-4",
                "it is about another settlement, or its person's year is of another region")
        }
        try requireServed(layout, "second_round", payment.id, rule: "SY-4")
        guard try isAsRead(yearIndex, run: payment.run, through: end),
            try reversal(of: other.id, payment.settlement) == nil
        else { return .movedOn }
        var payment = payment
        payment.round = (earlier.map(\.round).max() ?? 0) + 1
        record(payment, layout)
        return .posted
    }

    /// The second-round entries of a settlement, entries that take one back included, the oldest first.
    package func secondRounds(
        of id: String, _ settlement: Position
    ) throws(DomainRefusal) -> [SecondRoundPayment] {
        try booked(under: books.secondRoundKey(id)).compactMap { row in
            guard case .secondRound(let payment) = row, payment.settlement == settlement else { return nil }
            return payment
        }
    }

    /// Takes back the settlement's latest second-round entry in force (rule SY-4); a repeated request returns the
    /// recorded entry, with `isDuplicate`.
    package func takeBackRound(
        _ id: UnsafeRawBufferPointer, round: UInt32, reason: String
    ) throws(DomainRefusal) -> (payment: SecondRoundPayment, isDuplicate: Bool) {
        try ready()
        let position = try load(id)
        let text = entry.idText
        let entries = try secondRounds(of: text, position)
        if let done = entries.first(where: { $0.takesBack != .none && $0.round == round }) { return (done, true) }
        try Self.check(reason: reason)
        let standing = entries.standing
        guard let last = standing.last, standing.contains(where: { $0.round == round }) else {
            let known = standing.isEmpty ? "it has none that stands" : "those that stand are \(Self.list(standing))"
            throw DomainRefusal(
                .recordUnknown, "round", "\(round)", rule: "SY-4",
                "settlement \(text) has no second-round entry of this number: \(known)")
        }
        guard last.round == round else {
            throw DomainRefusal(
                .laterSettlementStands, "round", "\(round)", rule: "SY-4",
                "a later second-round entry of settlement \(text) stands: take back round \(last.round) first")
        }
        guard let layout = books.layouts[last.pack] else {
            throw DomainRefusal(
                .recordConflict, "settlement_id", text,
                "the settlement's pack is not kept: the ledger does not verify")
        }
        try requireServed(layout, "settlement_id", text, rule: "SY-4")
        var back = last
        back.takesBack = last.position
        back.fund.amount = -last.amount
        back.cash = -last.cash
        back.recoverable = -last.recoverable
        back.reason = reason
        return (record(back, layout), false)
    }

    @discardableResult
    private func record(_ payment: SecondRoundPayment, _ layout: Layouts.Layout) -> SecondRoundPayment {
        var payment = payment
        if let yearIndex = books.years.find(payment.person, payment.year, region: layout.region) {
            payment.previousRecord = books.years.years[yearIndex].lastRecord
        }
        payment.paidAt = journal.time
        payment.position = journal.nextPosition
        journal.append { payment.write(to: &$0) }
        books.book(payment.person, payment.year, layout, record: payment.position)
        books.file(payment)
        books.payees.add(payment)
        return payment
    }

    /// "1 (150.00 yuan), 2 (37.50 yuan)".
    static func list(_ payments: [SecondRoundPayment]) -> String {
        payments.map { "\($0.round) (\(MoneyText.yuan($0.amount)) yuan)" }.joined(separator: ", ")
    }
}

extension Books {
    /// Applies a second-round entry that was read from the journal.
    func apply(_ payment: SecondRoundPayment, _ replay: Replay) throws(LedgerDamage) {
        guard let layout = layouts[payment.pack] else {
            throw .row(payment.position, "names a pack that is not kept")
        }
        if !replay.has(payment.person, payment.position) {
            book(payment.person, payment.year, layout, record: payment.position)
        }
        file(payment)
        if !replay.hasTotals(payment.position) { payees.add(payment) }
    }

    /// Adds the payment to the index of ids under its settlement's id, and to the lists' figures.
    func file(_ payment: SecondRoundPayment) {
        insert(secondRoundKey(payment.id), payment.position)
        visits?.append(
            VisitChange(
                position: payment.position, settlement: payment.settlement, isReversal: false, funds: [payment.fund]))
    }
}
