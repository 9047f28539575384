import Settlement
import WireMessages

/// The answer to a change of filings.
package struct FilingReceipt: Equatable, Sendable {
    /// The person's number of the filing, application or entry.
    package var number: UInt32
    /// Number of the issued card; 0: none.
    package var card: UInt64
    /// 鉴定月份 as YYYYMM; 0: none.
    package var dueMonth: UInt32
}

/// A client of `FilingService` in domain types (rules CQ-46, AH-1 … AH-4, SY-8, YT-7).
///
/// Wire enums are passed as their numbers in `filing_service.proto`; a day `none` is today, or open.
package struct FilingClient {
    package let client: Client

    package init(_ client: Client) { self.client = client }

    package func file(
        person: UInt64, disease: String, from: CalendarDate, until: CalendarDate = .none, institution: String,
        way: UInt32 = 0
    ) throws(ClientError) -> FilingReceipt {
        try change("File", jiesuan__v1__file_request__init) { request, objects in
            request.person = person
            request.disease = objects.string(disease)
            request.from = number(from)
            request.until = number(until)
            request.institution = objects.string(institution)
            request.way = Jiesuan__V1__FilingWay(rawValue: way)
        }
    }

    /// Corrects a filing; `inForce` nil withdraws it, an empty `institution` keeps the certifying one.
    package func correct(
        person: UInt64, filing: UInt32, inForce: DateRange?, institution: String = ""
    ) throws(ClientError) -> FilingReceipt {
        try change("Correct", jiesuan__v1__correct_filing_request__init) { request, objects in
            request.person = person
            request.number = filing
            request.withdraw = inForce == nil ? 1 : 0
            request.from = number(inForce?.from ?? .none)
            request.until = number(inForce?.until ?? .none)
            request.institution = objects.string(institution)
        }
    }

    package func designate(
        institution: String, certifier: Bool, servicePoint: Bool
    ) throws(ClientError) -> FilingReceipt {
        try change("Designate", jiesuan__v1__designate_request__init) { request, objects in
            request.institution = objects.string(institution)
            request.certifier = certifier ? 1 : 0
            request.service_point = servicePoint ? 1 : 0
        }
    }

    package func receive(
        person: UInt64, disease: String, papers: [String], servicePoint: String, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("Receive", jiesuan__v1__receive_application_request__init) { request, objects in
            request.person = person
            request.disease = objects.string(disease)
            request.n_papers = papers.count
            request.papers = objects.array(papers.map(objects.string))
            request.service_point = objects.string(servicePoint)
            request.on = number(day)
        }
    }

    /// Checks an application's papers; `returnedFor` nil: they are complete.
    package func check(
        person: UInt64, application: UInt32, returnedFor reason: String? = nil, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("Check", jiesuan__v1__check_application_request__init) { request, objects in
            request.person = person
            request.number = application
            request.returned = reason == nil ? 0 : 1
            request.reason = objects.string(reason ?? "")
            request.on = number(day)
        }
    }

    package func passOn(
        person: UInt64, application: UInt32, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("PassOn", jiesuan__v1__pass_on_application_request__init) { request, _ in
            request.person = person
            request.number = application
            request.on = number(day)
        }
    }

    /// Decides an application; `refusedFor` nil: approved, with an electronic or a paper card.
    package func appraise(
        person: UInt64, application: UInt32, refusedFor reason: String? = nil, electronic: Bool = false,
        experts: [String], greenChannel: Bool = false, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("Appraise", jiesuan__v1__appraise_application_request__init) { request, objects in
            request.person = person
            request.number = application
            request.approved = reason == nil ? 1 : 0
            request.medium = Jiesuan__V1__CardMedium(rawValue: electronic ? 1 : 0)
            request.reason = objects.string(reason ?? "")
            request.n_experts = experts.count
            request.experts = objects.array(experts.map(objects.string))
            request.green_channel = greenChannel ? 1 : 0
            request.on = number(day)
        }
    }

    package func deliver(
        person: UInt64, application: UInt32, toVillageCommittee: Bool, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("Deliver", jiesuan__v1__deliver_result_request__init) { request, _ in
            request.person = person
            request.number = application
            request.recipient = Jiesuan__V1__FeedbackRecipient(rawValue: toVillageCommittee ? 1 : 0)
            request.on = number(day)
        }
    }

    package func registerExpert(
        region: String, code: String, title: String, institution: String = "", inForce: DateRange
    ) throws(ClientError) -> FilingReceipt {
        try change("RegisterExpert", jiesuan__v1__register_expert_request__init) { request, objects in
            request.region = objects.string(region)
            request.code = objects.string(code)
            request.title = objects.string(title)
            request.institution = objects.string(institution)
            request.from = number(inForce.from)
            request.until = number(inForce.until)
        }
    }

    package func reportSuspect(
        person: UInt64, disease: String, source: UInt32, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("ReportSuspect", jiesuan__v1__report_suspect_request__init) { request, objects in
            request.person = person
            request.disease = objects.string(disease)
            request.source = Jiesuan__V1__SuspicionSource(rawValue: source)
            request.on = number(day)
        }
    }

    package func issueCard(
        person: UInt64, entry: UInt32, electronic: Bool = false, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("IssueCard", jiesuan__v1__issue_card_request__init) { request, _ in
            request.person = person
            request.number = entry
            request.medium = Jiesuan__V1__CardMedium(rawValue: electronic ? 1 : 0)
            request.on = number(day)
        }
    }

    package func closeSuspect(
        person: UInt64, entry: UInt32, reason: String, on day: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("CloseSuspect", jiesuan__v1__close_suspect_request__init) { request, objects in
            request.person = person
            request.number = entry
            request.reason = objects.string(reason)
            request.on = number(day)
        }
    }

    package func sign(
        person: UInt64, institution: String, since: CalendarDate, until: CalendarDate = .none
    ) throws(ClientError) -> FilingReceipt {
        try change("Sign", jiesuan__v1__sign_contract_request__init) { request, objects in
            request.person = person
            request.institution = objects.string(institution)
            request.since = number(since)
            request.until = number(until)
        }
    }
}

