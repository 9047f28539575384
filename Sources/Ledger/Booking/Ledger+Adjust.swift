import Accounts
import LedgerFormat
import LedgerIndex
import Policy
import Records
import Registry
import Settlement

/// The result of posting an adjustment.
package enum AdjustmentPosting: Equatable, Sendable {
    case posted
    /// The same run has posted the adjustment before; nothing was changed.
    case duplicate
    /// The person's year has changed since the run read it, or the settlement is reversed; nothing was changed: the
    /// next run finds the difference again.
    case movedOn
}

extension Ledger {
    /// Number under which the ledger keeps the present pack of a region; nil: the region is not served.
    package func packNumber(ofRegion name: String) -> UInt32? {
        regions.first { $0.pack.region == name }?.number
    }

    /// Books an adjustment of a year-end run (rule G-13): moves the person's year and credits accounts back; the
    /// settlement stays as it was recorded.
    ///
    /// Posting the same adjustment of the same run again changes nothing. The caller fills in the run's result; links,
    /// balances, position and time are filled in by the ledger.
    /// - Parameter end: the last block that the run read.
    package func post(
        _ adjustment: AdjustmentEntry, readThrough end: UInt64
    ) throws(DomainRefusal) -> AdjustmentPosting {
        try ready()
        var adjustment = adjustment
        guard adjustment.isConserving else {
            throw DomainRefusal(
                .factInvalid, "adjustment", adjustment.id, rule: "G-7", "funds, accounts and person do not add up")
        }
        let earlier = try adjustments(of: adjustment.id, adjustment.settlement)
        if earlier.contains(where: { $0.run == adjustment.run }) { return .duplicate }
        do throws(LedgerDamage) { try load(adjustment.settlement, into: other) } catch { throw Self.unreadable(error) }
        guard other.idText == adjustment.id, other.person == adjustment.person, other.year == adjustment.year,
            let layout = books.layouts[adjustment.pack],
            let yearIndex = books.years.find(adjustment.person, adjustment.year, region: layout.region)
        else {
            throw DomainRefusal(
                .recordConflict, "adjustment", adjustment.id, rule: "G-13",
                "it is about another settlement, or its person's year is of another region")
        }
        try requireServed(layout, "adjustment", adjustment.id, rule: "G-13")
        guard try isAsRead(yearIndex, run: adjustment.run, through: end),
            try reversal(of: other.id, adjustment.settlement) == nil
        else { return .movedOn }
        adjustment.previousRecord = books.years.years[yearIndex].lastRecord
        adjustment.previousAdjustment = earlier.map(\.position).max() ?? .none
        adjustment.adjustedAt = journal.time
        adjustment.position = journal.nextPosition
        books.creditBack(&adjustment)
        journal.append { AdjustmentRow.write(adjustment, to: &$0) }
        books.moveYear(adjustment, layout, at: yearIndex)
        books.moveRecognition(adjustment, on: other.claim.serviceDate)
        books.file(adjustment)
        books.payees.add(adjustment)
        return .posted
    }

    /// Every adjustment of a settlement, the oldest first.
    package func adjustments(
        of id: String, _ settlement: Position
    ) throws(DomainRefusal) -> [AdjustmentEntry] {
        try booked(under: books.adjustmentKey(id)).compactMap { row in
            guard case .adjustment(let entry) = row, entry.settlement == settlement else { return nil }
            return entry
        }
    }
}

extension Books {
    /// Credits the adjustment's amounts back to the accounts, and fills in their entries before and balances after.
    func creditBack(_ adjustment: inout AdjustmentEntry) {
        for index in adjustment.accounts.indices {
            let account = adjustment.accounts[index]
            adjustment.accounts[index].previous = accounts.use(
                -account.paid, of: account.owner, at: adjustment.position.number)
            adjustment.accounts[index].balanceAfter = accounts.held(of: account.owner)
        }
    }

    /// Moves the person's accumulators; the list of settlements in force stays the same.
    func moveYear(_ adjustment: AdjustmentEntry, _ layout: Layouts.Layout, at yearIndex: Int) {
        let year = years.years[yearIndex]
        for (slot, change) in adjustment.yearChange.enumerated() { year.slots[layout.slot(slot)] += change }
        years.setLast(yearIndex, standing: year.lastStanding, record: adjustment.position)
    }

    /// Adds the adjustment to the index of ids under its settlement's id, and to the lists' figures.
    func file(_ adjustment: AdjustmentEntry) {
        insert(adjustmentKey(adjustment.id), adjustment.position)
        visits?.append(
            VisitChange(
                position: adjustment.position, settlement: adjustment.settlement, isReversal: false,
                funds: adjustment.funds))
    }

    /// Applies the adjustment's change of the settlement's burden and part to the person's recognition (YT-7).
    func moveRecognition(_ adjustment: AdjustmentEntry, on serviceDate: CalendarDate) {
        if adjustment.recognition.isNone { return }
        changeRecognition(
            of: adjustment.person, on: serviceDate, counted: adjustment.recognition.counted,
            part: adjustment.recognition.part)
    }

    /// Applies an adjustment that was read from the journal.
    ///
    /// - Parameter serviceDate: service date of the adjusted settlement.
    func apply(
        _ adjustment: AdjustmentEntry, on serviceDate: CalendarDate, _ replay: Replay
    ) throws(LedgerDamage) {
        guard let layout = layouts[adjustment.pack] else {
            throw .row(adjustment.position, "names a pack that is not kept")
        }
        for account in adjustment.accounts where !replay.has(account.owner, adjustment.position) {
            _ = accounts.use(-account.paid, of: account.owner, at: adjustment.position.number)
        }
        if !replay.has(adjustment.person, adjustment.position) {
            guard let yearIndex = years.find(adjustment.person, adjustment.year, region: layout.region) else {
                throw .row(adjustment.position, "adjusts a year in which nothing was settled")
            }
            moveYear(adjustment, layout, at: yearIndex)
            moveRecognition(adjustment, on: serviceDate)
        }
        file(adjustment)
        if !replay.hasTotals(adjustment.position) { payees.add(adjustment) }
    }
}
