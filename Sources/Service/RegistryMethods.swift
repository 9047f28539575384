import Ledger
import RPC
import Registry
import Settlement
import WireMessages

/// `RegistryService`: what changes the register. On the sequencer only.
struct RegistryMethods: Sendable {
    let desk: LedgerDesk

    /// Every method of the service, to be run on the sequencer.
    func handlers() -> [(name: String, handler: Method.Handler)] {
        let look = RegistryLookup(desk: desk)
        return [
            ("PutArea", { putArea($0, &$1, $2) }),
            ("ListAreas", { look.areas($0, &$1, $2) }),
            ("PutInstitution", { putInstitution($0, &$1, $2) }),
            ("GetInstitution", { look.institution($0, &$1, $2) }),
            ("ListInstitutions", { look.institutions($0, &$1, $2) }),
            change(
                "RegisterPerson", jiesuan__v1__register_person_request__unpack,
                { jiesuan__v1__register_person_request__descriptor }, RegistryRequest.init),
            ("GetPerson", { look.person($0, &$1, $2) }),
            ("ListPersons", { look.persons($0, &$1, $2) }),
            change(
                "Enrol", jiesuan__v1__enrol_request__unpack, { jiesuan__v1__enrol_request__descriptor },
                RegistryRequest.init),
            change(
                "ChangeEnrolment", jiesuan__v1__change_enrolment_request__unpack,
                { jiesuan__v1__change_enrolment_request__descriptor }, RegistryRequest.init),
            change(
                "EndEnrolment", jiesuan__v1__end_enrolment_request__unpack,
                { jiesuan__v1__end_enrolment_request__descriptor }, RegistryRequest.init),
            change(
                "BuySupplementary", jiesuan__v1__buy_supplementary_request__unpack,
                { jiesuan__v1__buy_supplementary_request__descriptor }, RegistryRequest.init),
            change(
                "PutIdentity", jiesuan__v1__put_identity_request__unpack,
                { jiesuan__v1__put_identity_request__descriptor }, RegistryRequest.init),
            change(
                "PutFamily", jiesuan__v1__put_family_request__unpack,
                { jiesuan__v1__put_family_request__descriptor }, RegistryRequest.init),
            change(
                "PutSpecialRegistration", jiesuan__v1__put_special_registration_request__unpack,
                { jiesuan__v1__put_special_registration_request__descriptor },
                RegistryRequest.init),
            change(
                "PutReferral", jiesuan__v1__put_referral_request__unpack,
                { jiesuan__v1__put_referral_request__descriptor }, RegistryRequest.init),
            change(
                "PutFeedback", jiesuan__v1__put_feedback_request__unpack,
                { jiesuan__v1__put_feedback_request__descriptor }, RegistryRequest.init),
            change(
                "PutChronicReport", jiesuan__v1__put_chronic_report_request__unpack,
                { jiesuan__v1__put_chronic_report_request__descriptor }, RegistryRequest.init),
            change(
                "EndPerson", jiesuan__v1__end_person_request__unpack,
                { jiesuan__v1__end_person_request__descriptor }, RegistryRequest.init),
            change(
                "WithdrawRecord", jiesuan__v1__withdraw_record_request__unpack,
                { jiesuan__v1__withdraw_record_request__descriptor }, RegistryRequest.init),
            ("ImportBatch", { RegistryImport(desk: desk).handle($0, &$1, $2) }),
            ("GetYear", { YearMethod(desk: desk).handle($0, &$1, $2) }),
        ]
    }