extension FilingClient {
    /// Sends a change; returns its receipt.
    func change<Request>(
        _ method: String, _ start: (UnsafeMutablePointer<Request>?) -> Void,
        _ fill: (inout Request, WireObjects) -> Void
    ) throws(ClientError) -> FilingReceipt {
        let answer = try call(method, start, fill)
        guard let unpacked = jiesuan__v1__filing_answer__unpack(nil, answer.count, answer) else {
            throw .badAnswer("FilingAnswer does not parse")
        }
        defer { jiesuan__v1__filing_answer__free_unpacked(unpacked, nil) }
        return FilingReceipt(
            number: unpacked.pointee.number, card: unpacked.pointee.card, dueMonth: unpacked.pointee.due_month)
    }

    /// Sends a request that is initialised in place; every protobuf-c message begins with its base.
    func call<Request>(
        _ method: String, _ start: (UnsafeMutablePointer<Request>?) -> Void,
        _ fill: (inout Request, WireObjects) -> Void
    ) throws(ClientError) -> [UInt8] {
        let objects = WireObjects()
        let request = objects.make(start)
        fill(&request.pointee, objects)
        let raw = UnsafeMutableRawPointer(request).assumingMemoryBound(to: ProtobufCMessage.self)
        let bytes = [UInt8](unsafeUninitializedCapacity: protobuf_c_message_get_packed_size(raw)) { buffer, count in
            count = protobuf_c_message_pack(raw, buffer.baseAddress)
        }
        return try client.call(service: ServiceName.filing, method: method, message: bytes)
    }

    func number(_ day: CalendarDate) -> UInt32 { UInt32(max(0, day.number)) }
}
