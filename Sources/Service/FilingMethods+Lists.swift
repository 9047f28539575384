import Lists
import Policy
import RPC
import Registry
import Settlement
import WireMessages

/// Screening (AH-3), and everything of a person.
extension FilingMethods {
    @Sendable func screen(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__screen_request__unpack)?.pointee else {
            return unreadable("ScreenRequest", context)
        }
        return FilingWire.guarded(message, texts: 1) { () throws(DomainRefusal) in
            let pack = try registry.pack(region: string(request.region))
            let month = try month(request.month)
            let first = CalendarDate(year: month / 12, month: month % 12 + 1, day: 1)
            let last = CalendarDate(
                year: first.year, month: first.month, day: CalendarDate.days(inMonth: first.month, of: first.year))
            var visits: [SettledVisit] = []
            try ledger.forEachSettledVisit(
                in: DateRange(from: first, until: last), region: pack.region, figures: nil
            ) {
                if !$0.disease.isEmpty { visits.append($0) }
            }
            let found = try filings.screen(visits, month: month, pack) { person, day in
                registry.identity(of: person, on: day, pack) == .registeredPoor
            }
            let events = try filings.list(found, month: month, on: today, today: today)
            try ledger.record(events.map(RegistryEvent.filing))
            return try suspects(pack.region, month, added: events.count, &reply, context)
        }
    }

    @Sendable func listSuspects(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__list_suspects_request__unpack)?.pointee else {
            return unreadable("ListSuspectsRequest", context)
        }
        return FilingWire.guarded(message, texts: 1) { () throws(DomainRefusal) in
            let pack = try registry.pack(region: string(request.region))
            return try suspects(pack.region, try month(request.month), added: 0, &reply, context)
        }
    }

    private func suspects(
        _ region: String, _ month: Int32, added: Int, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) throws(DomainRefusal) -> CallStatus {
        let entries = filings.openSuspicions(month: month) { [today] in registry.belongs($0, to: region, on: today) }
        return FilingWire.write(entries, added: added, &reply, context.arena)
    }

    @Sendable func reportSuspect(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__report_suspect_request__unpack)?.pointee else {
            return unreadable("ReportSuspectRequest", context)
        }
        return FilingWire.guarded(message, texts: 2) { () throws(DomainRefusal) in
            let on = try day(request.on)
            let pack = try registry.pack(of: request.person, on: on)
            let source: SuspicionSource = try FilingWire.value(request.source.rawValue, "source")
            return try answer(
                [
                    try filings.report(
                        string(request.disease), of: request.person, by: source, on: on, pack, today: today)
                ], &reply)
        }
    }

    @Sendable func issueCard(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__issue_card_request__unpack)?.pointee else {
            return unreadable("IssueCardRequest", context)
        }
        return FilingWire.guarded(message) { () throws(DomainRefusal) in
            let on = try day(request.on)
            let pack = try registry.pack(of: request.person, on: on)
            let key = FilingKey(person: request.person, number: request.number)
            let medium: CardMedium = try FilingWire.value(request.medium.rawValue, "medium")
            return try answer([try filings.issue(key, medium, on: on, pack, today: today)], &reply)
        }
    }

    @Sendable func closeSuspect(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__close_suspect_request__unpack)?.pointee else {
            return unreadable("CloseSuspectRequest", context)
        }
        return FilingWire.guarded(message, texts: 3) { () throws(DomainRefusal) in
            let key = FilingKey(person: request.person, number: request.number)
            return try answer(
                [try filings.close(key, reason: string(request.reason), on: try day(request.on), today: today)], &reply)
        }
    }

    @Sendable func show(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__show_filings_request__unpack)?.pointee else {
            return unreadable("ShowFilingsRequest", context)
        }
        return FilingWire.guarded(message) { () throws(DomainRefusal) in
            _ = try registry.pack(of: request.person, on: today)
            let moment = request.known_at == 0 ? nil : Moment(milliseconds: request.known_at)
            return FilingWire.write(
                person: request.person, knownAt: moment, registry, ledger.recognitions(of: request.person), &reply,
                context.arena)
        }
    }
}