    private typealias Unpacker<Message> =
        @Sendable (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
        -> UnsafeMutablePointer<Message>?

    /// A method that changes a person's record.
    private func change<Message>(
        _ name: String, _ unpacker: @escaping Unpacker<Message>,
        _ descriptor: @escaping @Sendable () -> ProtobufCMessageDescriptor,
        _ read: @escaping @Sendable (Message) throws(RequestProblem) -> RegistryRequest
    ) -> (name: String, handler: Method.Handler) {
        (
            name,
            { bytes, reply, context in
                guard let message = unpack(bytes, context, unpacker) else {
                    return unreadable("\(name)Request", context)
                }
                var descriptor = descriptor()
                guard textsAreWhole(bytes, &descriptor) else { return refused(zeroInText, nil) }
                do throws(RequestProblem) {
                    return try carryOut(try read(message.pointee), &reply)
                } catch {
                    return refused(error, nil)
                }
            }
        )
    }

    private func carryOut(_ request: RegistryRequest, _ reply: inout ReplyWriter) throws(RequestProblem) -> CallStatus {
        let events = try record(request)
        let person = request.person ?? 0
        let history = desk.ledger.registry.people.history(of: person)
        let made = events.isOf(person)
        let entry = made ? history.last : history.last { $0.supersededBy == 0 && request.asksFor($0.fact) }
        let bytes = BackwardWriter.registryRecordBytesMax + (entry?.fact.nameBytes ?? 0)
        guard let room = reply.reserve(bytes) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        if let entry { writer.entry(2, entry, of: person, code: desk.code(ofInstitution:)) }
        writer.field(1, events.isEmpty)
        reply.commit(writer.finish())
        return .ok
    }

    /// Carries a request out; the events that were recorded, none where it was so already.
    private func record(_ request: RegistryRequest) throws(RequestProblem) -> [RegistryEvent] {
        do throws(DomainRefusal) {
            let events = try desk.ledger.registry.events(for: request, today: desk.ledger.now.date)
            try desk.ledger.record(events)
            return events
        } catch { throw .domain(error) }
    }

    private func putArea(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let message = unpack(bytes, context, jiesuan__v1__put_area_request__unpack) else {
            return unreadable("PutAreaRequest", context)
        }
        var descriptor = jiesuan__v1__put_area_request__descriptor
        guard textsAreWhole(bytes, &descriptor) else { return refused(zeroInText, nil) }
        do throws(RequestProblem) {
            let request = try RegistryRequest(message.pointee)
            let events = try record(request)
            guard let room = reply.reserve(16) else { return reply.tooLarge }
            var writer = BackwardWriter(room)
            writer.field(1, events.isEmpty)
            reply.commit(writer.finish())
            return .ok
        } catch {
            return refused(error, nil)
        }
    }

    private func putInstitution(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let message = unpack(bytes, context, jiesuan__v1__put_institution_request__unpack) else {
            return unreadable("PutInstitutionRequest", context)
        }
        var descriptor = jiesuan__v1__put_institution_request__descriptor
        guard textsAreWhole(bytes, &descriptor) else { return refused(zeroInText, nil) }
        do throws(RequestProblem) {
            let request = try RegistryRequest(message.pointee)
            let events = try record(request)
            var number: UInt32 = 0
            if case .institution(let record) = request {
                number = desk.ledger.registry.institutions.number(ofCode: record.code) ?? 0
            }
            guard let room = reply.reserve(16) else { return reply.tooLarge }
            var writer = BackwardWriter(room)
            writer.field(2, events.isEmpty)
            writer.field(1, Int64(number))
            reply.commit(writer.finish())
            return .ok
        } catch {
            return refused(error, nil)
        }
    }
}

extension [RegistryEvent] {
    /// True where the last of them is on the person's own record: a relation may end on the other one's, and some
    /// registers are of their own.
    fileprivate func isOf(_ person: UInt64) -> Bool {
        guard case .person(let changed, _) = last else { return false }
        return changed == person
    }
}

/// `RegistryService.ImportBatch`: many requests in their order, each for itself.
struct RegistryImport: Sendable {
    /// Bytes of an item's error; its texts are cut.
    private static let errorTextBytesMax = 512

    let desk: LedgerDesk

    func handle(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__import_batch_request__unpack)?.pointee else {
            return unreadable("ImportBatchRequest", context)
        }
        var descriptor = jiesuan__v1__import_batch_request__descriptor
        guard textsAreWhole(bytes, &descriptor) else { return refused(zeroInText, nil) }
        guard request.n_items <= RegistryLimit.importItemsMax else {
            return CallStatus(
                DomainRefusal(
                    .factInvalid, "items", "\(request.n_items)",
                    "at most \(RegistryLimit.importItemsMax) items in one call; send the rest in another"))
        }
        var recorded: UInt32 = 0
        var unchanged: UInt32 = 0
        var errors: [(item: Int, refusal: DomainRefusal)] = []
        let trial = request.dry_run != 0 ? trial(of: request) : nil
        for index in 0..<request.n_items {
            switch carryOut(request.items[index], trial) {
            case .success(true): recorded += 1
            case .success(false): unchanged += 1
            case .failure(let refusal):
                // With the store away, nothing of the rest would be taken either.
                if refusal.code == .storeUnavailable { return CallStatus(refusal) }
                errors.append((index, refusal))
            }
        }
        guard let room = reply.reserve(errors.count * 4 * Self.errorTextBytesMax + 64) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        for (item, refusal) in errors.reversed() { Self.write(item, refusal, &writer) }
        writer.fixed32(2, unchanged)
        writer.fixed32(1, recorded)
        reply.commit(writer.finish())
        return .ok
    }

    /// Where the items are tried of which nothing is to be recorded.
    private func trial(of request: Jiesuan__V1__ImportBatchRequest) -> RegistryTrial {
        let requests = (0..<request.n_items).compactMap { index in
            request.items[index].flatMap { try? RegistryRequest($0.pointee) }
        }
        return RegistryTrial(desk.ledger.registry, requests)
    }

    /// Whether the item changed something, or in a trial would.
    private func carryOut(
        _ item: UnsafeMutablePointer<Jiesuan__V1__ImportItem>?, _ trial: RegistryTrial?
    ) -> Result<Bool, DomainRefusal> {
        guard let item else {
            return .failure(DomainRefusal(.factMissing, "items", "", "the item is empty; put one request into it"))
        }
        do throws(RequestProblem) {
            let request = try RegistryRequest(item.pointee)
            do throws(DomainRefusal) {
                if let trial { return .success(try trial.carryOut(request, on: desk.ledger.now)) }
                let events = try desk.ledger.registry.events(for: request, today: desk.ledger.now.date)
                try desk.ledger.record(events)
                return .success(!events.isEmpty)
            } catch {
                return .failure(error)
            }
        } catch {
            if case .domain(let refusal) = error { return .failure(refusal) }
            return .failure(DomainRefusal(.factMissing, "items", "", "a part of the item is missing; see the .proto"))
        }
    }

    private static func write(_ item: Int, _ refusal: DomainRefusal, _ writer: inout BackwardWriter) {
        let end = writer.mark
        writer.text(6, refusal.message, bytesMax: errorTextBytesMax)
        writer.text(5, refusal.rule, bytesMax: errorTextBytesMax)
        writer.text(4, refusal.value, bytesMax: errorTextBytesMax)
        writer.text(3, refusal.field, bytesMax: errorTextBytesMax - 32)
        writer.field(2, Int64(refusal.code.rawValue))
        writer.fixed32(1, UInt32(item))
        writer.message(3, from: end)
    }
}
