import Records
import Settlement

// G-16: no date after today, the ledger's day in China Standard Time.

extension FieldCheck {
    /// Refuses a day that lies after `today`; one that is no day of the calendar is left to the check of its field.
    static func notAfter(_ today: CalendarDate, _ date: CalendarDate, _ field: String) throws(DomainRefusal) {
        if date <= today || !date.exists { return }
        throw inFuture(field, date.description, today)
    }

    static func inFuture(_ field: String, _ value: String, _ today: CalendarDate) -> DomainRefusal {
        DomainRefusal(
            .dateInFuture, field, value, rule: "G-16",
            "is after today, \(today.description) (China Standard Time); correct it, or send it when the day has come")
    }
}

extension RegistryRequest {
    /// Refuses what cannot have happened yet; what may be announced (cover, agreements, an end, a change) passes.
    func checkDates(notAfter today: CalendarDate) throws(DomainRefusal) {
        switch self {
        case .named(_, let request): try request.checkDates(notAfter: today)
        case .area, .institution, .change, .endEnrolment, .endIdentity, .family, .special, .withdraw: return
        // Their own rules look at their days.
        case .feedback, .chronicReport: return
        case .person(_, let basics, _):
            // A month that is none is left to its own check.
            let month = basics.birthMonth
            let isMonth = Registry.birthMonths.contains(month) && (1...12).contains(month % 100)
            if isMonth, month > today.number / 100 {
                throw FieldCheck.inFuture("person.birth_month", "\(month)", today)
            }
        case .enrol(_, let request): try FieldCheck.notAfter(today, request.enrolment.paidOn, "enrolment.paid_on")
        case .buy(_, let purchase, _): try FieldCheck.notAfter(today, purchase.boughtOn, "purchase.bought_on")
        case .identity(_, let record, _): try FieldCheck.notAfter(today, record.dated.given, "identity.given")
        case .referral(_, let request, _): try FieldCheck.notAfter(today, request.date, "referral.date")
        case .endPerson(_, let departure, _): try FieldCheck.notAfter(today, departure.date, "departure.date")
        }
    }
}
