import Settlement

/// Where an application stands (AH-1, AH-2); each step has one way on.
package enum ApplicationStep: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 受理: at the service point, with its papers.
    case received
    /// 初审 passed.
    case checked
    /// 初审 not passed: given back with a reason; ends here.
    case returned
    /// 报送 to the appraising institution.
    case passedOn
    /// 鉴定符合: a card was made.
    case approved
    /// 鉴定不符合: refused with a written reason.
    case refused
}

/// How a card comes (慢性病证).
package enum CardMedium: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 慢性病证(卡).
    case paper
    /// 电子凭证.
    case electronic
}

/// A card for a chronic disease (慢性病证); in force from the day of the decision (I-31).
package struct Card: Equatable, Sendable {
    /// 1, 2, 3 … over all persons.
    package var number: UInt64
    package var disease: String
    package var since: CalendarDate
    package var medium: CardMedium
    /// Appraised, green channel, screened.
    package var way: FilingWay
    /// Number of the person's qualification that it stands for.
    package var qualification: UInt32

    package init(
        number: UInt64, disease: String, since: CalendarDate, medium: CardMedium, way: FilingWay, qualification: UInt32
    ) {
        self.number = number
        self.disease = disease
        self.since = since
        self.medium = medium
        self.way = way
        self.qualification = qualification
    }
}

/// Who is told the result (结果反馈).
package enum FeedbackRecipient: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// 患者或其家属.
    case personOrFamily
    /// 所在村“两委”.
    case villageCommittee
}

/// A person's application for a card (慢性病鉴定申请), with the day of every step.
package struct Application: Equatable, Sendable {
    /// 1, 2, 3 … within the person.
    package var number: UInt32
    package var disease: String
    /// Kinds of papers handed in.
    package var papers: [String]
    /// Institution number of the service point.
    package var servicePoint: UInt32
    package var step = ApplicationStep.received
    package var received: CalendarDate
    package var checked = CalendarDate.none
    package var passedOn = CalendarDate.none
    /// Month of the appraisal, as `CalendarDate.monthIndex`; 0: not passed on yet.
    package var dueMonth: Int32 = 0
    package var decided = CalendarDate.none
    package var isGreenChannel = false
    /// Codes of the experts who decided.
    package var experts: [String] = []
    /// Why it was returned or refused.
    package var reason = ""
    /// Number of the card; 0: none.
    package var card: UInt64 = 0
    /// Day on which each recipient was told, by raw value; `none`: not yet.
    package var told: [2 of CalendarDate] = [2 of CalendarDate](repeating: .none)

    package init(number: UInt32, disease: String, papers: [String], servicePoint: UInt32, received: CalendarDate) {
        self.number = number
        self.disease = disease
        self.papers = papers
        self.servicePoint = servicePoint
        self.received = received
    }

    package static func == (left: Application, right: Application) -> Bool {
        left.number == right.number && left.disease == right.disease && left.papers == right.papers
            && left.servicePoint == right.servicePoint && left.step == right.step && left.received == right.received
            && left.checked == right.checked && left.passedOn == right.passedOn && left.dueMonth == right.dueMonth
            && left.decided == right.decided && left.isGreenChannel == right.isGreenChannel
            && left.experts == right.experts && left.reason == right.reason && left.card == right.card
            && left.told[0] == right.told[0] && left.told[1] == right.told[1]
    }

    /// Decided, and everybody has been told.
    package var isComplete: Bool {
        switch step {
        case .approved, .refused: told[0] != .none && told[1] != .none
        case .returned: true
        default: false
        }
    }

    /// What has to be done next, for WRONG_STEP and for lists.
    package var nextStep: String {
        switch step {
        case .received: "the first check at the service point (初审)"
        case .checked: "passing on to the appraising institution (报送)"
        case .passedOn: "the appraisal (鉴定)"
        case .returned: "a new application: this one was given back"
        case .approved, .refused:
            isComplete ? "nothing: it is decided and everybody was told" : "telling the result (结果反馈)"
        }
    }
}

/// What happens to an application.
package enum ApplicationEvent: Equatable, Sendable {
    case received(disease: String, papers: [String], servicePoint: UInt32, on: CalendarDate)
    case checked(on: CalendarDate)
    case returned(on: CalendarDate, reason: String)
    /// `dueMonth` as `CalendarDate.monthIndex`.
    case passedOn(on: CalendarDate, dueMonth: Int32)
    case approved(Card, experts: [String])
    case refused(on: CalendarDate, isGreenChannel: Bool, experts: [String], reason: String)
    case told(FeedbackRecipient, on: CalendarDate)
}

/// An expert of the register (慢性病鉴定专家库).
package struct Expert: Equatable, Sendable {
    package var code: String
    /// As the pack's `filing.appraisal.titles` names it: "deputy_chief_physician".
    package var title: String
    /// Number of the institution; 0: not said.
    package var institution: UInt32
    /// Days in the register.
    package var inForce: DateRange

    package init(code: String, title: String, institution: UInt32 = 0, inForce: DateRange) {
        self.code = code
        self.title = title
        self.institution = institution
        self.inForce = inForce
    }
}
