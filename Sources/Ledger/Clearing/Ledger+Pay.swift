import LedgerFormat
import LedgerIndex
import Records
import Registry
import Settlement

/// An order to mark entries as handed over for payment: all of the list that pass the filter.
package struct PaymentOrder: Equatable, Sendable {
    /// The caller's id of the batch: 1 … 64 printable ASCII characters.
    package var id: String
    package var day: CalendarDate
    package var list: PaymentBatch.List
    /// YYYYMM.
    package var month: Int32
    package var filter = ClearingFilter()
    /// Skips entries already handed over; otherwise such an entry refuses the whole order.
    package var isRest = false
    /// The total of the caller's list, in fen; nil: not checked.
    package var expected: Fen?

    package init(_ id: String, day: CalendarDate, _ list: PaymentBatch.List, month: Int32) {
        self.id = id
        self.day = day
        self.list = list
        self.month = month
    }

    /// Digest of the whole order, which recognises a repeated request.
    var digest: UInt64 {
        var writer = ByteWriter(capacity: 256)
        writer.date(day)
        writer.byte(list.rawValue)
        writer.signed(Int64(month))
        writer.text(filter.region)
        writer.number(UInt64(filter.institution ?? 0))
        writer.text(filter.fund)
        writer.number(filter.person)
        writer.flag(isRest)
        if !filter.area.isEmpty { writer.text(filter.area) }
        return sipHash128(writer.bytes, key: (0, 0)).high
    }
}

extension Ledger {
    /// Marks entries as handed over for payment (G-18): no later list has them. An amount taken back later is listed as
    /// a negative amount, in the month of taking it back.
    ///
    /// Idempotent: the same batch again changes nothing and gets the same answer; another one under its id is refused.
    /// - Throws: `DomainRefusal` where an entry was handed over before (it names the batch), where the institutions'
    ///   month is not over, or where the total differs from the caller's.
    package func pay(_ order: PaymentOrder) throws(DomainRefusal) -> (batch: PaymentBatch, wasPaidBefore: Bool) {
        try ready()
        try Self.checkBatch(order.id)
        if let batch = books.payees.batches[order.id] {
            guard batch.digest == order.digest else {
                throw DomainRefusal(
                    .idReusedWithOtherContent, "batch", order.id,
                    "this batch was handed over on \(batch.day.description) with other content: take a new id")
            }
            return (batch, true)
        }
        try Self.check(month: order.month)
        try check(order)
        var batch = PaymentBatch(id: order.id, day: order.day, list: order.list, month: order.month)
        batch.digest = order.digest
        var row = PaymentRow(batch)
        switch order.list {
        case .institutions: try collectLines(order, into: &row)
        case .persons: try collectEntries(order, into: &row)
        }
        row.batch.count = row.lines.count + row.entries.count
        try check(row, order)
        row.batch.recorded = journal.time
        row.batch.position = journal.nextPosition
        journal.append { row.write(to: &$0) }
        precondition(books.payees.add(row), "what is marked was just found to be owed")
        return (row.batch, false)
    }

    /// Whether a batch of this id was handed over, with whatever content.
    package func hasBatch(_ id: String) -> Bool { books.payees.batches[id] != nil }

    /// A page of the batches after a position, in order; `next` is the cursor of the following page, 0: this is the
    /// last.
    package func batches(after: UInt64, limit: Int) throws(DomainRefusal) -> (batches: [PaymentBatch], next: UInt64) {
        try readyToRead()
        let left = books.payees.batches.all.drop { $0.position.number <= after }
        let part = Array(left.prefix(limit))
        return (part, part.count < left.count ? part.last?.position.number ?? 0 : 0)
    }

    private static func checkBatch(_ id: String) throws(DomainRefusal) {
        guard (1...SettlementEntry.idBytesMax).contains(id.utf8.count), id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw DomainRefusal(
                .idInvalid, "batch", "",
                "a batch's id has 1 … \(SettlementEntry.idBytesMax) printable ASCII characters without blanks")
        }
    }

    private func check(_ order: PaymentOrder) throws(DomainRefusal) {
        guard order.day.exists else {
            throw DomainRefusal(.dateInvalid, "day", "\(order.day.number)", rule: "G-18", "write the day as 20240710")
        }
        guard order.day <= now.date else {
            throw DomainRefusal(
                .dateInFuture, "day", order.day.description, rule: "G-16",
                "today is \(now.date.description): mark what was handed over, not what will be")
        }
        guard order.list == .persons || isOver(month: order.month) else {
            throw DomainRefusal(
                .wrongStep, "month", "\(order.month)", rule: "YE-3",
                "the month is not over, and what is owed for it may change: hand it over when it is")
        }
    }

    private func check(_ row: PaymentRow, _ order: PaymentOrder) throws(DomainRefusal) {
        guard row.batch.count > 0 else {
            throw DomainRefusal(
                .recordUnknown, "month", "\(order.month)", rule: "G-18",
                order.isRest ? "nothing of it is left to hand over" : "nothing is owed there: see the list")
        }
        guard row.batch.count <= PaymentRow.countMax else {
            throw DomainRefusal(
                .factInvalid, "batch", "\(row.batch.count) entries", rule: "G-18",
                "a batch has at most \(PaymentRow.countMax): hand over by region, institution or fund")
        }
        if let expected = order.expected, expected != row.batch.total {
            throw DomainRefusal(
                .recordConflict, "expected", "\(expected)", rule: "G-18",
                "what is owed comes to \(row.batch.total) fen: look at the list again; nothing was marked")
        }
    }

    private func paidBefore(_ what: String, _ value: String, _ number: UInt32) -> DomainRefusal {
        let batch = books.payees.batches[number]
        return DomainRefusal(
            .recordConflict, what, value, rule: "G-18",
            "it was handed over in batch \(batch?.id ?? "") on \(batch?.day.description ?? ""): "
                + "ask for the rest only; nothing was marked")
    }

    private func collectLines(_ order: PaymentOrder, into row: inout PaymentRow) throws(DomainRefusal) {
        let months = books.payees.months
        for index in clearingCells(order.month, order.filter) {
            let cell = months.cells[index]
            let region = months.funds.regions[Int(cell.key.region)]
            for fund in cell.owed.indices where order.filter.fund.isEmpty || region.funds[fund] == order.filter.fund {
                guard cell.owed[fund] != 0 else { continue }
                guard cell.batch(fund) == 0 else {
                    if order.isRest { continue }
                    throw paidBefore(
                        "institution", registry.institutions[cell.key.institution]?.code ?? "", cell.batch(fund))
                }
                row.lines.append(
                    PaymentRow.Line(
                        institution: cell.key.institution, region: region.name, serviceYear: cell.key.serviceYear,
                        fund: region.funds[fund], amount: cell.owed[fund]))
                row.batch.total += cell.owed[fund]
            }
        }
    }

    private func collectEntries(_ order: PaymentOrder, into row: inout PaymentRow) throws(DomainRefusal) {
        let book = books.payees.owed
        for index in book.indexes(ofMonth: order.month).joined() where matches(book.entries[index], order.filter) {
            let entry = book.entries[index]
            guard entry.batch == 0 else {
                if order.isRest { continue }
                throw paidBefore("sequence", "\(entry.position)", entry.batch)
            }
            row.entries.append(
                PaymentRow.Entry(
                    position: entry.position, toPerson: entry.toPerson, toAccounts: entry.toAccounts))
            row.batch.total += entry.toPerson + entry.toAccounts
        }
    }
}
