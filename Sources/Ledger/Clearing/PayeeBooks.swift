import Accounts
import LedgerFormat
import Records
import Registry
import Settlement

/// The books of amounts owed (G-18): to institutions by month, to persons and accounts by entry, with payment batches.
final class PayeeBooks {
    let totals = ClearingBook()
    let months: ClearingMonths
    let owed = OwedBook()
    @exclusivity(unchecked) var batches = PaymentBatches()

    init(_ layouts: Layouts) { months = ClearingMonths(layouts) }

    /// Adds a settlement: owed to the institution, or to the person where the person paid in advance.
    @inline(__always)
    func add(_ entry: SettlementEntry, on day: CalendarDate) {
        if entry.channel == .manual {
            owe(entry.person, entry.pack, at: entry.position, on: day, toPerson: entry.owedToPerson, toAccounts: 0)
        } else {
            totals.add(entry, on: day, sign: 1)
            months.add(entry, on: day, sign: 1)
        }
    }

    func add(_ adjustment: AdjustmentEntry) {
        let shares = adjustment.shares
        owe(
            adjustment.person, adjustment.pack, at: adjustment.position, on: adjustment.adjustedAt.date,
            toPerson: shares.reduce(0) { $0 + $1.toPerson }, toAccounts: shares.reduce(0) { $0 + $1.toAccounts })
    }

    /// Adds a settlement's reversal: the amounts owed to the institution or the person, and those of its adjustments to
    /// the person and accounts (G-12), each with the opposite sign.
    func add(_ reversal: ReversalEntry, of entry: SettlementEntry) {
        let day = reversal.reversedAt.date
        var toPerson = -reversal.adjusted.cash
        if entry.channel == .manual {
            toPerson -= entry.owedToPerson
        } else {
            totals.add(entry, on: day, sign: -1)
            months.add(entry, on: day, sign: -1)
        }
        owe(
            entry.person, entry.pack, at: reversal.position, on: day, toPerson: toPerson,
            toAccounts: -reversal.adjusted.accounts.reduce(0) { $0 + $1.paid })
    }

    func add(_ payment: SecondRoundPayment) {
        owe(
            payment.person, payment.pack, at: payment.position, on: payment.paidAt.date, toPerson: -payment.cash,
            toAccounts: 0)
    }

    /// - Parameter region: the person's region, for payments of older ledgers, which name no pack.
    func add(_ payment: RecognitionPayment, region: String?) {
        let day = payment.paidAt.date
        if payment.pack != 0 {
            owe(payment.person, payment.pack, at: payment.position, on: day, toPerson: -payment.cash, toAccounts: 0)
        } else if let region {
            owed.add(
                OwedBook.Entry(
                    position: payment.position.number, person: payment.person, month: day.number / 100,
                    region: UInt8(months.funds.region(region)), toPerson: -payment.cash, toAccounts: 0))
        }
    }

    /// Adds an entry that funds of a pack's region owe to a person or accounts.
    func owe(
        _ person: UInt64, _ pack: UInt32, at position: Position, on day: CalendarDate, toPerson: Fen, toAccounts: Fen
    ) {
        guard let indexes = months.funds.indexes(ofPack: pack) else { return }
        owed.add(
            OwedBook.Entry(
                position: position.number, person: person, month: day.number / 100, region: UInt8(indexes.region),
                toPerson: toPerson, toAccounts: toAccounts))
    }

    /// Marks a row's lines or entries as handed over; false: the row names one that is not owed.
    func add(_ row: PaymentRow) -> Bool {
        let number = batches.add(row.batch)
        for line in row.lines {
            let region = months.funds.region(line.region)
            let key = ClearingMonths.Key(
                institution: line.institution, month: row.batch.month, region: UInt8(region),
                serviceYear: line.serviceYear)
            let fund = months.funds.fund(line.fund, in: region)
            guard let index = months.index(of: key), fund < months.cells[index].owed.count,
                months.cells[index].owed[fund] == line.amount
            else { return false }
            months.setBatch(number, of: index, fund: fund)
        }
        for entry in row.entries {
            guard let index = owed.index(of: entry.position), owed.entries[index].toPerson == entry.toPerson,
                owed.entries[index].toAccounts == entry.toAccounts
            else { return false }
            owed.setBatch(number, of: index)
        }
        return true
    }

    /// The first difference from books made of the same journal, in words; nil: none.
    func difference(from other: PayeeBooks) -> String? {
        if totals.sums != other.totals.sums { return "the institutions' totals" }
        if months.named != other.months.named { return "the institutions' clearing by month" }
        if owed.entries != other.owed.entries { return "what is owed to persons" }
        return batches == other.batches ? nil : "the batches that were handed over"
    }

    func encode(to writer: inout ByteWriter) {
        totals.encode(to: &writer)
        months.encode(to: &writer)
        owed.encode(to: &writer)
        batches.encode(to: &writer)
    }

    func decode(from reader: inout ByteReader) throws(DamagedBytes) {
        try totals.decode(from: &reader)
        try months.decode(from: &reader)
        try owed.decode(from: &reader)
        try batches.decode(from: &reader)
    }
}
