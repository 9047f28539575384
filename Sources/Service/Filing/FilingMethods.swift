import CShims
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `FilingService`: diseases on file, applications and cards, screening, contracts, recognitions (CQ-46, AH-1 … AH-4,
/// SY-8, YT-7). What changes something runs on the sequencer, lists are made beside it.
package final class FilingMethods: @unchecked Sendable {
    // Unchecked: the ledger is used by the sequencer only, where the methods run that are not lists.

    package static let service = String(cString: jiesuan__v1__filing_service__descriptor.name)

    let ledger: any FilingLedger
    let reading: any FilingReading

    package init(ledger: any FilingLedger, reading: any FilingReading) {
        self.ledger = ledger
        self.reading = reading
    }

    /// The methods that change something or look at one person; `placement` runs one after the other.
    package func methods(_ placement: Method.Placement) -> [Method] {
        [
            ("File", file), ("Correct", correct), ("Show", show), ("Designate", designate), ("Receive", receive),
            ("Check", check), ("PassOn", passOn), ("Appraise", appraise), ("Deliver", deliver),
            ("RegisterExpert", registerExpert), ("ReportSuspect", reportSuspect), ("IssueCard", issueCard),
            ("CloseSuspect", closeSuspect), ("Sign", sign), ("CorrectContract", correctContract), ("Survey", survey),
            ("HandOverSubsidies", handOverSubsidies), ("Recognise", recognise),
        ].map { Self.method($0, $1, placement) }
    }

    /// The methods that read much: lists, and the screening, which also records what it finds.
    package func lists(_ placement: Method.Placement) -> [Method] {
        [
            ("ListApplications", listApplications), ("Screen", screen), ("ListSuspects", listSuspects),
            ("ListPersons", listPersons), ("ListExperts", listExperts), ("ListDesignations", listDesignations),
            ("Table", table),
        ].map { Self.method($0, $1, placement) }
    }

    private static func method(
        _ name: String, _ handler: @escaping Method.Handler, _ placement: Method.Placement
    ) -> Method {
        Method(service: service, name: name, placement: placement, handler: handler)
    }

    /// Answers with what `body` makes of the registers and visits of one moment.
    func answering(
        _ context: WorkerContext, body: (FilingView) throws(DomainRefusal) -> CallStatus
    ) -> CallStatus {
        do throws(CallFailure) { return try reading.read(context.call, body) } catch { return error.status }
    }

    var registry: Registry { ledger.registry }
    var filings: FilingRegister { ledger.registry.filings }
    var today: CalendarDate { ledger.now.date }

    /// A day of the wire; 0: today.
    func day(_ number: UInt32, _ field: String = "on") throws(DomainRefusal) -> CalendarDate {
        number == 0 ? today : try FilingWire.day(number, field)
    }

    /// Records `events` and answers with the number of the last one and the card that came of it.
    func answer(
        _ events: [FilingEvent], _ reply: inout ReplyWriter
    ) throws(DomainRefusal) -> CallStatus {
        let recorded = ledger.now
        try ledger.record(events.map(RegistryEvent.filing))
        var response = Jiesuan__V1__FilingAnswer()
        jiesuan__v1__filing_answer__init(&response)
        response.recorded_at = recorded.milliseconds
        switch events.last {
        case .qualified(_, let qualification): response.number = qualification.number
        case .application(_, let number, let event):
            response.number = number
            if case .approved(let card, _) = event { response.card = card.number }
            if case .passedOn(_, let month) = event { response.due_month = FilingWire.month(month) }
        case .suspicion(_, let number, let event):
            response.number = number
            if case .carded(let card) = event { response.card = card.number }
        case .contract(let person, _): response.number = UInt32(filings.contracts(of: person).count)
        case .survey(let person, _): response.number = UInt32(filings.surveys(of: person).count)
        case .designated(let institution, _): response.number = institution
        case .feedback(let person, _): response.number = UInt32(filings.feedback(of: person).count)
        case .statement(let statement): response.number = statement.number
        case .chronicReport, .expert, nil: break
        }
        return writePacked(
            &response, &reply, jiesuan__v1__filing_answer__get_packed_size, jiesuan__v1__filing_answer__pack)
    }

    @Sendable func file(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__file_request__unpack)?.pointee else {
            return unreadable("FileRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let from = try FilingWire.day(request.from, "from")
            let pack = try registry.pack(of: request.person, on: from)
            let filing = Filing(
                person: request.person, disease: string(request.disease),
                inForce: DateRange(from: from, until: try FilingWire.optionalDay(request.until, "until")),
                institution: try registry.filingInstitution(string(request.institution), "institution", on: today),
                way: try FilingWire.value(request.way.rawValue, "way"))
            let facts = registry.filingFacts(of: request.person, on: from)
            return try answer([try filings.file(filing, pack, facts: facts)], &reply)
        }
    }

    @Sendable func correct(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__correct_filing_request__unpack)?.pointee else {
            return unreadable("CorrectFilingRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let pack = try registry.pack(of: request.person, on: today)
            var inForce: DateRange?
            if request.withdraw == 0 {
                inForce = DateRange(
                    from: try FilingWire.day(request.from, "from"),
                    until: try FilingWire.optionalDay(request.until, "until"))
            }
            let institution = try registry.filingInstitution(string(request.institution), "institution", on: today)
            return try answer(
                [
                    try filings.correct(
                        request.person, request.number, inForce: inForce, institution: institution, pack)
                ], &reply)
        }
    }

    @Sendable func designate(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__designate_request__unpack)?.pointee else {
            return unreadable("DesignateRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let code = string(request.institution)
            guard let institution = try registry.filingInstitution(code, "institution", on: today) else {
                throw DomainRefusal(.institutionUnknown, "institution", "", "name a registered institution")
            }
            var roles: FilingRoles = []
            if request.certifier != 0 { roles.insert(.certifier) }
            if request.service_point != 0 { roles.insert(.servicePoint) }
            return try answer([filings.designate(institution.number, roles)], &reply)
        }
    }

    @Sendable func sign(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__sign_contract_request__unpack)?.pointee else {
            return unreadable("SignContractRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let since = try day(request.since, "since")
            let pack = try registry.pack(of: request.person, on: since)
            let institution = try registry.filingInstitution(string(request.institution), "institution", on: since)
            return try answer(
                try filings.sign(
                    request.person, with: institution, since: since,
                    until: try FilingWire.optionalDay(request.until, "until"), pack, today: today), &reply)
        }
    }

    @Sendable func survey(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__survey_request__unpack)?.pointee else {
            return unreadable("SurveyRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let surveyed = try day(request.surveyed, "surveyed")
            let pack = try registry.pack(of: request.person, on: surveyed)
            let entry = SurveyEntry(
                area: string(request.area), surveyed: surveyed,
                knowsPolicy: try FilingWire.value(request.knows_policy.rawValue, "knows_policy"),
                needsTwoDisease: try FilingWire.value(request.needs_two_disease.rawValue, "needs_two_disease"),
                needsChronicOutpatient: try FilingWire.value(
                    request.needs_chronic_outpatient.rawValue, "needs_chronic_outpatient"),
                isCovered: try FilingWire.value(request.covered.rawValue, "covered"),
                solved: string(request.solved), unsolved: string(request.unsolved))
            return try answer([try filings.survey(entry, of: request.person, pack, today: today)], &reply)
        }
    }

    @Sendable func recognise(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__recognise_request__unpack)?.pointee else {
            return unreadable("RecogniseRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let command = try FilingWire.command(request, on: try day(request.on))
            let recorded = ledger.now
            let (event, payment) = try ledger.recognise(request.person, command)
            let recognition = ledger.recognitions(of: request.person)[event.year]
            return FilingWire.write(event, payment, recognition, recorded, &reply, context.arena)
        }
    }
}
