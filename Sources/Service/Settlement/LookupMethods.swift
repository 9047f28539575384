import Ledger
import LedgerFormat
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `SettlementService`: `Get`, on the sequencer; `ListYear` and `ExplainSettlement`, on a thread that reads.
struct LookupMethods: Sendable {
    /// No `ListYearEntry` is longer, in bytes: an id, a code, fixed numbers and four amounts.
    private static let lineBytesMax = SettlementEntry.idBytesMax + RegistryLimit.codeBytesMax + 128

    let access: LedgerAccess

    func get(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        find(message, context) { entry, region, reversal in
            do throws(DomainRefusal) {
                let booked = try BookedOnSettlement(access.ledger, of: entry)
                let origins = try RecordOrigins(
                    access.ledger, of: entry.position, reversal: reversal?.position, booked)
                let bytesMax = region.recordBytesMax(entry, reversal, booked, origins)
                guard let room = reply.reserve(bytesMax) else { return reply.tooLarge }
                reply.commit(
                    region.write(
                        entry, institution: access.code(ofInstitution: entry.institution),
                        prescribing: access.code(ofInstitution: entry.prescribing), reversal: reversal,
                        booked: booked, origins: origins, eras: access.ledger.clockEras,
                        personNo: access.ledger.registry.people.personNo(
                            of: entry.person, inRegion: region.pack.region),
                        to: room))
                return .ok
            } catch {
                return CallStatus(error)
            }
        }
    }

    func explain(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        LedgerAccess.answering { () throws(CallFailure) in
            guard let request = unpack(message, context, jiesuan__v1__get_request__unpack) else {
                return unreadable("GetRequest", context)
            }
            // This thread waits for the piece, so the message stays valid.
            nonisolated(unsafe) let id = bytes(request.pointee.settlement_id)
            let (position, region) = try access.onSequencer { [access] ledger throws(DomainRefusal) in
                let found = try ledger.get(id)
                return (found.entry.position, try access.region(found.entry.pack))
            }
            return try access.read(context) { reader, _ throws(ReadingFailure) in
                write(try reader.settlement(at: position), region, &reply)
            }
        }
    }

    /// The reply of `ExplainSettlement`.
    private func write(_ entry: SettlementEntry, _ region: ServedRegion, _ reply: inout ReplyWriter) -> CallStatus {
        let accounts = (0..<entry.accountCount).map { index in
            let account = entry.accounts[index]
            return AccountState(
                relation: AccountRelation(rawValue: account.relation) ?? .own,
                balance: account.balanceAfter + account.paid)
        }
        let explanation = Explanation(
            pack: region.pack, claim: entry.claim, facts: entry.facts, outcome: entry.outcome.pointee,
            yearBefore: UnsafeBufferPointer(start: entry.yearBefore, count: entry.slotCount), accounts: accounts)
        let (text, json) = (explanation.text, explanation.json)
        guard let room = reply.reserve(text.utf8.count + json.utf8.count + 16) else { return reply.tooLarge }
        var writer = BackwardWriter(room)
        writer.text(2, json)
        writer.text(1, text)
        reply.commit(writer.finish())
        return .ok
    }

    /// Finds the settlement of a `GetRequest`, and its reversal where it has one.
    private func find(
        _ message: UnsafeRawBufferPointer, _ context: WorkerContext,
        answer: (SettlementEntry, ServedRegion, ReversalEntry?) -> CallStatus
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__get_request__unpack) else {
            return unreadable("GetRequest", context)
        }
        let ledger = access.ledger
        do throws(DomainRefusal) {
            let found = try ledger.getRecorded(bytes(request.pointee.settlement_id))
            return answer(found.entry, try access.region(found.entry.pack), found.reversal)
        } catch {
            return CallStatus(error)
        }
    }

    func listYear(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__list_year_request__unpack)?.pointee else {
            return unreadable("ListYearRequest", context)
        }
        guard request.limit <= Ledger.yearLinesMax else {
            return CallStatus(
                DomainRefusal(
                    .factInvalid, "limit", "\(request.limit)",
                    "at most \(Ledger.yearLinesMax) entries in one call; ask again with `before` for more"))
        }
        return LedgerAccess.answering { () throws(CallFailure) in
            let (person, year) = (request.person, request.year)
            let (heads, codes) = try access.onSequencer { ledger in
                (ledger.yearHeads(person: person, year: year), ledger.registry.institutions.codes)
            }
            let (lines, more) = try access.read(context) { reader, isOver throws(ReadingFailure) in
                try reader.listYear(
                    heads, before: Position(number: request.before),
                    limit: request.limit == 0 ? Ledger.yearLinesUsual : Int(request.limit), isOver: isOver)
            }
            guard let room = reply.reserve(lines.count * Self.lineBytesMax + 16) else { return reply.tooLarge }
            var writer = BackwardWriter(room)
            writer.field(2, more)
            for line in lines.reversed() { write(line, codes, &writer) }
            reply.commit(writer.finish())
            return .ok
        }
    }

    private func write(_ line: YearLine, _ codes: InstitutionCodes, _ writer: inout BackwardWriter) {
        let end = writer.mark
        writer.field(18, line.isTakenBack)
        writer.field(17, line.isRecognition)
        writer.field(16, Int64(line.round))
        writer.field(14, line.recoverable)
        writer.field(13, line.isAdjustment)
        writer.field(12, line.cash)
        writer.field(11, line.accountTotal)
        writer.field(10, line.fundTotal)
        writer.field(9, line.total)
        writer.text(8, codes[line.institution])
        writer.fixed32(7, UInt32(bitPattern: line.serviceDate.number))
        writer.field(6, Int64(line.kind.rawValue))
        writer.field(5, line.isReversed)
        writer.field(4, line.isReversal)
        writer.fixed64(3, UInt64(bitPattern: line.at.milliseconds))
        writer.fixed64(2, line.position.number)
        writer.text(1, line.id)
        writer.message(1, from: end)
    }
}
