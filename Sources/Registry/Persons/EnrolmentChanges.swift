import Policy
import Records
import Settlement

/// What changes in an enrolment from a day on.
package struct EnrolmentChange: Equatable, Sendable {
    /// First day on which the change holds.
    package var date: CalendarDate
    /// `unspecified`: stays as it is.
    package var status = WorkStatus.unspecified
    package var membership = Membership.unspecified
    /// In fen a month; nil: stays as it is.
    package var contributionBase: Fen?
    /// Last day of the lump-sum period; nil: stays as it is.
    package var lumpSumUntil: CalendarDate?

    package init(
        on date: CalendarDate, status: WorkStatus = .unspecified, membership: Membership = .unspecified,
        contributionBase: Fen? = nil, lumpSumUntil: CalendarDate? = nil
    ) {
        self.date = date
        self.status = status
        self.membership = membership
        self.contributionBase = contributionBase
        self.lumpSumUntil = lumpSumUntil
    }
}

extension Registry {
    /// Changes an enrolment from a day on: retirement (在职转退休), another tier, another contribution base.
    ///
    /// The enrolment is cut at that day; its premium stays with the first part.
    package func change(_ person: UInt64, _ change: EnrolmentChange) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        try FieldCheck.day(change.date, "change.date")
        guard let old = enrolments(entries).last(where: { $0.enrolment.covered.contains(change.date) }) else {
            throw DomainRefusal(
                .recordUnknown, "change.date", change.date.description,
                rule: rules(ofPerson: person, on: change.date)?.coverRule ?? "",
                "no enrolment covers that day; enrol the person first")
        }
        if old.enrolment.status == .retired, change.status == .active {
            throw DomainRefusal(
                .recordConflict, "change.status", "active",
                "who is retired stays so; correct the record of the retirement instead")
        }
        var new = old.enrolment
        if change.status != .unspecified { new.status = change.status }
        if change.membership != .unspecified { new.membership = change.membership }
        if let base = change.contributionBase { new.contributionBase = base }
        if let until = change.lumpSumUntil { new.lumpSumUntil = until }
        let later = change.status == .retired ? retiredLater(person, than: old.enrolment, entries) : []
        try checkRoom(person, for: later.count + 2)
        if new == old.enrolment { return later }
        if old.enrolment.covered.from == change.date {
            return try enrol(person, EnrolmentRequest(new, corrects: old.number)) + later
        }
        new.covered.from = change.date
        new.premiumDue = 0
        new.premiumSubsidised = 0
        new.paidOn = .none
        var ended = old.enrolment
        ended.covered.until = change.date.previous
        try validate(new, of: person)
        return [
            .person(person, PersonEvent(.enrolment(ended), supersedes: old.number)),
            .person(person, PersonEvent(.enrolment(new))),
        ] + later
    }

    /// Who retires is retired in the enrolments that follow too: another contribution base is often recorded earlier.
    private func retiredLater(
        _ person: UInt64, than enrolment: Enrolment, _ entries: [PersonEntry]
    ) -> [RegistryEvent] {
        enrolments(entries).compactMap { later in
            guard later.enrolment.covered.from > enrolment.covered.from, later.enrolment.status == .active,
                later.enrolment.insurance == enrolment.insurance
            else { return nil }
            var retired = later.enrolment
            retired.status = .retired
            return .person(person, PersonEvent(.enrolment(retired), supersedes: later.number))
        }
    }

    /// Ends the enrolment that covers `date` on that day (停保); `date` itself is still covered.
    package func endEnrolment(_ person: UInt64, on date: CalendarDate) throws(DomainRefusal) -> [RegistryEvent] {
        let entries = try standing(person)
        try FieldCheck.day(date, "date")
        guard let old = enrolments(entries).last(where: { $0.enrolment.covered.contains(date) }) else {
            throw DomainRefusal(
                .recordUnknown, "date", date.description, rule: rules(ofPerson: person, on: date)?.coverRule ?? "",
                "no enrolment covers that day; `GetPerson` shows the periods")
        }
        if old.enrolment.covered.until == date { return [] }
        // A cut by `change` leaves what follows on a record of its own.
        let next = enrolments(entries).first { later in
            old.enrolment.covered.until != .none && later.enrolment.covered.from == old.enrolment.covered.until.next
                && later.enrolment.insurance == old.enrolment.insurance
        }
        if let next {
            throw DomainRefusal(
                .recordConflict, "date", date.description, rule: "CQ-45",
                "record \(next.number) goes on with the insurance from \(next.enrolment.covered.from.description): "
                    + "end that one, or withdraw it first")
        }
        var ended = old.enrolment
        ended.covered.until = date
        return [.person(person, PersonEvent(.enrolment(ended), supersedes: old.number))]
    }
}
