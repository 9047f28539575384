import Policy
import Records
import Settlement
import Text

/// Applications for a chronic-disease card (AH-1, AH-2): each step gives the event to record, or refuses; none changes
/// anything. A step that is not the next one is WRONG_STEP, which says what is due.
extension FilingRegister {
    /// 受理: with its papers, at a service point.
    ///
    /// - Throws: `DOCUMENTS_MISSING` naming the missing papers, `RECORD_CONFLICT` where the person has the card or an
    ///   application for this disease is under way.
    package func receive(
        _ disease: String, papers: [String], of person: UInt64, at servicePoint: FilingInstitution?,
        on day: CalendarDate, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        let rules = try appraisalRules(pack)
        guard pack.disease(code: disease) != nil else { throw unknownDisease(disease, pack) }
        try checkPast(day, "on", today)
        guard let servicePoint, roles(of: servicePoint.number).contains(.servicePoint) else {
            throw DomainRefusal(
                .institutionNotDesignated, "service_point", servicePoint?.record.code ?? "", rule: "AH-1",
                "applications are received at the service points of the operator's table (基层医保服务点)")
        }
        if papers.count > FilingLimit.papersMax {
            throw DomainRefusal(
                .factInvalid, "papers", "\(papers.count)", "an application has at most \(FilingLimit.papersMax)")
        }
        for paper in papers { try checkText(paper, "papers", bytesMax: FilingLimit.codeBytesMax) }
        let missing = rules.papers.filter { !$0.anyOf.contains(where: papers.contains) }
        if !missing.isEmpty {
            let names = missing.map { $0.anyOf.joined(separator: " or ") }.joined(separator: "; ")
            throw DomainRefusal(.documentsMissing, "papers", names, rule: "AH-1", "hand in what is named here as well")
        }
        try checkCardMissing(person, disease, on: day)
        let applications = cases[person]?.applications ?? []
        if let open = applications.first(where: { $0.disease == disease && !$0.isDecided }) {
            throw DomainRefusal(
                .recordConflict, "disease", disease, rule: "AH-1",
                "application \(open.number) for it is under way; its next step is \(open.nextStep)")
        }
        if applications.count >= FilingLimit.recordsMax { throw tooMany("applications", applications.count) }
        return .application(
            person: person, number: UInt32(applications.count + 1),
            .received(disease: disease, papers: papers, servicePoint: servicePoint.number, on: day))
    }

    /// 初审 at the service point; with `returnedFor` it is given back for that reason.
    package func check(
        _ key: FilingKey, on day: CalendarDate, returnedFor reason: String?, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        let application = try application(key, due: .received)
        try checkOrder(day, after: application.received, today)
        guard let reason else { return .application(person: key.person, number: key.number, .checked(on: day)) }
        try checkReason(reason, rule: "AH-1")
        return .application(person: key.person, number: key.number, .returned(on: day, reason: reason))
    }

    /// 报送: what is passed on by the pack's day of the month, inclusive (I-30), is appraised at that month's end, what
    /// is passed on later at the next month's.
    package func passOn(
        _ key: FilingKey, on day: CalendarDate, _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        let rules = try appraisalRules(pack)
        let application = try application(key, due: .checked)
        try checkOrder(day, after: application.checked, today)
        let month = day.monthIndex + (day.day <= rules.passedOnByDay ? 0 : 1)
        return .application(person: key.person, number: key.number, .passedOn(on: day, dueMonth: month))
    }

    /// 鉴定 by experts of the register: approved with a card, in force from this day (I-31), or refused with a written
    /// reason.
    ///
    /// The monthly one is held at the end of the due month: after the day by which papers are passed on, or later where
    /// the office was late. The green channel appraises at once, on any day from the passing on.
    ///
    /// - Throws: `WRONG_STEP` before that day, `NOT_ENTITLED` for whoever is no expert of the register,
    ///   `REASON_MISSING` for a refusal without one.
    package func appraise(
        _ key: FilingKey, _ verdict: Verdict, by experts: [String], isGreenChannel: Bool, on day: CalendarDate,
        _ pack: PolicyPack, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        let rules = try appraisalRules(pack)
        let application = try application(key, due: .passedOn)
        try checkOrder(day, after: application.passedOn, today)
        let isTime =
            day.monthIndex > application.dueMonth
            || (day.monthIndex == application.dueMonth && day.day > rules.passedOnByDay)
        if !isGreenChannel, !isTime {
            throw DomainRefusal(
                .wrongStep, "on", day.description, rule: "AH-1",
                "it is appraised at the end of \(monthText(application.dueMonth)), "
                    + "after day \(rules.passedOnByDay), or by the green channel")
        }
        try checkExperts(experts, on: day, rules)
        switch verdict {
        case .refused(let reason):
            try checkReason(reason, rule: "AH-2")
            return .application(
                person: key.person, number: key.number,
                .refused(on: day, isGreenChannel: isGreenChannel, experts: experts, reason: reason))
        case .approved(let medium):
            let way = isGreenChannel ? FilingWay.greenChannel : .appraised
            let card = try card(application.disease, for: key.person, since: day, medium, way)
            return .application(person: key.person, number: key.number, .approved(card, experts: experts))
        }
    }

