import Lists
import Policy
import RPC
import Records
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
        let region = string(request.region)
        let month = request.month
        do throws(CallFailure) {
            let found = try reading.read(context.call) { view throws(DomainRefusal) in
                try view.screening(region, month: month)
            }
            let added = try record(found, context.call)
            return try reading.read(context.call) { view throws(DomainRefusal) in
                try view.write(region, month: month, added: added, &reply, context.arena)
            }
        } catch {
            return error.status
        }
    }

    /// Candidates of one piece of work on the sequencer: a fraction of a millisecond.
    private static let candidatesPerPiece = 200

    /// Adds the persons that a screening found and that are on no list yet to the month's list; returns how many.
    ///
    /// In pieces, so that requests do not wait for a large screening. If it is stopped, the recorded part stays and the
    /// next screening adds the rest.
    private func record(_ found: Screening, _ call: Call) throws(CallFailure) -> Int {
        var added = 0
        var rest = found.candidates[...]
        while !rest.isEmpty {
            if call.isOver { throw CallFailure(Call.abandoned) }
            let piece = Array(rest.prefix(Self.candidatesPerPiece))
            rest = rest.dropFirst(piece.count)
            added += try reading.change { ledger throws(DomainRefusal) in
                let today = ledger.now.date
                let events = try ledger.registry.filings.list(piece, month: found.month, on: today, today: today)
                try ledger.record(events.map(RegistryEvent.filing))
                return events.count
            }
        }
        return added
    }

    @Sendable func listSuspects(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__list_suspects_request__unpack)?.pointee else {
            return unreadable("ListSuspectsRequest", context)
        }
        return answering(context) { view throws(DomainRefusal) in
            try view.write(string(request.region), month: request.month, added: 0, &reply, context.arena)
        }
    }

    @Sendable func reportSuspect(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__report_suspect_request__unpack)?.pointee else {
            return unreadable("ReportSuspectRequest", context)
        }
        return FilingWire.guarded { () throws(DomainRefusal) in
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
        return FilingWire.guarded { () throws(DomainRefusal) in
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
        return FilingWire.guarded { () throws(DomainRefusal) in
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
        return FilingWire.guarded { () throws(DomainRefusal) in
            _ = try registry.pack(of: request.person, on: today)
            let moment = request.known_at == 0 ? nil : Moment(milliseconds: request.known_at)
            return FilingWire.write(
                person: request.person, knownAt: moment, registry, ledger.recognitions(of: request.person), &reply,
                context.arena)
        }
    }
}

/// Whom a screening of a month found (AH-3).
private struct Screening: Sendable {
    /// `CalendarDate.monthIndex`.
    var month: Int32
    var candidates: [Candidate]
}

extension FilingView {
    /// Whom the screening of a month finds; `month` as the wire has it.
    fileprivate func screening(_ region: String, month: UInt32) throws(DomainRefusal) -> Screening {
        let pack = try registry.pack(region: region)
        let month = try self.month(month)
        var question = try filings.screened(month: month, pack)
        question.whose = { registry.people.hasIdentity(.registeredPoor, person: $0, on: $1) }
        var found: [SettledVisit] = []
        try visits.forEachSettledVisit(question) { found.append($0) }
        let candidates = try filings.screen(found, month: month, pack) { person, day in
            registry.identity(of: person, on: day, pack) == .registeredPoor
        }
        // Refuses what cannot be recorded before anything is.
        _ = try filings.list(candidates, month: month, on: today, today: today)
        return Screening(month: month, candidates: candidates)
    }

    /// The open entries of the lists of a region up to a month; `month` as the wire has it.
    fileprivate func write(
        _ region: String, month: UInt32, added: Int, _ reply: inout ReplyWriter, _ arena: Arena
    ) throws(DomainRefusal) -> CallStatus {
        let region = try registry.pack(region: region).region
        let entries = filings.openSuspicions(month: try self.month(month)) { person in
            registry.belongs(person, to: region, on: today)
        }
        return FilingWire.write(entries, added: added, &reply, arena)
    }
}
