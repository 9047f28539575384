import Ledger
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `RegistryService`: what only looks. On the sequencer only.
struct RegistryLookup: Sendable {
    /// Institutions of one answer where the request says nothing, and at most.
    static let institutionsUsual = 1_000
    static let institutionsMax = 10_000
    /// The same for persons: eight bytes each.
    static let personsUsual = 10_000
    static let personsMax = 100_000

    let access: LedgerAccess

    func institution(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__get_institution_request__unpack)?.pointee else {
            return unreadable("GetInstitutionRequest", context)
        }
        let institutions = access.ledger.registry.institutions
        do throws(RequestProblem) {
            let number = try access.ledger.registry.registeredInstitution(request.code)
            let history = institutions.history(number)
            let most = BackwardWriter.registryRecordBytesMax + (history.map(\.record.region.utf8.count).max() ?? 0)
            guard let room = reply.reserve(history.count * most + 16) else { return reply.tooLarge }
            var writer = BackwardWriter(room)
            for version in history.reversed() {
                let end = writer.mark
                writer.fixed64(2, UInt64(bitPattern: version.recorded.milliseconds))
                writer.institution(1, version.record)
                writer.message(2, from: end)
            }
            writer.field(1, Int64(number))
            reply.commit(writer.finish())
            return .ok
        } catch {
            return refused(error, nil)
        }
    }

    func institutions(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__list_institutions_request__unpack)?.pointee else {
            return unreadable("ListInstitutionsRequest", context)
        }
        guard request.limit <= Self.institutionsMax else {
            return tooMany(request.limit, Self.institutionsMax)
        }
        let limit = request.limit == 0 ? Self.institutionsUsual : Int(request.limit)
        let institutions = access.ledger.registry.institutions
        let region = string(request.region)
        var found: [InstitutionRecord] = []
        var last = Int(request.after)
        var hasMore = false
        while last < institutions.count {
            guard let record = institutions[UInt32(last + 1)] else { break }
            if region.isEmpty || record.region == region {
                if found.count == limit {
                    hasMore = true
                    break
                }
                found.append(record)
            }
            last += 1
        }
        let most = BackwardWriter.registryRecordBytesMax + (found.map(\.region.utf8.count).max() ?? 0)
        guard let room = reply.reserve(found.count * most + 16) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        writer.field(3, hasMore)
        writer.field(2, Int64(last))
        for record in found.reversed() { writer.institution(1, record) }
        reply.commit(writer.finish())
        return .ok
    }

    func areas(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__list_areas_request__unpack)?.pointee else {
            return unreadable("ListAreasRequest", context)
        }
        guard request.limit <= Self.institutionsMax else { return tooMany(request.limit, Self.institutionsMax) }
        let limit = request.limit == 0 ? Self.institutionsUsual : Int(request.limit)
        let areas = access.ledger.registry.areas
        let found = areas.records(after: Int(request.after), limit: limit)
        let last = Int(request.after) + found.count
        let most = BackwardWriter.registryRecordBytesMax + (found.map(\.region.utf8.count).max() ?? 0)
        guard let room = reply.reserve(found.count * most + 32) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        writer.field(3, !found.isEmpty && last < areas.count)
        writer.fixed32(2, UInt32(clamping: last))
        for record in found.reversed() { writer.area(1, record) }
        reply.commit(writer.finish())
        return .ok
    }

    func person(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__get_person_request__unpack)?.pointee else {
            return unreadable("GetPersonRequest", context)
        }
        let people = access.ledger.registry.people
        guard people.contains(request.person) else {
            return CallStatus(
                DomainRefusal(
                    .personUnknown, "person", "\(request.person)",
                    "no such person is registered; register the person first"))
        }
        let day = CalendarDate(Int32(clamping: request.known_on))
        guard day.number == 0 || day.exists else {
            return CallStatus(
                DomainRefusal(
                    .dateInvalid, "known_on", "\(request.known_on)",
                    "not a day of the years 1900 to 2999; send it as YYYYMMDD"))
        }
        let entries =
            request.history != 0
            ? people.history(of: request.person, knownOn: day) : people.standing(of: request.person, knownOn: day)
        let most = BackwardWriter.registryRecordBytesMax + (entries.map(\.fact.nameBytes).max() ?? 0)
        guard let room = reply.reserve(entries.count * most + 16) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        for entry in entries.reversed() {
            writer.entry(2, entry, of: request.person, code: access.code(ofInstitution:))
        }
        writer.fixed64(1, request.person)
        reply.commit(writer.finish())
        return .ok
    }

    func persons(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__list_persons_request__unpack)?.pointee else {
            return unreadable("ListPersonsRequest", context)
        }
        guard request.limit <= Self.personsMax else { return tooMany(request.limit, Self.personsMax) }
        let limit = request.limit == 0 ? Self.personsUsual : Int(request.limit)
        let people = access.ledger.registry.people
        let numbers = people.numbers(after: Int(request.after), limit: limit)
        let last = Int(request.after) + numbers.count
        guard let room = reply.reserve(8 * numbers.count + 32) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        writer.field(3, !numbers.isEmpty && last < people.count)
        writer.fixed32(2, UInt32(clamping: last))
        let packed = numbers.map(\.littleEndian)
        packed.withUnsafeBytes { writer.bytes(1, $0) }
        reply.commit(writer.finish())
        return .ok
    }

    private func tooMany(_ limit: UInt32, _ most: Int) -> CallStatus {
        CallStatus(
            DomainRefusal(
                .factInvalid, "limit", "\(limit)", "at most \(most) in one call; ask again with `after` for more"))
    }
}