    /// 结果反馈, with the day on which the recipient was told.
    package func tell(
        _ key: FilingKey, _ recipient: FeedbackRecipient, on day: CalendarDate, today: CalendarDate
    ) throws(DomainRefusal) -> FilingEvent {
        let application = try application(key)
        guard application.step == .approved || application.step == .refused else {
            throw wrongStep(application)
        }
        try checkOrder(day, after: application.decided, today)
        let before = application.told[Int(recipient.rawValue)]
        if before != .none {
            throw DomainRefusal(
                .wrongStep, "recipient", "\(recipient)".snakeCased, rule: "AH-2",
                "was told on \(before.description) already")
        }
        return .application(person: key.person, number: key.number, .told(recipient, on: day))
    }

    /// An entry of the expert register, new or in place of the one with the same code.
    package func register(_ expert: Expert, _ pack: PolicyPack) throws(DomainRefusal) -> FilingEvent {
        let rules = try appraisalRules(pack)
        if expert.code.isEmpty { throw DomainRefusal(.factInvalid, "code", "", "an expert needs a code") }
        try checkText(expert.code, "code", bytesMax: FilingLimit.codeBytesMax)
        guard rules.titles.contains(expert.title) else { throw notAnExpert("title", expert.title, rules) }
        try checkDay(expert.inForce.from, "from")
        if expert.inForce.until != .none {
            try checkDay(expert.inForce.until, "until")
            if expert.inForce.until < expert.inForce.from {
                throw DomainRefusal(.dateInvalid, "until", expert.inForce.until.description, "is before from")
            }
        }
        if experts[expert.code] == nil, experts.count >= FilingLimit.expertsMax {
            throw tooMany("experts", experts.count)
        }
        return .expert(expert)
    }
}

/// The result of an appraisal.
package enum Verdict: Equatable, Sendable {
    case approved(CardMedium)
    /// With the written reason.
    case refused(String)
}

extension Application {
    /// Neither under way nor waiting for a decision.
    package var isDecided: Bool { step == .approved || step == .refused || step == .returned }
}

extension FilingRegister {
    private func appraisalRules(_ pack: PolicyPack) throws(DomainRefusal) -> FilingRules {
        let rules = rules(of: pack)
        if rules.hasAppraisal { return rules }
        throw DomainRefusal(
            .noRule, "region", pack.region, rule: pack.cites("AH-1"),
            "the pack has no applications and no monthly appraisal (filing.papers)")
    }

    package func application(_ key: FilingKey) throws(DomainRefusal) -> Application {
        let known = cases[key.person]?.applications ?? []
        guard key.number >= 1, Int(key.number) <= known.count else {
            throw DomainRefusal(
                .recordUnknown, "number", "\(key.number)", rule: "AH-1",
                "this person has no application of that number")
        }
        return known[Int(key.number) - 1]
    }

    private func application(_ key: FilingKey, due step: ApplicationStep) throws(DomainRefusal) -> Application {
        let application = try application(key)
        guard application.step == step else { throw wrongStep(application) }
        return application
    }

    private func wrongStep(_ application: Application) -> DomainRefusal {
        DomainRefusal(
            .wrongStep, "number", "\(application.number)", rule: "AH-1",
            "the next step is \(application.nextStep)")
    }

    private func checkOrder(
        _ day: CalendarDate, after step: CalendarDate, _ today: CalendarDate
    ) throws(DomainRefusal) {
        try checkPast(day, "on", today)
        if day < step {
            throw DomainRefusal(
                .dateInvalid, "on", day.description, "is before the step before it, \(step.description)")
        }
    }

    private func checkExperts(
        _ codes: [String], on day: CalendarDate, _ rules: FilingRules
    ) throws(DomainRefusal) {
        if codes.isEmpty {
            throw DomainRefusal(
                .factMissing, "experts", "", rule: "AH-2", "name the experts of the register who decided")
        }
        if codes.count > FilingLimit.expertsPerDecisionMax {
            throw DomainRefusal(
                .factInvalid, "experts", "\(codes.count)", "at most \(FilingLimit.expertsPerDecisionMax) decide")
        }
        for code in codes {
            guard let expert = experts[code], expert.inForce.contains(day) else {
                throw DomainRefusal(
                    .notEntitled, "experts", code, rule: "AH-2", "is not in the expert register on \(day.description)")
            }
            guard rules.titles.contains(expert.title) else { throw notAnExpert("experts", code, rules) }
        }
    }

    private func notAnExpert(_ field: String, _ value: String, _ rules: FilingRules) -> DomainRefusal {
        DomainRefusal(
            .notEntitled, field, value, rule: "AH-2",
            "only these titles appraise: \(rules.titles.joined(separator: ", "))")
    }

    /// The next card for a person, of a disease that is not on file.
    func card(
        _ disease: String, for person: UInt64, since day: CalendarDate, _ medium: CardMedium, _ way: FilingWay
    ) throws(DomainRefusal) -> Card {
        try checkCardMissing(person, disease, on: day)
        return Card(
            number: lastCard + 1, disease: disease, since: day, medium: medium, way: way,
            qualification: try nextNumber(person))
    }

    private func checkCardMissing(
        _ person: UInt64, _ disease: String, on day: CalendarDate
    ) throws(DomainRefusal) {
        try checkOverlap(person, disease, DateRange(from: day), besides: 0)
    }
}

func tooMany(_ what: String, _ count: Int) -> DomainRefusal {
    DomainRefusal(.recordConflict, what, "\(count)", "so many are kept at most")
}

/// "2020-07" of a `CalendarDate.monthIndex`.
package func monthText(_ month: Int32) -> String {
    let (year, number) = (month / 12, month % 12 + 1)
    return "\(year)-\(number < 10 ? "0" : "")\(number)"
}
