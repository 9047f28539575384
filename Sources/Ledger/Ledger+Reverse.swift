import Accounts
import Registry
import Settlement

extension Ledger {
    /// Takes a settlement back (撤销/冲正, rule G-12); `reversal` then says what was given back.
    ///
    /// Refused while a later settlement of the same person and year stands, and where the year's end adjusted it.
    /// A settlement that was reversed already gives what was recorded then.
    package func reverse(_ id: UnsafeRawBufferPointer, reason: String) throws(DomainRefusal) {
        try ready()
        let position = try get(id)
        if try readReversal(of: id, position) {
            reversal.isDuplicate = true
            return
        }
        guard reason.utf8.count <= ReversalRow.reasonBytesMax else {
            throw DomainRefusal(
                .factInvalid, "reason", "\(reason.utf8.count) bytes",
                "a reason has at most \(ReversalRow.reasonBytesMax) bytes")
        }
        guard let layout = books.layouts[entry.pack],
            let place = books.years.find(entry.person, entry.year, region: layout.region)
        else {
            throw DomainRefusal(
                .recordConflict, "settlement_id", entry.idText,
                "the settlement's region is not served here: add its policy pack")
        }
        if let adjustment = try adjustments(of: entry.idText, position).last {
            throw DomainRefusal(
                .laterSettlementStands, "settlement_id", entry.idText, rule: "G-13",
                "the year's end booked adjustment \(adjustment.position.number) on it: correct the facts, and let the "
                    + "next year-end run book the difference")
        }
        let last = books.years.years[place].lastStanding
        guard last == position else { throw try laterStands(last) }
        record(reason, layout, place: place)
    }

    private func laterStands(_ last: Position) throws(DomainRefusal) -> DomainRefusal {
        let id = entry.idText
        do throws(LedgerDamage) { try load(last, into: other) } catch { throw Self.unreadable(error) }
        return DomainRefusal(
            .laterSettlementStands, "settlement_id", id, rule: "G-12",
            "a later settlement of the same person and year stands: reverse \(other.idText) first")
    }

    private func record(_ reason: String, _ layout: Layouts.Layout, place: Int) {
        reversal.isDuplicate = false
        reversal.settlement = entry.position
        reversal.id = entry.idText
        reversal.person = entry.person
        reversal.institution = entry.institution
        reversal.year = entry.year
        reversal.pack = entry.pack
        reversal.reason = reason
        reversal.previousRecord = books.years.years[place].lastRecord
        reversal.reversedAt = journal.time
        reversal.position = journal.nextPosition
        reversal.accounts.removeAll(keepingCapacity: true)
        for index in 0..<entry.accountCount where entry.accounts[index].paid != 0 {
            var account = entry.accounts[index]
            account.previous = books.accounts.use(
                -account.paid, of: account.owner, at: reversal.position.number)
            account.balanceAfter = books.accounts.held(of: account.owner)
            reversal.accounts.append(account)
        }
        reversal.yearAfter = books.takeBackYear(entry, layout, place: place, record: reversal.position)
        books.moveRecognition(entry, isReversed: true)
        journal.append { ReversalRow.write(reversal, to: &$0) }
        books.file(reversal, of: entry, nil)
    }

    // MARK: Reversals by the settlement's id

    /// Where the settlement's reversal stands; nil: it was not reversed.
    func reversal(of id: UnsafeRawBufferPointer, _ settlement: Position) throws(DomainRefusal) -> Position? {
        try readReversal(of: id, settlement) ? reversal.position : nil
    }

    /// Reads the settlement's reversal into `reversal`; false: there is none.
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
        try journal.read(position) { row, time throws(LedgerDamage) in
            do { try ReversalRow.read(row, into: reversal) } catch {
                throw LedgerDamage.row(position, "is no reversal")
            }
            reversal.position = position
            reversal.reversedAt = time
            reversal.isDuplicate = false
        }
    }
}
