import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// Anhui's workflow (AH-1, AH-2): each step in its order.
extension FilingMethods {
    @Sendable func receive(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__receive_application_request__unpack)?.pointee else {
            return unreadable("ReceiveApplicationRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let on = try day(request.on)
            let pack = try registry.pack(of: request.person, on: on)
            let servicePoint = try registry.filingInstitution(string(request.service_point), "service_point", on: on)
            let papers = (0..<request.n_papers).map { string(request.papers[$0]) }
            return try answer(
                [
                    try filings.receive(
                        string(request.disease), papers: papers, of: request.person, at: servicePoint, on: on, pack,
                        today: today)
                ], &reply)
        }
    }

    @Sendable func check(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__check_application_request__unpack)?.pointee else {
            return unreadable("CheckApplicationRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let key = FilingKey(person: request.person, number: request.number)
            let reason = request.returned != 0 ? string(request.reason) : nil
            return try answer(
                [try filings.check(key, on: try day(request.on), returnedFor: reason, today: today)], &reply)
        }
    }

    @Sendable func passOn(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__pass_on_application_request__unpack)?.pointee else {
            return unreadable("PassOnApplicationRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let on = try day(request.on)
            let pack = try registry.pack(of: request.person, on: on)
            let key = FilingKey(person: request.person, number: request.number)
            return try answer([try filings.passOn(key, on: on, pack, today: today)], &reply)
        }
    }

    @Sendable func appraise(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__appraise_application_request__unpack)?.pointee
        else { return unreadable("AppraiseApplicationRequest", context) }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let on = try day(request.on)
            let pack = try registry.pack(of: request.person, on: on)
            var verdict = Verdict.refused(string(request.reason))
            if request.approved != 0 { verdict = .approved(try FilingWire.value(request.medium.rawValue, "medium")) }
            return try answer(
                [
                    try filings.appraise(
                        FilingKey(person: request.person, number: request.number), verdict,
                        by: (0..<request.n_experts).map { string(request.experts[$0]) },
                        isGreenChannel: request.green_channel != 0, on: on, pack, today: today)
                ], &reply)
        }
    }

    @Sendable func deliver(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__deliver_result_request__unpack)?.pointee else {
            return unreadable("DeliverResultRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let key = FilingKey(person: request.person, number: request.number)
            let recipient: FeedbackRecipient = try FilingWire.value(request.recipient.rawValue, "recipient")
            return try answer([try filings.tell(key, recipient, on: try day(request.on), today: today)], &reply)
        }
    }

    @Sendable func registerExpert(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__register_expert_request__unpack)?.pointee else {
            return unreadable("RegisterExpertRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            let pack = try registry.pack(region: string(request.region))
            let institution = try registry.filingInstitution(string(request.institution), "institution", on: today)
            let expert = Expert(
                code: string(request.code), title: string(request.title), institution: institution?.number ?? 0,
                inForce: DateRange(
                    from: try day(request.from, "from"), until: try FilingWire.optionalDay(request.until, "until")))
            return try answer([try filings.register(expert, pack)], &reply)
        }
    }

    @Sendable func listApplications(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__list_applications_request__unpack)?.pointee else {
            return unreadable("ListApplicationsRequest", context)
        }
        return answering(context) { view throws(DomainRefusal) in
            let region = try view.registry.pack(region: string(request.region)).region
            let month = try view.month(request.month)
            let belongs: (UInt64) -> Bool = { view.registry.belongs($0, to: region, on: view.today) }
            return FilingWire.write(
                awaiting: view.filings.awaiting(month: month, belongs: belongs),
                untold: view.filings.untold(belongs: belongs), view.registry, &reply, context.arena)
        }
    }
}

extension FilingView {
    /// A month of the wire as `CalendarDate.monthIndex`; 0: this month.
    func month(_ number: UInt32) throws(DomainRefusal) -> Int32 {
        number == 0 ? today.monthIndex : try FilingWire.monthIndex(number, "month")
    }
}
