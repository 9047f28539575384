import Policy
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

/// Something that is owed to a person or accounts, as the journal has it; amounts in fen, negative where it was taken
/// back.
package struct OwedEntry: Equatable, Sendable {
    package var position: Position
    package var recorded: Moment
    package var kind: OwedKind
    package var person: UInt64
    package var region: String
    package var serviceYear: Int32
    package var settlementID: String
    package var shares: [FundShare]
    /// Batch in which it was handed over; empty: it was not.
    package var batch: String
}

extension Ledger {
    /// Entries that one call looks at.
    package static let owedEntriesMax = 1_000

    /// What is owed to persons and accounts, in the order in which it was recorded, after the entry at `after`; and
    /// where the part after this one begins, 0: nowhere.
    ///
    /// - Parameter month: YYYYMM in which it was recorded; 0: any.
    package func owed(
        month: Int32, _ filter: ClearingFilter, after: UInt64, limit: Int
    ) throws(DomainRefusal) -> (entries: [OwedEntry], next: UInt64) {
        try readyToRead()
        if month != 0 { try Self.check(month: month) }
        let book = books.payees.owed
        let all = month == 0 ? 0..<book.entries.count : book.places(ofMonth: month)
        let first = max(all.lowerBound, after == 0 ? 0 : book.place(atOrAfter: after &+ 1))
        var found: [OwedEntry] = []
        var seen = 0
        for place in first..<max(first, all.upperBound) {
            guard seen < limit else { return (found, book.entries[place - 1].position) }
            seen += 1
            guard matches(book.entries[place], filter) else { continue }
            found.append(try owedEntry(book.entries[place]))
        }
        return (found, 0)
    }

    /// Whether the filter lets an entry through.
    func matches(_ entry: OwedBook.Entry, _ filter: ClearingFilter) -> Bool {
        (filter.person == 0 || entry.person == filter.person) && (!filter.isUnpaid || entry.batch == 0)
            && (filter.area.isEmpty || lives(entry.person, in: filter.area))
            && (filter.region.isEmpty || books.payees.months.funds.regions[Int(entry.region)].name == filter.region)
    }

    private func lives(_ person: UInt64, in area: String) -> Bool {
        registry.areas.contains(area, registry.people.basics(of: person, on: now.date)?.area ?? "")
    }

    private func owedEntry(_ entry: OwedBook.Entry) throws(DomainRefusal) -> OwedEntry {
        let position = Position(number: entry.position)
        var found = OwedEntry(
            position: position, recorded: Moment(milliseconds: 0), kind: .manual, person: entry.person,
            region: books.payees.months.funds.regions[Int(entry.region)].name, serviceYear: 0, settlementID: "",
            shares: [], batch: books.payees.batches.id(entry.batch))
        try read(position, into: &found)
        return found
    }

    private func read(_ position: Position, into found: inout OwedEntry) throws(DomainRefusal) {
        do throws(LedgerDamage) {
            switch try reading.record(position) {
            case .settlement: found.recorded = other.settledAt
            case .reversal:
                try load(reversal.settlement, into: other)
                found.recorded = reversal.reversedAt
            case .booked(let booked): return found.fill(booked)
            case .earlierRecognition(let payment): return found.fill(.recognition(payment))
            case .accounts, .other: throw LedgerDamage.row(position, "owes nothing to a person")
            }
        } catch { throw Self.unreadable(error) }
        found.serviceYear = other.year
        found.settlementID = other.idText
        guard found.position == other.position else { return try fillReversed(&found) }
        found.kind = .manual
        if let pack = books.layouts.pack(other.pack) {
            found.shares = other.sharesOfPerson(pack.tables, pack.funds.map(\.id))
        }
    }

    /// Of the reversal of the settlement in `other`: what the person had paid in advance, and what adjustments had
    /// given.
    private func fillReversed(_ found: inout OwedEntry) throws(DomainRefusal) {
        found.kind = other.channel == .manual ? .manualReversed : .adjustmentReversed
        if other.channel == .manual, let pack = books.layouts.pack(other.pack) {
            found.shares = other.sharesOfPerson(pack.tables, pack.funds.map(\.id), sign: -1)
        }
        for adjustment in try adjustments(of: found.settlementID, other.position) {
            for share in adjustment.shares { found.shares.add(share, sign: -1) }
        }
    }
}

extension OwedEntry {
    fileprivate mutating func fill(_ booked: BookedRow) {
        switch booked {
        case .adjustment(let adjustment):
            recorded = adjustment.adjustedAt
            kind = .adjustment
            serviceYear = adjustment.year
            settlementID = adjustment.id
            shares = adjustment.shares
        case .secondRound(let payment):
            recorded = payment.paidAt
            kind = payment.takesBack == .none ? .secondRound : .secondRoundReversed
            serviceYear = payment.year
            settlementID = payment.id
            shares = [payment.share]
        case .recognition(let payment):
            recorded = payment.paidAt
            kind = payment.amount < 0 ? .recognitionReversed : .recognition
            serviceYear = payment.year
            shares = [payment.share]
        }
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
