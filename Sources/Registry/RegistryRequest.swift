import Records
import Settlement

/// A referral as it is asked for: institutions by their codes.
package struct ReferralRequest: Equatable, Sendable {
    package var number: String
    /// Codes of registered institutions; empty: one that is not registered, whose level is said.
    package var from: String
    package var to: String
    package var fromLevel: Level
    package var toLevel: Level
    package var date: CalendarDate
    package var isFirstDiagnosis: Bool

    package init(
        number: String, from: String = "", to: String = "", fromLevel: Level = .unspecified,
        toLevel: Level = .unspecified, date: CalendarDate, isFirstDiagnosis: Bool = false
    ) {
        self.number = number
        self.from = from
        self.to = to
        self.fromLevel = fromLevel
        self.toLevel = toLevel
        self.date = date
        self.isFirstDiagnosis = isFirstDiagnosis
    }
}

/// Everything that can be asked of the register, wherever it comes from: a call, an item of an import, a row of a file.
/// `corrects` is the number of the person's record that is corrected; 0: none.
package enum RegistryRequest: Equatable, Sendable {
    case area(AreaRecord)
    case institution(InstitutionRecord)
    case person(UInt64, PersonBasics, corrects: UInt16 = 0)
    case enrol(UInt64, EnrolmentRequest)
    case change(UInt64, EnrolmentChange)
    case endEnrolment(UInt64, CalendarDate)
    case buy(UInt64, SupplementaryPurchase, corrects: UInt16)
    case identity(UInt64, IdentityRecord, corrects: UInt16)
    case endIdentity(UInt64, Identity, CalendarDate)
    case family(UInt64, FamilyMember, corrects: UInt16)
    case special(UInt64, SpecialRegistration, corrects: UInt16)
    case referral(UInt64, ReferralRequest, corrects: UInt16)
    case feedback(UInt64, DepartmentFeedback)
    case chronicReport(UInt64, ChronicReportRequest)
    case endPerson(UInt64, Departure, corrects: UInt16)
    /// `whole`: also what the record took the place of, so that nothing of it stands any more.
    case withdraw(UInt64, UInt16, whole: Bool = false)
    /// A request whose persons are named by the platform's numbers; see `resolved`. Never one within another.
    indirect case named(PersonNames, RegistryRequest)
}

extension Registry {
    /// The events that carry a request out; none where it is so already.
    ///
    /// - Parameter today: the ledger's day, after which nothing can have happened (G-16).
    package func events(
        for request: RegistryRequest, today: CalendarDate
    ) throws(DomainRefusal) -> [RegistryEvent] {
        try request.checkDates(notAfter: today)
        return switch request {
        case .named: try eventsByNumber(for: request, today: today)
        case .area(let record): try put(record)
        case .institution(let record): try put(record)
        case .person(let person, let basics, let corrects): try register(person, basics, corrects: corrects)
        case .enrol(let person, let request): try enrol(person, request)
        case .change(let person, let change): try self.change(person, change)
        case .endEnrolment(let person, let date): try endEnrolment(person, on: date)
        case .buy(let person, let purchase, let corrects): try buy(purchase, for: person, corrects: corrects)
        case .identity(let person, let record, let corrects): try give(record, to: person, corrects: corrects)
        case .endIdentity(let person, let identity, let date): try endIdentity(identity, of: person, on: date)
        case .family(let person, let member, let corrects): try relate(person, member, corrects: corrects)
        case .special(let person, let registration, let corrects):
            try registerSpecial(person, registration, corrects: corrects)
        case .referral(let person, let request, let corrects):
            try refer(person, try referral(request), corrects: corrects)
        case .feedback(let person, let feedback): try record(feedback, of: person, today: today)
        case .chronicReport(let person, let request): try report(request, of: person, today: today)
        case .endPerson(let person, let departure, let corrects): try end(person, departure, corrects: corrects)
        case .withdraw(let person, let number, let whole): try withdraw(number, of: person, whole: whole)
        }
    }

    private func eventsByNumber(
        for request: RegistryRequest, today: CalendarDate
    ) throws(DomainRefusal) -> [RegistryEvent] {
        let resolved = try request.resolved(self)
        do throws(DomainRefusal) {
            return try events(for: resolved, today: today)
        } catch {
            throw error.naming(request, as: resolved)
        }
    }

    private func referral(_ request: ReferralRequest) throws(DomainRefusal) -> Referral {
        Referral(
            number: request.number, from: try number(request.from, "referral.from"),
            to: try number(request.to, "referral.to"), fromLevel: request.fromLevel, toLevel: request.toLevel,
            date: request.date, isFirstDiagnosis: request.isFirstDiagnosis)
    }

    private func number(_ code: String, _ field: String) throws(DomainRefusal) -> UInt32 {
        if code.isEmpty { return 0 }
        if let number = institutions.number(ofCode: code) { return number }
        throw DomainRefusal(
            .institutionUnknown, field, code,
            "no such institution is registered; register it, or leave it out and say its level")
    }
}

extension RegistryRequest {
    /// Whose record it concerns, as far as the request says it by our number; nil: an area's or an institution's.
    package var person: UInt64? {
        switch self {
        case .area, .institution: nil
        case .named(_, let request): request.person
        case .person(let person, _, _), .enrol(let person, _), .change(let person, _), .endEnrolment(let person, _),
            .buy(let person, _, _), .identity(let person, _, _), .endIdentity(let person, _, _),
            .family(let person, _, _), .special(let person, _, _), .referral(let person, _, _),
            .feedback(let person, _), .chronicReport(let person, _), .endPerson(let person, _, _),
            .withdraw(let person, _, _):
            person
        }
    }

    /// True for a fact that the request asks for: which of the standing records answers a repeated one.
    package func asksFor(_ fact: PersonFact) -> Bool {
        switch (self, fact) {
        case (.named(_, let request), _): request.asksFor(fact)
        case (.person, .basics), (.endPerson, .departure): true
        case (.enrol(_, let request), .enrolment(let enrolment)):
            request.enrolment.insurance == enrolment.insurance && request.enrolment.paidOn == enrolment.paidOn
                && (request.enrolment.covered.from == .none
                    || request.enrolment.covered.from == enrolment.covered.from)
        case (.change(_, let change), .enrolment(let enrolment)): enrolment.covered.contains(change.date)
        case (.endEnrolment(_, let date), .enrolment(let enrolment)): enrolment.covered.until == date
        case (.buy(_, let purchase, _), .purchase(let other)): purchase.product == other.product
        case (.identity(_, let record, _), .identity(let other)): record == other
        case (.endIdentity(_, let identity, let date), .identity(let record)):
            record.dated.identity == identity && record.dated.ended == date
        case (.family(_, let member, _), .family(let other)): member == other
        case (.special(_, let registration, _), .special(let other)): registration == other
        case (.referral(_, let request, _), .referral(let other)): request.number == other.number
        default: false
        }
    }
}
