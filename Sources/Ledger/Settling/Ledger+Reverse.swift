import Accounts
import LedgerFormat
import Policy
import Records
import Registry
import Settlement
import Text

extension Ledger {
    /// Reverses a settlement (撤销/冲正, rule G-12), and returns the amounts given back.
    ///
    /// Refused while a later settlement of the same person and year stands, while it has second-round entries (SY-4),
    /// and where a recognition would have paid more than is due without it (YT-7). What the year's end booked on it is
    /// taken back along with it. A settlement that was reversed already gives what was recorded then.
    package func reverse(_ id: UnsafeRawBufferPointer, reason: String) throws(DomainRefusal) -> ReversedView {
        try ready()
        let position = try load(id)
        if try readReversal(of: id, position) {
            reversal.isDuplicate = true
            return ReversedView(self)
        }
        try Self.check(reason: reason)
        guard let layout = books.layouts[entry.pack],
            let yearIndex = books.years.find(entry.person, entry.year, region: layout.region)
        else {
            throw DomainRefusal(
                .recordConflict, "settlement_id", entry.idText,
                "the year that it was settled in is not there: the ledger does not verify")
        }
        try requireServed(layout, "settlement_id", entry.idText, rule: "G-12")
        let last = books.years.years[yearIndex].lastStanding
        guard last == position else { throw try laterStands(last) }
        let text = entry.idText
        let rounds = try secondRounds(of: text, position).standing
        if let round = rounds.last {
            throw DomainRefusal(
                .laterSettlementStands, "settlement_id", text, rule: "SY-4",
                "second-round entries of it stand, round \(Self.list(rounds)): take back round \(round.round) first")
        }
        let adjusted = ReversalEntry.Adjusted(try adjustments(of: text, position))
        try checkRecognition(adjusted)
        record(reason, adjusted, layout, at: yearIndex)
        counters.addReversed(entry.outcome, entry.claim.kind, region: layout.region)
        return ReversedView(self)
    }

    static func check(reason: String) throws(DomainRefusal) {
        guard reason.utf8.count <= ReversalRow.reasonBytesMax else {
            throw DomainRefusal(
                .factInvalid, "reason", "\(reason.utf8.count) bytes",
                "a reason has at most \(ReversalRow.reasonBytesMax) bytes")
        }
    }

    /// YT-7: refuses where a recognition's payments would not be due without the settlement in `entry`.
    private func checkRecognition(_ adjusted: ReversalEntry.Adjusted) throws(DomainRefusal) {
        guard let state = books.recognitions[entry.person] else { return }
        let recorded = books.counted(entry)
        let overpaid = state.overpaid(
            without: recorded.counted - adjusted.recognition.counted,
            part: recorded.part - adjusted.recognition.part, on: entry.claim.serviceDate)
        guard let recognition = overpaid else { return }
        throw DomainRefusal(
            .laterSettlementStands, "settlement_id", entry.idText, rule: "YT-7",
            "the recognition of \(recognition.recognised.description) paid \(MoneyText.yuan(recognition.paid)) yuan, "
                + "and without this settlement only \(MoneyText.yuan(recognition.entitled)) are due: take "
                + "the recognition of "
                + "\(recognition.year) back first")
    }

    private func laterStands(_ last: Position) throws(DomainRefusal) -> DomainRefusal {
        let id = entry.idText
        do throws(LedgerDamage) { try load(last, into: other) } catch { throw Self.unreadable(error) }
        return DomainRefusal(
            .laterSettlementStands, "settlement_id", id, rule: "G-12",
            "a later settlement of the same person and year stands: reverse \(other.idText) first")
    }

    private func record(
        _ reason: String, _ adjusted: ReversalEntry.Adjusted, _ layout: Layouts.Layout, at yearIndex: Int
    ) {
        reversal.isDuplicate = false
        reversal.settlement = entry.position
        reversal.id = entry.idText
        reversal.person = entry.person
        reversal.institution = entry.institution
        reversal.year = entry.year
        reversal.pack = entry.pack
        reversal.reason = reason
        reversal.previousRecord = books.years.years[yearIndex].lastRecord
        reversal.reversedAt = journal.time
        reversal.position = journal.nextPosition
        reversal.adjusted = adjusted
        giveBack(adjusted)
        reversal.yearAfter = books.takeBackYear(
            entry, adjusted, layout, at: yearIndex, record: reversal.position)
        books.takeBackRecognition(entry, adjusted)
        journal.append { ReversalRow.write(reversal, to: &$0) }
        books.file(reversal, of: entry, nil)
    }

    /// Gives each account the settlement's payment, less amounts already credited back by adjustments.
    private func giveBack(_ adjusted: ReversalEntry.Adjusted) {
        reversal.accounts.removeAll(keepingCapacity: true)
        for index in 0..<entry.accountCount where entry.accounts[index].paid != 0 {
            var account = entry.accounts[index]
            for given in adjusted.accounts where given.owner == account.owner { account.paid -= given.paid }
            if account.paid == 0 { continue }
            account.previous = books.accounts.use(
                -account.paid, of: account.owner, at: reversal.position.number)
            account.balanceAfter = books.accounts.held(of: account.owner)
            reversal.accounts.append(account)
        }
    }

    // MARK: Reversals by the settlement's id

    /// Position of the settlement's reversal; nil: not reversed.
    func reversal(of id: UnsafeRawBufferPointer, _ settlement: Position) throws(DomainRefusal) -> Position? {
        try readReversal(of: id, settlement) ? reversal.position : nil
    }

    /// Reads the settlement's reversal into `reversal`; false: not reversed.
    func readReversal(of id: UnsafeRawBufferPointer, _ settlement: Position) throws(DomainRefusal) -> Bool {
        let key = Books.reversalKey(books.key(id))
        var isFound = false
        try eachRecord(under: key) { position throws(LedgerDamage) in
            try load(position, into: reversal)
            isFound = reversal.settlement == settlement
            return !isFound
        }
        return isFound
    }

    func load(_ position: Position, into reversal: ReversalEntry) throws(LedgerDamage) {
        try journal.load(position, into: reversal)
    }
}
