import LedgerIndex
import Records
import Registry
import Settlement

extension Ledger {
    /// Rows of ours that one reconciliation may read: a large hospital's month.
    package static let reconcileRowsMax = 100_000

    /// An institution's sums of a period: settlements less reversals, each counted on the day of its record.
    package func totals(
        institution: UInt32, from: CalendarDate, until: CalendarDate, type: ClearingType?, insurance: Insurance? = nil
    ) throws(DomainRefusal) -> ClearingSums {
        try readyToRead()
        try Self.check(from, until)
        return books.payees.totals.total(institution, from.number...until.number, type, insurance)
    }

    /// Compares an institution's own rows of a period with ours, by id. The second of two equal rows of theirs counts
    /// as only there.
    package func reconcile(
        institution: UInt32, from: CalendarDate, until: CalendarDate, type: ClearingType?, insurance: Insurance? = nil,
        theirs: [ReconcileLine]
    ) throws(DomainRefusal) -> Reconciliation {
        Reconciliation(theirs: theirs, ours: try lines(institution, from, until, type, insurance))
    }

    /// The positions of an institution's records of a day or several days of one month; any thread may read them once
    /// everything recorded so far is durable.
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

    /// Our rows of an institution and period, in journal order. Claims of channel `manual` are owed to the person and
    /// not included (G-18).
    package func lines(
        _ institution: UInt32, _ from: CalendarDate, _ until: CalendarDate, _ type: ClearingType?,
        _ insurance: Insurance? = nil
    ) throws(DomainRefusal) -> [ReconcileLine] {
        let records = try records(of: institution, from: from, until: until)
        do throws(ReadingFailure) { return try reading.lines(records, type, insurance) } catch {
            throw refusal(of: error)
        }
    }

    /// The refusal for a failed read; a damaged index is rebuilt before the next read.
    package func refusal(of failure: ReadingFailure) -> DomainRefusal {
        switch failure {
        case .refused(let refusal): return refusal
        case .damaged(let damage):
            if case .index(let trouble) = damage { books.institutions.note(trouble) }
            return Self.unreadable(damage)
        case .stopped: return DomainRefusal(.storeUnavailable, "", "", "the question was given up; nothing was done")
        }
    }

    /// Calls `body` with an institution's settlements and reversals from `from` to `until` (days of China Standard
    /// Time), in order, until it returns false; a reversal comes with its settlement.
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

    /// The same for all institutions, one after the other.
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

    /// Refuses a period that is not a day or several days of one month.
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
