import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// Why something is owed to a person. Raw values are the proto's `OwedKind`.
package enum OwedKind: UInt8, CaseIterable, Sendable {
    /// 手工报销: the person had paid in advance (CQ-42, AH-6).
    case manual = 1
    case manualReversed
    /// 年终调整 (G-13).
    case adjustment
    case adjustmentReversed
    /// 因病致贫追溯 (YT-7).
    case recognition
    case recognitionReversed
    /// 第二轮 (SY-4).
    case secondRound
    case secondRoundReversed
}

/// An amount owed to a person or accounts, read from the journal; in fen, negative where it was taken back.
package struct OwedEntry: Equatable, Sendable {
    package var position: Position
    package var recorded: Moment
    package var kind: OwedKind
    package var person: UInt64
    package var region: String
    package var serviceYear: Int32
    package var settlementID: String
    package var shares: [FundShare]
    /// Id of the payment batch; empty: not handed over yet.
    package var batch: String
}

extension Ledger {
    /// Entries that one call scans at most.
    package static let owedEntriesMax = 1_000

    /// A page of the entries owed to persons and accounts, in journal order, after the entry at `after`; `next` is the
    /// cursor of the following page, 0: this is the last.
    ///
    /// - Parameter month: YYYYMM in which it was recorded; 0: any.
    package func owed(
        month: Int32, _ filter: ClearingFilter, after: UInt64, limit: Int
    ) throws(DomainRefusal) -> (entries: [OwedEntry], next: UInt64) {
        let list = try owedList(month: month, filter, after: after, limit: limit)
        var found: OwedReading
        do throws(LedgerDamage) { found = try reading.owed(list) ?? OwedReading(entries: []) } catch {
            throw Self.unreadable(error)
        }
        if !found.reversals.isEmpty {
            let positions = try adjustmentPositions(found.reversals.map(\.id))
            do throws(LedgerDamage) { try reading.complete(&found, positions) } catch { throw Self.unreadable(error) }
        }
        return (found.entries, list.next)
    }

    /// The positions of those entries, without reading the journal: any thread may read them once everything recorded
    /// so far is durable. Scans `limit` entries at most.
    package func owedList(
        month: Int32, _ filter: ClearingFilter, after: UInt64, limit: Int
    ) throws(DomainRefusal) -> OwedList {
        try readyToRead()
        if month != 0 { try Self.check(month: month) }
        let book = books.payees.owed
        let runs = month == 0 ? [0..<book.entries.count] : book.indexes(ofMonth: month)
        let first = after == 0 ? 0 : book.index(atOrAfter: after &+ 1)
        let left = runs.map { $0.clamped(to: first..<max(first, book.entries.count)) }.joined()
        let part = left.prefix(limit)
        var list = OwedList(layouts: books.layouts)
        for index in part where matches(book.entries[index], filter) {
            let entry = book.entries[index]
            list.entries.append(
                OwedList.Entry(
                    position: Position(number: entry.position), person: entry.person,
                    region: books.payees.months.funds.regions[Int(entry.region)].name,
                    batch: books.payees.batches.id(entry.batch)))
        }
        if let last = part.last, part.count < left.count { list.next = book.entries[last].position }
        return list
    }

    /// Positions of the settlements' adjustments, by the settlements' ids.
    package func adjustmentPositions(_ ids: [String]) throws(DomainRefusal) -> [[Position]] {
        var all: [[Position]] = []
        for id in ids {
            var found: [Position] = []
            try eachRecord(under: books.adjustmentKey(id)) { position throws(LedgerDamage) in
                found.append(position)
                return true
            }
            all.append(found.sorted())
        }
        return all
    }

    /// Whether an entry passes the filter.
    func matches(_ entry: OwedBook.Entry, _ filter: ClearingFilter) -> Bool {
        (filter.person == 0 || entry.person == filter.person) && (!filter.isUnpaid || entry.batch == 0)
            && (filter.area.isEmpty || lives(entry.person, in: filter.area))
            && (filter.region.isEmpty || books.payees.months.funds.regions[Int(entry.region)].name == filter.region)
    }

    private func lives(_ person: UInt64, in area: String) -> Bool {
        registry.areas.contains(area, registry.people.basics(of: person, on: now.date)?.area ?? "")
    }
}

extension SecondRoundPayment {
    /// Whom the fund owes by it.
    package var share: FundShare { FundShare(fund.fund, toPerson: -cash, recoverable: recoverable) }
}

extension RecognitionPayment {
    /// Whom the fund owes by it.
    package var share: FundShare { FundShare(fund.fund, toPerson: -cash, recoverable: recoverable) }
}
