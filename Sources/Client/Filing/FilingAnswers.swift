import Records
import Registry
import Settlement
import WireMessages

// Answers of `FilingService` in domain types; enum numbers of a later server that this program does not
// know are read as the first value of their list.

/// A disease on file, or a correction of one (特病 / 慢特病备案).
package struct RemoteFiling: Equatable, Sendable {
    package var number: UInt32
    package var disease: String
    package var inForce: DateRange
    /// Code of the certifying institution; empty: none.
    package var institution: String
    package var way: FilingWay
    /// Number of the filing that it replaces; 0: none.
    package var corrects: UInt32
    /// Number of the filing that replaced it; 0: none.
    package var supersededBy: UInt32
    package var isWithdrawn: Bool
    package var recordedAt: Moment

    /// Whether it is valid: neither corrected nor withdrawn.
    package var stands: Bool { supersededBy == 0 && !isWithdrawn }

    init(_ message: Jiesuan__V1__FiledDisease) {
        number = message.number
        disease = wireText(message.disease)
        inForce = DateRange(from: day(message.from), until: day(message.until))
        institution = wireText(message.institution)
        way = listed(message.way.rawValue, .certified)
        corrects = message.corrects
        supersededBy = message.superseded_by
        isWithdrawn = message.withdrawn != 0
        recordedAt = Moment(milliseconds: message.recorded_at)
    }
}

/// An application for a card and its state (AH-1, AH-2).
package struct RemoteApplication: Equatable, Sendable {
    package var person: UInt64
    package var number: UInt32
    package var disease: String
    package var papers: [String]
    package var servicePoint: String
    package var step: ApplicationStep
    package var received: CalendarDate
    package var checked: CalendarDate
    package var passedOn: CalendarDate
    /// 鉴定月份 as YYYYMM; 0: not passed on yet.
    package var dueMonth: UInt32
    package var decided: CalendarDate
    package var isGreenChannel: Bool
    package var experts: [String]
    package var reason: String
    /// 慢性病证号; 0: none.
    package var card: UInt64
    package var toldFamily: CalendarDate
    package var toldVillage: CalendarDate
    /// The next step; empty: none.
    package var nextStep: String

    init(_ message: Jiesuan__V1__FilingApplication) {
        person = message.person
        number = message.number
        disease = wireText(message.disease)
        papers = texts(message.n_papers, message.papers)
        servicePoint = wireText(message.service_point)
        step = listed(message.step.rawValue, .received)
        received = day(message.received)
        checked = day(message.checked)
        passedOn = day(message.passed_on)
        dueMonth = message.due_month
        decided = day(message.decided)
        isGreenChannel = message.green_channel != 0
        experts = texts(message.n_experts, message.experts)
        reason = wireText(message.reason)
        card = message.card
        toldFamily = day(message.told_family)
        toldVillage = day(message.told_village)
        nextStep = wireText(message.next_step)
    }
}

/// A chronic-disease card (慢性病证, AH-2).
package struct RemoteCard: Equatable, Sendable {
    package var number: UInt64
    package var disease: String
    package var inForce: DateRange
    package var medium: CardMedium
    package var way: FilingWay
    package var isWithdrawn: Bool

    init(_ message: Jiesuan__V1__FilingCard) {
        number = message.number
        disease = wireText(message.disease)
        inForce = DateRange(from: day(message.since), until: day(message.until))
        medium = listed(message.medium.rawValue, .paper)
        way = listed(message.way.rawValue, .certified)
        isWithdrawn = message.withdrawn != 0
    }
}

/// An outpatient contract (门诊统筹签约, SY-8), original or corrected.
package struct RemoteContract: Equatable, Sendable {
    package var number: UInt32
    package var institution: String
    package var inForce: DateRange
    /// Whether it is valid: neither corrected nor withdrawn.
    package var stands: Bool
    /// Whether it was signed by mistake: it ends before it begins.
    package var isWithdrawn: Bool { inForce.until != .none && inForce.until < inForce.from }

    init(_ message: Jiesuan__V1__OutpatientContract) {
        number = message.number
        institution = wireText(message.institution)
        inForce = DateRange(from: day(message.since), until: day(message.until))
        stands = message.stands != 0
    }
}

