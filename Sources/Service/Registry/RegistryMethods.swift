import Ledger
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `RegistryService`: what changes the register. On the sequencer only.
struct RegistryMethods: Sendable {
    let access: LedgerAccess

    /// Every method of the service, to be run on the sequencer.
    func handlers() -> [(name: String, handler: Method.Handler)] {
        let look = RegistryLookup(access: access)
        return [
            ("PutArea", { putArea($0, &$1, $2) }),
            ("ListAreas", { look.areas($0, &$1, $2) }),
            ("PutInstitution", { putInstitution($0, &$1, $2) }),
            ("GetInstitution", { look.institution($0, &$1, $2) }),
            ("ListInstitutions", { look.institutions($0, &$1, $2) }),
            change(
                "RegisterPerson", jiesuan__v1__register_person_request__unpack, RegistryRequest.init),
            ("GetPerson", { look.person($0, &$1, $2) }),
            ("ListPersons", { look.persons($0, &$1, $2) }),
            change(
                "Enrol", jiesuan__v1__enrol_request__unpack,
                RegistryRequest.init),
            change(
                "ChangeEnrolment", jiesuan__v1__change_enrolment_request__unpack, RegistryRequest.init),
            change(
                "EndEnrolment", jiesuan__v1__end_enrolment_request__unpack, RegistryRequest.init),
            change(
                "BuySupplementary", jiesuan__v1__buy_supplementary_request__unpack, RegistryRequest.init),
            change(
                "PutIdentity", jiesuan__v1__put_identity_request__unpack, RegistryRequest.init),
            change(
                "PutFamily", jiesuan__v1__put_family_request__unpack, RegistryRequest.init),
            change(
                "PutSpecialRegistration", jiesuan__v1__put_special_registration_request__unpack,
                RegistryRequest.init),
            change(
                "PutReferral", jiesuan__v1__put_referral_request__unpack, RegistryRequest.init),
            change(
                "PutFeedback", jiesuan__v1__put_feedback_request__unpack, RegistryRequest.init),
            change(
                "PutChronicReport", jiesuan__v1__put_chronic_report_request__unpack, RegistryRequest.init),
            change(
                "EndPerson", jiesuan__v1__end_person_request__unpack, RegistryRequest.init),
            change(
                "WithdrawRecord", jiesuan__v1__withdraw_record_request__unpack, RegistryRequest.init),
            ("GetYear", { YearMethod(access: access).handle($0, &$1, $2) }),
        ]
    }

    private typealias Unpacker<Message> =
        @Sendable (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
        -> UnsafeMutablePointer<Message>?

    /// A method that changes a person's record.
    private func change<Message>(
        _ name: String, _ unpacker: @escaping Unpacker<Message>,
        _ read: @escaping @Sendable (Message) throws(RequestProblem) -> RegistryRequest
    ) -> (name: String, handler: Method.Handler) {
        (
            name,
            { bytes, reply, context in
                guard let message = unpack(bytes, context, unpacker) else {
                    return unreadable("\(name)Request", context)
                }
                do throws(RequestProblem) {
                    return try carryOut(try read(message.pointee), &reply)
                } catch {
                    return refused(error, nil)
                }
            }
        )
    }

    private func carryOut(_ named: RegistryRequest, _ reply: inout ReplyWriter) throws(RequestProblem) -> CallStatus {
        let (request, events) = try record(named)
        let person = request.person ?? 0
        let history = access.ledger.registry.people.history(of: person)
        let made = events.isOf(person)
        let entry = made ? history.last : history.last { $0.supersededBy == 0 && request.asksFor($0.fact) }
        let bytes = BackwardWriter.registryRecordBytesMax + (entry?.fact.nameBytes ?? 0)
        guard let room = reply.reserve(bytes) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        if let entry { writer.entry(2, entry, of: person, code: access.code(ofInstitution:)) }
        writer.field(1, events.isEmpty)
        reply.commit(writer.finish())
        return .ok
    }

    /// Carries a request out: by our numbers, and the events that were recorded, none where it was so already.
    private func record(
        _ named: RegistryRequest
    ) throws(RequestProblem) -> (request: RegistryRequest, events: [RegistryEvent]) {
        do throws(DomainRefusal) {
            let request = try named.resolved(access.ledger.registry)
            do throws(DomainRefusal) {
                let events = try access.ledger.registry.events(for: request, today: access.ledger.now.date)
                try access.ledger.record(events)
                return (request, events)
            } catch { throw error.naming(named, as: request) }
        } catch { throw .domain(error) }
    }

    private func putArea(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let message = unpack(bytes, context, jiesuan__v1__put_area_request__unpack) else {
            return unreadable("PutAreaRequest", context)
        }
        do throws(RequestProblem) {
            let request = try RegistryRequest(message.pointee)
            let events = try record(request).events
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
        do throws(RequestProblem) {
            let request = try RegistryRequest(message.pointee)
            let events = try record(request).events
            var number: UInt32 = 0
            if case .institution(let record) = request {
                number = access.ledger.registry.institutions.number(ofCode: record.code) ?? 0
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
    /// Whether the last event is on the person's own record. A relation may end on the other person's, and some
    /// registers have records of their own.
    fileprivate func isOf(_ person: UInt64) -> Bool {
        guard case .person(let changed, _) = last else { return false }
        return changed == person
    }
}
