import Ledger
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `RegistryService.GetYear` (5206): a person's accumulators with what is left of every limit. On the sequencer only.
struct YearMethod: Sendable {
    let access: LedgerAccess

    func handle(
        _ bytes: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(bytes, context, jiesuan__v1__get_year_request__unpack)?.pointee else {
            return unreadable("GetYearRequest", context)
        }
        do throws(DomainRefusal) {
            let date = try day(request)
            let known = try access.ledger.registry.factsOnDay(of: request.person, on: date)
            let kept = access.ledger.yearAmounts(
                person: request.person, year: request.year, region: known.region)
            guard let region = kept?.region ?? known.region else {
                throw DomainRefusal(
                    .policyNotInForce, "person", "\(request.person)", rule: "G-4",
                    "the person's region has no policy pack here; load its pack")
            }
            let pack = access.ledger.presentPack(ofRegion: region)
            // The facts are those of the region that the year was settled in.
            let facts = known.region == region ? known.facts : PersonFacts(insurance: .unspecified)
            return answer(request, date, pack, facts, known.identities, kept?.amounts ?? pack.freshYear, &reply)
        } catch {
            return CallStatus(error)
        }
    }

    /// The day whose facts count.
    private func day(_ request: Jiesuan__V1__GetYearRequest) throws(DomainRefusal) -> CalendarDate {
        guard (1900...2999).contains(request.year) else {
            throw DomainRefusal(.dateInvalid, "year", "\(request.year)", "not a year of 1900 to 2999; correct it")
        }
        if request.date == 0 {
            let today = access.ledger.now.date
            let first = CalendarDate(year: request.year, month: 1, day: 1)
            let last = CalendarDate(year: request.year, month: 12, day: 31)
            return min(max(today, first), last)
        }
        let date = CalendarDate(Int32(clamping: request.date))
        guard date.exists, date.year == request.year else {
            throw DomainRefusal(
                .dateInvalid, "date", "\(request.date)", "not a day of the year that is asked for; correct one of them")
        }
        return date
    }

    private func answer(
        _ request: Jiesuan__V1__GetYearRequest, _ date: CalendarDate, _ pack: PolicyPack, _ facts: PersonFacts,
        _ identities: [DatedIdentity], _ year: [Fen], _ reply: inout ReplyWriter
    ) -> CallStatus {
        let span = identities.span
        let identity = pack.tables.identity(on: date, among: span, range: identities.indices)
        let limits = pack.yearLimits(facts, identity: identity, on: date, year: year)
        var bytesMax = pack.region.utf8.count + 128
        for (slot, accumulator) in pack.accumulators.enumerated() {
            bytesMax += accumulator.name.utf8.count + accumulator.label.zh.utf8.count + 64
            for limit in limits[slot] {
                bytesMax += pack.layers[limit.layer].id.utf8.count + limit.rule.utf8.count + 64
            }
        }
        guard let room = reply.reserve(bytesMax) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        for (slot, accumulator) in pack.accumulators.enumerated().reversed() {
            let end = writer.mark
            for limit in limits[slot].reversed() { write(limit, pack, &writer) }
            writer.field(3, year[slot])
            writer.text(2, accumulator.label.zh)
            writer.text(1, accumulator.name)
            writer.message(9, from: end)
        }
        writer.field(8, Int64(facts.status.rawValue))
        writer.field(7, Int64(facts.membership.rawValue))
        writer.field(6, Int64(facts.insurance.rawValue))
        writer.field(5, Int64(identity.rawValue))
        writer.fixed32(4, UInt32(bitPattern: date.number))
        writer.text(3, pack.region)
        writer.field(2, Int64(request.year))
        writer.fixed64(1, request.person)
        reply.commit(writer.finish())
        return .ok
    }

    private func write(_ limit: YearLimit, _ pack: PolicyPack, _ writer: inout BackwardWriter) {
        let end = writer.mark
        writer.text(7, limit.rule)
        writer.field(6, Int64(limit.level.rawValue))
        writer.field(5, Int64(limit.claimKind.rawValue))
        writer.text(4, pack.layers[limit.layer].id)
        writer.field(3, limit.left)
        writer.field(2, limit.limit)
        writer.field(1, Int64(limit.kind.rawValue))
        writer.message(4, from: end)
    }
}