/// An expert who may appraise (AH-2).
package struct RemoteExpert: Equatable, Sendable {
    package var code: String
    package var title: String
    package var institution: String
    package var inForce: DateRange

    init(_ message: Jiesuan__V1__RegisterExpertRequest) {
        code = wireText(message.code)
        title = wireText(message.title)
        institution = wireText(message.institution)
        inForce = DateRange(from: day(message.from), until: day(message.until))
    }
}

/// An institution's tasks in filing by the operator's table (CQ-46, AH-1).
package struct RemoteDesignation: Equatable, Sendable {
    package var institution: String
    package var roles: FilingRoles

    init(_ message: Jiesuan__V1__DesignateRequest) {
        institution = wireText(message.institution)
        roles = []
        if message.certifier != 0 { roles.insert(.certifier) }
        if message.service_point != 0 { roles.insert(.servicePoint) }
    }
}

/// An entry of the monthly list of suspected patients (AH-3).
package struct RemoteSuspicion: Equatable, Sendable {
    package var person: UInt64
    package var number: UInt32
    package var disease: String
    package var source: SuspicionSource
    /// YYYYMM.
    package var month: UInt32
    package var reported: CalendarDate
    package var outcome: SuspicionOutcome
    package var settled: CalendarDate
    package var reason: String

    init(_ message: Jiesuan__V1__Suspicion) {
        person = message.person
        number = message.number
        disease = wireText(message.disease)
        source = listed(message.source.rawValue, .screening)
        month = message.month
        reported = day(message.reported)
        outcome = listed(message.outcome.rawValue, .open)
        settled = day(message.settled)
        reason = wireText(message.reason)
    }
}

/// The state of a recognition of poverty through illness (YT-7); amounts in fen.
package struct RemoteRecognitionRecord: Equatable, Sendable {
    package var applied: CalendarDate
    /// `none`: not recognised.
    package var recognised: CalendarDate
    package var refused: CalendarDate
    package var reason: String
    package var window: DateRange
    package var burden: Fen
    package var entitled: Fen
    package var paid: Fen
    package var outstanding: Fen
    package var overpaid: Fen

    init(_ message: Jiesuan__V1__RecognitionRecord) {
        applied = day(message.applied)
        recognised = day(message.recognised)
        refused = day(message.refused)
        reason = wireText(message.reason)
        window = DateRange(from: day(message.window_from), until: day(message.window_until))
        burden = message.burden
        entitled = message.entitled
        paid = message.paid
        outstanding = message.outstanding
        overpaid = message.overpaid
    }
}

/// All filings of a person.
package struct RemoteFilings: Equatable, Sendable {
    package var filings: [RemoteFiling]
    package var applications: [RemoteApplication]
    package var cards: [RemoteCard]
    package var contracts: [RemoteContract]
    package var suspicions: [RemoteSuspicion]
    package var recognitions: [RemoteRecognitionRecord]

    init(_ message: Jiesuan__V1__ShowFilingsResponse) {
        filings = every(message.n_filings, message.filings, RemoteFiling.init)
        applications = every(message.n_applications, message.applications, RemoteApplication.init)
        cards = every(message.n_cards, message.cards, RemoteCard.init)
        contracts = every(message.n_contracts, message.contracts, RemoteContract.init)
        suspicions = every(message.n_suspicions, message.suspicions, RemoteSuspicion.init)
        recognitions = every(message.n_recognitions, message.recognitions, RemoteRecognitionRecord.init)
    }
}

/// The messages of a repeated field, each as a value.
func every<Message, Value>(
    _ count: Int, _ messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ make: (Message) -> Value
) -> [Value] {
    (0..<count).compactMap { index in messages?[index].map { make($0.pointee) } }
}

private func texts(_ count: Int, _ texts: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> [String] {
    (0..<count).map { wireText(texts?[$0]) }
}

private func day(_ number: UInt32) -> CalendarDate { CalendarDate(Int32(clamping: number)) }

private func listed<Value: RawRepresentable>(
    _ number: UInt32, _ first: Value
) -> Value where Value.RawValue == UInt8 { UInt8(exactly: number).flatMap(Value.init) ?? first }
