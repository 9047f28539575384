import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// A copy of entries owed to persons as of one moment; the kind of each is read from the journal.
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
    /// Cursor of the following page; 0: this is the last.
    package internal(set) var next: UInt64 = 0
}

/// The entries read for an `OwedList`.
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
    /// Reads the journal rows of a list's entries; nil: stopped, because `isOver` returned true.
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
        // A reversal takes back the person's advance payment and the amounts of adjustments.
        if !isReversal || isManual, let pack = layouts.pack(settlement.pack) {
            entry.shares = settlement.sharesOfPerson(pack.tables, pack.funds.map(\.id), sign: isReversal ? -1 : 1)
        }
        if isReversal {
            found.reversals.append(
                OwedReading.Reversal(
                    entry: found.entries.count, id: entry.settlementID, settlement: settlement.position))
        }
    }

    /// Adds the amounts of adjustments to the reversals' entries.
    ///
    /// - Parameter positions: for each of `found.reversals` the positions of the adjustments of its id.
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
    /// Reads the journal rows of a list's entries; where `reversals` is not empty, call `complete` next.
    package func owed(
        _ list: OwedList, isOver: () -> Bool = { false }
    ) throws(ReadingFailure) -> OwedReading {
        do throws(LedgerDamage) {
            if let found = try reading.owed(list, isOver: isOver) { return found }
        } catch { throw .damaged(error) }
        throw .stopped
    }

    /// Adds the amounts of adjustments, found by `Ledger.adjustmentPositions`, to the reversals' entries.
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
