import Ledger
import LedgerFormat
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// Answers of `FilingService`.
extension FilingWire {
    static func write(
        _ event: RecognitionEvent, _ payment: RecognitionPayment?, _ recognition: Recognition?, _ recorded: Moment,
        _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__RecognitionAnswer()
            jiesuan__v1__recognition_answer__init(&response)
            response.recorded_at = recorded.milliseconds
            response.paid_now = event.paid
            if let recognition {
                response.recognition = try messages([recognition], arena, jiesuan__v1__recognition_record__init) {
                    recognition, message throws(RequestProblem) in try fill(message, recognition, arena)
                }?.pointee
            }
            if let payment {
                response.sequence = payment.position.number
                response.n_shares = payment.parts.count
                response.shares = try messages(payment.parts, arena, jiesuan__v1__recognition_share__init) {
                    part, message throws(RequestProblem) in
                    message.pointee.settlement_id = try arena.string(part.id)
                    message.pointee.amount = part.amount
                }
            }
            return writePacked(
                &response, &reply, jiesuan__v1__recognition_answer__get_packed_size,
                jiesuan__v1__recognition_answer__pack)
        }
    }

    static func write(
        awaiting: [ListedApplication], untold: [ListedApplication], _ registry: Registry,
        _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__ListApplicationsResponse()
            jiesuan__v1__list_applications_response__init(&response)
            response.n_awaiting = awaiting.count
            response.awaiting = try messages(awaiting, arena, jiesuan__v1__filing_application__init) {
                listed, message throws(RequestProblem) in try fill(message, listed, registry, arena)
            }
            response.n_untold = untold.count
            response.untold = try messages(untold, arena, jiesuan__v1__filing_application__init) {
                listed, message throws(RequestProblem) in try fill(message, listed, registry, arena)
            }
            return writePacked(
                &response, &reply, jiesuan__v1__list_applications_response__get_packed_size,
                jiesuan__v1__list_applications_response__pack)
        }
    }

    static func write(
        _ entries: [ListedSuspicion], added: Int, _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__SuspicionList()
            jiesuan__v1__suspicion_list__init(&response)
            response.added = UInt32(added)
            response.n_entries = entries.count
            response.entries = try messages(entries, arena, jiesuan__v1__suspicion__init) {
                listed, message throws(RequestProblem) in
                try fill(message, listed.suspicion, of: listed.person, arena)
            }
            return writePacked(
                &response, &reply, jiesuan__v1__suspicion_list__get_packed_size, jiesuan__v1__suspicion_list__pack)
        }
    }

    static func write(
        person: UInt64, knownAt moment: Moment?, _ registry: Registry, _ recognitions: RecognitionState,
        _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            let filings = registry.filings
            var response = Jiesuan__V1__ShowFilingsResponse()
            jiesuan__v1__show_filings_response__init(&response)
            let known = filings.qualifications(of: person, knownAt: moment)
            response.n_filings = known.count
            response.filings = try messages(known, arena, jiesuan__v1__filed_disease__init) {
                known, message throws(RequestProblem) in try fill(message, known, registry, arena)
            }
            let applications = filings.applications(of: person).map {
                ListedApplication(person: person, application: $0)
            }
            response.n_applications = applications.count
            response.applications = try messages(applications, arena, jiesuan__v1__filing_application__init) {
                listed, message throws(RequestProblem) in try fill(message, listed, registry, arena)
            }
            let cards = filings.cards(of: person)
            response.n_cards = cards.count
            response.cards = try messages(cards, arena, jiesuan__v1__filing_card__init) {
                card, message throws(RequestProblem) in try fill(message, card, arena)
            }
            let contracts = filings.numberedContracts(of: person)
            response.n_contracts = contracts.count
            response.contracts = try messages(contracts, arena, jiesuan__v1__outpatient_contract__init) {
                numbered, message throws(RequestProblem) in
                let contract = numbered.contract
                message.pointee.number = numbered.number
                message.pointee.stands = numbered.stands ? 1 : 0
                message.pointee.institution = try arena.string(registry.institutions[contract.institution]?.code ?? "")
                message.pointee.since = number(contract.since)
                message.pointee.until = number(contract.until)
            }
            let suspicions = filings.suspicions(of: person)
            response.n_suspicions = suspicions.count
            response.suspicions = try messages(suspicions, arena, jiesuan__v1__suspicion__init) {
                suspicion, message throws(RequestProblem) in try fill(message, suspicion, of: person, arena)
            }
            response.n_recognitions = recognitions.recognitions.count
            response.recognitions = try messages(
                recognitions.recognitions, arena, jiesuan__v1__recognition_record__init
            ) { recognition, message throws(RequestProblem) in try fill(message, recognition, arena) }
            return writePacked(
                &response, &reply, jiesuan__v1__show_filings_response__get_packed_size,
                jiesuan__v1__show_filings_response__pack)
        }
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Jiesuan__V1__FiledDisease>, _ known: KnownQualification, _ registry: Registry,
        _ arena: Arena
    ) throws(RequestProblem) {
        let filing = known.qualification
        message.pointee.number = filing.number
        message.pointee.disease = try arena.string(filing.disease)
        message.pointee.from = number(filing.inForce.from)
        message.pointee.until = number(filing.inForce.until)
        message.pointee.institution = try arena.string(registry.institutions[filing.institution]?.code ?? "")
        message.pointee.way = Jiesuan__V1__FilingWay(rawValue: UInt32(filing.way.rawValue))
        message.pointee.corrects = filing.corrects
        message.pointee.superseded_by = known.supersededBy
        message.pointee.withdrawn = filing.isWithdrawn ? 1 : 0
        message.pointee.recorded_at = known.recorded.milliseconds
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Jiesuan__V1__FilingApplication>, _ listed: ListedApplication,
        _ registry: Registry, _ arena: Arena
    ) throws(RequestProblem) {
        let application = listed.application
        message.pointee.person = listed.person
        message.pointee.number = application.number
        message.pointee.disease = try arena.string(application.disease)
        message.pointee.n_papers = application.papers.count
        message.pointee.papers = try arena.strings(application.papers).baseAddress
        message.pointee.service_point = try arena.string(registry.institutions[application.servicePoint]?.code ?? "")
        message.pointee.step = Jiesuan__V1__ApplicationStep(rawValue: UInt32(application.step.rawValue))
        message.pointee.received = number(application.received)
        message.pointee.checked = number(application.checked)
        message.pointee.passed_on = number(application.passedOn)
        message.pointee.due_month = month(application.dueMonth)
        message.pointee.decided = number(application.decided)
        message.pointee.green_channel = application.isGreenChannel ? 1 : 0
        message.pointee.n_experts = application.experts.count
        message.pointee.experts = try arena.strings(application.experts).baseAddress
        message.pointee.reason = try arena.string(application.reason)
        message.pointee.card = application.card
        message.pointee.told_family = number(application.told[0])
        message.pointee.told_village = number(application.told[1])
        message.pointee.next_step = try arena.string(application.nextStep)
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Jiesuan__V1__FilingCard>, _ listed: ListedCard, _ arena: Arena
    ) throws(RequestProblem) {
        message.pointee.number = listed.card.number
        message.pointee.disease = try arena.string(listed.card.disease)
        message.pointee.since = number(listed.card.since)
        message.pointee.until = number(listed.until)
        message.pointee.medium = Jiesuan__V1__CardMedium(rawValue: UInt32(listed.card.medium.rawValue))
        message.pointee.way = Jiesuan__V1__FilingWay(rawValue: UInt32(listed.card.way.rawValue))
        message.pointee.withdrawn = listed.isWithdrawn ? 1 : 0
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Jiesuan__V1__Suspicion>, _ suspicion: Suspicion, of person: UInt64,
        _ arena: Arena
    ) throws(RequestProblem) {
        message.pointee.person = person
        message.pointee.number = suspicion.number
        message.pointee.disease = try arena.string(suspicion.disease)
        message.pointee.source = Jiesuan__V1__SuspicionSource(rawValue: UInt32(suspicion.source.rawValue))
        message.pointee.month = month(suspicion.month)
        message.pointee.reported = number(suspicion.reported)
        message.pointee.outcome = Jiesuan__V1__SuspicionOutcome(rawValue: UInt32(suspicion.outcome.rawValue))
        message.pointee.settled = number(suspicion.settled)
        message.pointee.reason = try arena.string(suspicion.reason)
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Jiesuan__V1__RecognitionRecord>, _ recognition: Recognition, _ arena: Arena
    ) throws(RequestProblem) {
        message.pointee.applied = number(recognition.applied)
        message.pointee.recognised = number(recognition.recognised)
        message.pointee.refused = number(recognition.refused)
        message.pointee.reason = try arena.string(recognition.reason)
        if recognition.isRecognised {
            message.pointee.window_from = number(recognition.window.from)
            message.pointee.window_until = number(recognition.window.until)
        }
        message.pointee.burden = recognition.burden
        message.pointee.entitled = recognition.entitled
        message.pointee.paid = recognition.paid
        message.pointee.outstanding = recognition.outstanding
        message.pointee.overpaid = recognition.overpaid
        message.pointee.taken_back = number(recognition.takenBack)
        message.pointee.recoverable = recognition.recoverable
    }
}
