import LedgerIndex
import Records
import Registry
import Settlement

extension Ledger {
    /// Rows of ours that one reconciliation may read: a large hospital's month.
    package static let reconcileRowsMax = 100_000

    /// What we settled at an institution in a period, less reversals, each counted on the day it was made.
    package func totals(
        institution: UInt32, from: CalendarDate, until: CalendarDate, type: ClearingType?, insurance: Insurance? = nil
    ) throws(DomainRefusal) -> ClearingSums {
        try readyToRead()
        try Self.check(from, until)
        return books.payees.totals.total(institution, from.number...until.number, type, insurance)
    }

    /// Compares an institution's own rows of a period with ours, by id. Of a row that stands twice in theirs the second
    /// is only there.
    package func reconcile(
        institution: UInt32, from: CalendarDate, until: CalendarDate, type: ClearingType?, insurance: Insurance? = nil,
        theirs: [ReconcileLine]
    ) throws(DomainRefusal) -> Reconciliation {
        Reconciliation(theirs: theirs, ours: try lines(institution, from, until, type, insurance))
    }

    /// Which records an institution made in a day or several days of one month, for any thread to read once what was
    /// recorded by now is durable.
    package func records(
        of institution: UInt32, from: CalendarDate, until: CalendarDate
    ) throws(DomainRefusal) -> InstitutionRecords {
        try readyToRead()
        try Self.check(from, until)
        return anyRecords(of: institution, from, until)
    }

    private func anyRecords(
        of institution: UInt32, _ from: CalendarDate, _ until: CalendarDate
    ) -> InstitutionRecords {
        InstitutionRecords(
            index: books.institutions.snapshot(), institution: institution, from: from, until: until)
    }

    /// Our rows of an institution and period, in the order in which they were made; claims of channel `manual` are the
    /// person's and none of them (G-18).
    package func lines(
        _ institution: UInt32, _ from: CalendarDate, _ until: CalendarDate, _ type: ClearingType?,
        _ insurance: Insurance? = nil
    ) throws(DomainRefusal) -> [ReconcileLine] {
        let records = try records(of: institution, from: from, until: until)
        do throws(ReadingFailure) { return try reading.lines(records, type, insurance) } catch {
            throw refusal(of: error)
        }
    }

    /// What the caller reads of it; a damaged index is made anew before the next question.
    package func refusal(of failure: ReadingFailure) -> DomainRefusal {
        switch failure {
        case .refused(let refusal): return refusal
        case .damaged(let damage):
            if case .index(let trouble) = damage { books.institutions.note(trouble) }
            return Self.unreadable(damage)
        case .stopped: return DomainRefusal(.storeUnavailable, "", "", "the question was given up; nothing was done")
        }
    }

    /// Calls `body` for every settlement and reversal that was made at an institution from `from` to `until` (days of
    /// China Standard Time), in that order, until it returns false; of a reversal with the settlement taken back.
    package func forEachRecord(
        institution: UInt32, from: CalendarDate, until: CalendarDate, _ body: (SettlementEntry, Bool) -> Bool
    ) throws(DomainRefusal) {
        try readyToRead()
        do throws(LedgerDamage) {
            try anyRecords(of: institution, from, until).forEach { position throws(LedgerDamage) in
                guard case .settlement(let isReversal) = try reading.institutionRecord(position) else { return true }
                return body(other, isReversal)
            }
        } catch { throw refusal(of: .damaged(error)) }
    }

    /// The same at every institution, one after the other.
    package func forEachRecord(
        from: CalendarDate, until: CalendarDate, _ body: (SettlementEntry, Bool) -> Void
    ) throws(DomainRefusal) {
        for number in 0..<UInt32(registry.institutions.count) {
            try forEachRecord(institution: number + 1, from: from, until: until) { entry, isReversal in
                body(entry, isReversal)
                return true
            }
        }
    }

    /// A day, or the days of at most one month.
    private static func check(_ from: CalendarDate, _ until: CalendarDate) throws(DomainRefusal) {
        for (field, day) in [("from", from), ("until", until)] where !day.exists {
            throw DomainRefusal(.dateInvalid, field, "\(day.number)", "the day does not exist")
        }
        guard from <= until, from.monthIndex == until.monthIndex else {
            throw DomainRefusal(
                .reconcilePeriodInvalid, "until", "\(until.number)",
                "a period is a day or several days of one month, the first one first")
        }
    }
}
