import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// Entries of what is owed to persons, as the books had them at one moment; what each is stands in the journal.
package struct OwedList: Sendable {
    struct Entry: Sendable {
        let position: Position
        let person: UInt64
        let region: String
        let batch: String
    }

    /// The packs that the journal's rows name.
    let layouts: Layouts
    var entries: [Entry] = []
    /// Where the part after this one begins; 0: nowhere.
    package internal(set) var next: UInt64 = 0
}

/// What was read of an `OwedList`.
package struct OwedReading: Sendable {
    /// A reversed settlement, whose adjustments are in the entry when `complete` has read them.
    package struct Reversal: Sendable {
        let entry: Int
        /// The settlement's.
        package let id: String
        let settlement: Position
    }

    package internal(set) var entries: [OwedEntry]
    package internal(set) var reversals: [Reversal] = []
}

extension RecordReading {
    /// Reads what the entries of a list are; nil: `isOver` said that nobody waits for it.
    func owed(_ list: OwedList, isOver: () -> Bool = { false }) throws(LedgerDamage) -> OwedReading? {
        var found = OwedReading(entries: [])
        for entry in list.entries {
            if (found.entries.count + 1) % LedgerReader.rowsPerCheck == 0, isOver() { return nil }
            try read(entry, list.layouts, into: &found)
        }
        return found
    }

    private func read(
        _ listed: OwedList.Entry, _ layouts: Layouts, into found: inout OwedReading
    ) throws(LedgerDamage) {
        let position = listed.position
        var entry = OwedEntry(
            position: position, recorded: Moment(milliseconds: 0), kind: .manual, person: listed.person,
            region: listed.region, serviceYear: 0, settlementID: "", shares: [], batch: listed.batch)
        defer { found.entries.append(entry) }
        switch try record(position) {
        case .settlement: entry.recorded = settlement.settledAt
        case .reversal:
            try load(reversal.settlement)
            entry.recorded = reversal.reversedAt
        case .booked(let booked): return entry.fill(booked)
        case .earlierRecognition(let payment): return entry.fill(.recognition(payment))
        case .accounts, .other: throw LedgerDamage.row(position, "owes nothing to a person")
        }
        let isReversal = position != settlement.position
        let isManual = settlement.channel == .manual
        entry.serviceYear = settlement.year
        entry.settlementID = settlement.idText
        entry.kind = !isReversal ? .manual : isManual ? .manualReversed : .adjustmentReversed
        // Of a reversal: what the person had paid in advance, and what adjustments had given.
        if !isReversal || isManual, let pack = layouts.pack(settlement.pack) {
            entry.shares = settlement.sharesOfPerson(pack.tables, pack.funds.map(\.id), sign: isReversal ? -1 : 1)
        }
        if isReversal {
            found.reversals.append(
                OwedReading.Reversal(
                    entry: found.entries.count, id: entry.settlementID, settlement: settlement.position))
        }
    }

    /// Adds to the reversals' entries what adjustments had given.
    ///
    /// - Parameter positions: for each of `found.reversals`, where adjustments of its id stand.
    func complete(_ found: inout OwedReading, _ positions: [[Position]]) throws(LedgerDamage) {
        for (open, positions) in zip(found.reversals, positions) {
            for position in positions {
                guard case .adjustment(let adjustment) = try source.booked(position),
                    adjustment.settlement == open.settlement
                else { continue }
                for share in adjustment.shares { found.entries[open.entry].shares.add(share, sign: -1) }
            }
        }
        found.reversals = []
    }
}

extension LedgerReader {
    /// Reads what the entries of a list are; where `reversals` is not empty, `complete` comes next.
    package func owed(
        _ list: OwedList, isOver: () -> Bool = { false }
    ) throws(ReadingFailure) -> OwedReading {
        do throws(LedgerDamage) {
            if let found = try reading.owed(list, isOver: isOver) { return found }
        } catch { throw .damaged(error) }
        throw .stopped
    }

    /// Adds to the reversals' entries what adjustments had given, which stand where `Ledger.adjustmentPositions` says.
    package func complete(_ found: inout OwedReading, _ positions: [[Position]]) throws(ReadingFailure) {
        do throws(LedgerDamage) { try reading.complete(&found, positions) } catch { throw .damaged(error) }
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
