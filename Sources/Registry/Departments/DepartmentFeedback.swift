import Policy
import Records
import Settlement
import Text

/// What a department says became of a person whom a month's watch list told it of (部门反馈, YT-9).
package struct DepartmentFeedback: Equatable, Sendable {
    /// 民政 or 乡村振兴: whose list it was.
    package var department: Department
    /// Month of the list, as `CalendarDate.monthIndex`.
    package var month: Int32
    /// Day on which the department answered.
    package var received: CalendarDate
    /// Taken into the group `identity` from `from` on; else not, for `reason`.
    package var isTakenIn: Bool
    package var identity: Identity
    package var from: CalendarDate
    package var reason: String

    package init(
        department: Department, month: Int32, received: CalendarDate, isTakenIn: Bool, identity: Identity = .none,
        from: CalendarDate = .none, reason: String = ""
    ) {
        self.department = department
        self.month = month
        self.received = received
        self.isTakenIn = isTakenIn
        self.identity = identity
        self.from = from
        self.reason = reason
    }
}

extension DepartmentFeedback {
    func encode(to writer: inout ByteWriter) {
        writer.byte(department.rawValue)
        writer.signed(Int64(month))
        writer.date(received)
        writer.flag(isTakenIn)
        writer.byte(identity.rawValue)
        writer.date(from)
        writer.text(reason)
    }

    init(from reader: inout ByteReader) throws(DamagedBytes) {
        department = try reader.value()
        month = try reader.month()
        received = try reader.date()
        isTakenIn = try reader.flag()
        identity = try reader.value()
        from = try reader.date()
        reason = try reader.text()
    }
}

extension Registry {
    func record(
        _ feedback: DepartmentFeedback, of person: UInt64, today: CalendarDate
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let pack = try pack(of: person, on: today)
        return try filings.record(feedback, of: person, pack, today: today).map(RegistryEvent.filing)
    }
}

extension FilingRegister {
    /// A person's feedback in the order of recording; of one department and month the last one stands.
    package func feedback(of person: UInt64) -> [DepartmentFeedback] { cases[person]?.feedback ?? [] }

    /// What stands of a person by the end of `month` (`CalendarDate.monthIndex`): the last answer of a department to a
    /// list of that month or an earlier one; nil: it gave none.
    package func feedback(
        of person: UInt64, from department: Department, through month: Int32
    ) -> DepartmentFeedback? {
        feedback(of: person).filter { $0.department == department && $0.month <= month }.max {
            // Of one month the one that was recorded later; `max` takes the last of equals.
            $0.month < $1.month
        }
    }

    /// Records what a department answered, in place of what it answered before to the same month's list.
    package func record(
        _ feedback: DepartmentFeedback, of person: UInt64, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> [FilingEvent] {
        let named =
            pack.names(
                "entitlement.identities.<department>", "\(feedback.department)".snakeCased) ?? []
        guard pack.ratio("monitoring.share.others") != nil else {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: "YT-9", "the pack has no watch lists (monitoring.share.others)")
        }
        guard !named.isEmpty else {
            throw DomainRefusal(
                .factInvalid, "feedback.department", "\(feedback.department)".snakeCased, rule: "YT-9",
                "no list goes to that department; it is one that names identities in the pack")
        }
        try checkPast(feedback.received, "feedback.received", today)
        guard feedback.month <= feedback.received.monthIndex else {
            throw DomainRefusal(
                .dateInvalid, "feedback.month", monthText(feedback.month), rule: "YT-9",
                "the list of that month was not made yet on \(feedback.received.description)")
        }
        if feedback.isTakenIn {
            guard named.contains("\(feedback.identity)".snakeCased) else {
                throw DomainRefusal(
                    .factInvalid, "feedback.identity", "\(feedback.identity)".snakeCased, rule: "YT-9",
                    "say into which group the person was taken; this department names \(named.joined(separator: ", "))")
            }
            try checkDay(feedback.from, "feedback.from")
        } else {
            guard feedback.identity == .none, feedback.from == .none else {
                throw DomainRefusal(
                    .factInvalid, "feedback.identity", "\(feedback.identity)".snakeCased, rule: "YT-9",
                    "a person who was not taken in has neither a group nor a day; leave both out")
            }
            try checkReason(feedback.reason, rule: "YT-9")
        }
        try checkText(feedback.reason, "feedback.reason")
        let known = self.feedback(of: person)
        let standing = known.last { $0.department == feedback.department && $0.month == feedback.month }
        if standing == feedback { return [] }
        if known.count >= FilingLimit.recordsMax { throw tooMany("feedback", known.count) }
        return [.feedback(person: person, feedback)]
    }
}
