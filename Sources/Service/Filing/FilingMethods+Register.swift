import RPC
import Records
import Registry
import Settlement
import WireMessages

/// What the register of filings has: who is in it, experts, institutions' parts; and corrections of contracts.
extension FilingMethods {
    private static let personsDefault = 1_000
    private static let personsMax = 10_000

    @Sendable func correctContract(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__correct_contract_request__unpack)?.pointee else {
            return unreadable("CorrectContractRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
            var contract: OutpatientContract?
            if request.withdraw == 0 {
                contract = OutpatientContract(
                    institution: 0, since: try FilingWire.day(request.since, "since"),
                    until: try FilingWire.optionalDay(request.until, "until"))
            }
            let institution = try registry.filingInstitution(
                string(request.institution), "institution", on: contract?.since ?? today)
            return try answer(
                try filings.correctContract(
                    request.person, request.number, to: contract, institution: institution, today: today), &reply)
        }
    }

    @Sendable func listPersons(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__list_filed_persons_request__unpack)?.pointee else {
            return unreadable("ListFiledPersonsRequest", context)
        }
        return answering(context) { view throws(DomainRefusal) in
            let region = string(request.region)
            if !region.isEmpty { _ = try view.registry.pack(region: region) }
            guard request.limit <= Self.personsMax else {
                throw DomainRefusal(
                    .factInvalid, "limit", "\(request.limit)",
                    "at most \(Self.personsMax) in one call; ask again with `after`")
            }
            let limit = request.limit == 0 ? Self.personsDefault : Int(request.limit)
            let all = view.filings.persons.union(view.recognisedPersons).filter { person in
                (request.has_after == 0 || person > request.after)
                    && (region.isEmpty || view.registry.belongs(person, to: region, on: view.today))
            }.sorted()
            return withinArena { () throws(RequestProblem) in
                let listed = try context.arena.array(min(all.count, limit), of: UInt64.self)
                for (index, person) in all.prefix(limit).enumerated() {
                    listed.initializeElement(at: index, to: person)
                }
                var response = Jiesuan__V1__ListFiledPersonsResponse()
                jiesuan__v1__list_filed_persons_response__init(&response)
                response.n_persons = listed.count
                response.persons = listed.baseAddress
                response.more = all.count > limit ? 1 : 0
                return writePacked(
                    &response, &reply, jiesuan__v1__list_filed_persons_response__get_packed_size,
                    jiesuan__v1__list_filed_persons_response__pack)
            }
        }
    }

    @Sendable func listExperts(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard unpack(message, context, jiesuan__v1__list_experts_request__unpack) != nil else {
            return unreadable("ListExpertsRequest", context)
        }
        return answering(context) { view in
            FilingWire.write(view.filings.experts.values.sorted { $0.code < $1.code }, view, &reply, context.arena)
        }
    }

    @Sendable func listDesignations(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard unpack(message, context, jiesuan__v1__list_designations_request__unpack) != nil else {
            return unreadable("ListDesignationsRequest", context)
        }
        return answering(context) { view in
            let designated = view.filings.designated.map { (code: view.code(of: $0.key), roles: $0.value) }
                .sorted { $0.code < $1.code }
            return FilingWire.write(designated, &reply, context.arena)
        }
    }
}

extension FilingView {
    fileprivate func code(of institution: UInt32) -> String { registry.institutions[institution]?.code ?? "" }
}

extension FilingWire {
    fileprivate static func write(
        _ experts: [Expert], _ view: FilingView, _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__ListExpertsResponse()
            jiesuan__v1__list_experts_response__init(&response)
            response.n_experts = experts.count
            response.experts = try messages(
                experts, arena, jiesuan__v1__register_expert_request__init
            ) { expert, message throws(RequestProblem) in
                message.pointee.code = try arena.string(expert.code)
                message.pointee.title = try arena.string(expert.title)
                message.pointee.institution = try arena.string(view.code(of: expert.institution))
                message.pointee.from = number(expert.inForce.from)
                message.pointee.until = number(expert.inForce.until)
            }
            return writePacked(
                &response, &reply, jiesuan__v1__list_experts_response__get_packed_size,
                jiesuan__v1__list_experts_response__pack)
        }
    }

    fileprivate static func write(
        _ designated: [(code: String, roles: FilingRoles)], _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__ListDesignationsResponse()
            jiesuan__v1__list_designations_response__init(&response)
            response.n_institutions = designated.count
            response.institutions = try messages(
                designated, arena, jiesuan__v1__designate_request__init
            ) { designation, message throws(RequestProblem) in
                message.pointee.institution = try arena.string(designation.code)
                message.pointee.certifier = designation.roles.contains(.certifier) ? 1 : 0
                message.pointee.service_point = designation.roles.contains(.servicePoint) ? 1 : 0
            }
            return writePacked(
                &response, &reply, jiesuan__v1__list_designations_response__get_packed_size,
                jiesuan__v1__list_designations_response__pack)
        }
    }
}
