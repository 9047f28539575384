import Ledger
import LedgerFormat
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `ClearingService`: what is owed to institutions and persons, and what was handed over (G-18, YE-3). `Pay` on the
/// sequencer, the lists on a thread that reads.
struct ClearingMethods: Sendable {
    /// Reversals whose adjustments are looked up in one piece of the sequencer's time.
    private static let reversalsPerPiece = 256

    let access: LedgerAccess

    /// On the sequencer.
    func writing() -> [(name: String, handler: Method.Handler)] { [("Pay", pay)] }

    /// Beside it.
    func reading() -> [(name: String, handler: Method.Handler)] {
        [("GetMonth", month), ("ListOwed", owed), ("ListBatches", batches)]
    }

    @Sendable private func month(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        LedgerAccess.answering(
            message, context, jiesuan__v1__get_month_request__unpack, "GetMonthRequest"
        ) { request throws(CallFailure) in
            let (month, codes) = try access.askSequencer { ledger throws(RequestProblem) in
                var filter = try filter(request.region, request.institution, request.area, ledger)
                filter.isUnpaid = request.unpaid != 0
                let month = try refusing { () throws(DomainRefusal) in
                    try ledger.clearingMonth(Int32(clamping: request.month), filter)
                }
                return (month, ledger.registry.institutions.codes)
            }
            let found = month.lines()
            let bytes =
                found.lines.count * ClearingEncoding.lineBytesMax
                + found.counts.count * ClearingEncoding.countBytesMax + 16
            guard let room = reply.reserve(bytes) else { return reply.tooLarge }
            reply.commit(ClearingEncoding(access.library, codes).write(found, isOver: month.isOver, to: room))
            return .ok
        }
    }

    @Sendable private func owed(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        LedgerAccess.answering(
            message, context, jiesuan__v1__list_owed_request__unpack, "ListOwedRequest"
        ) { request throws(CallFailure) in
            let (list, codes) = try access.askSequencer { ledger throws(RequestProblem) in
                var filter = try filter(request.region, nil, request.area, ledger)
                filter.person = request.person
                filter.isUnpaid = request.unpaid != 0
                let list = try refusing { () throws(DomainRefusal) in
                    try ledger.owedList(
                        month: Int32(clamping: request.month), filter, after: request.after,
                        limit: limit(request.limit))
                }
                return (list, ledger.registry.institutions.codes)
            }
            let entries = try entries(of: list, context)
            let shares = entries.reduce(0) { $0 + $1.shares.count }
            let bytes = entries.count * ClearingEncoding.entryBytesMax + shares * ClearingEncoding.lineBytesMax + 32
            guard let room = reply.reserve(bytes) else { return reply.tooLarge }
            reply.commit(ClearingEncoding(access.library, codes).write((entries, list.next), to: room))
            return .ok
        }
    }

    /// Reads the entries; of reversed settlements the sequencer's index knows the adjustments.
    private func entries(of list: OwedList, _ context: WorkerContext) throws(CallFailure) -> [OwedEntry] {
        var found = try access.read(context) { reader, isOver throws(ReadingFailure) in
            try reader.owed(list, isOver: isOver)
        }
        guard !found.reversals.isEmpty else { return found.entries }
        let ids = found.reversals.map(\.id)
        var positions: [[Position]] = []
        while positions.count < ids.count {
            let part = Array(ids[positions.count...].prefix(Self.reversalsPerPiece))
            positions += try access.onSequencer { ledger throws(DomainRefusal) in try ledger.adjustmentPositions(part) }
        }
        let all = positions
        return try access.read(context) { reader, _ throws(ReadingFailure) in
            try reader.complete(&found, all)
            return found.entries
        }
    }

    @Sendable private func pay(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__pay_request__unpack)?.pointee else {
            return unreadable("PayRequest", context)
        }
        return guarded { () throws(RequestProblem) in
            let order = try order(request)
            let done = try refusing { () throws(DomainRefusal) in try access.ledger.pay(order) }
            guard let room = reply.reserve(ClearingEncoding.batchBytesMax + 16) else { return reply.tooLarge }
            let encoding = ClearingEncoding(access.library, access.ledger.registry.institutions.codes)
            reply.commit(encoding.write(done.batch, wasPaidBefore: done.wasPaidBefore, to: room))
            return .ok
        }
    }

    @Sendable private func batches(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        LedgerAccess.answering(
            message, context, jiesuan__v1__list_batches_request__unpack, "ListBatchesRequest"
        ) { request throws(CallFailure) in
            let (after, limit) = (request.after, limit(request.limit))
            let (found, codes) = try access.onSequencer { ledger throws(DomainRefusal) in
                (try ledger.batches(after: after, limit: limit), ledger.registry.institutions.codes)
            }
            guard let room = reply.reserve(found.batches.count * ClearingEncoding.batchBytesMax + 16) else {
                return reply.tooLarge
            }
            reply.commit(ClearingEncoding(access.library, codes).write(found, to: room))
            return .ok
        }
    }

    // MARK: Decoding

    private func order(_ request: Jiesuan__V1__PayRequest) throws(RequestProblem) -> PaymentOrder {
        guard let list = PaymentBatch.List(rawValue: UInt8(clamping: request.list.rawValue)) else {
            throw .domain(
                DomainRefusal(
                    .factInvalid, "list", "\(request.list.rawValue)", rule: "G-18",
                    "say which list: institutions (1) or persons (2)"))
        }
        var order = PaymentOrder(
            string(request.batch), day: CalendarDate(Int32(clamping: request.day)), list,
            month: Int32(clamping: request.month))
        order.filter = try filter(request.region, request.institution, request.area, access.ledger)
        order.filter.fund = string(request.fund)
        order.filter.person = request.person
        order.isRest = request.rest != 0
        if request.has_expected != 0 { order.expected = request.expected }
        // A filter that the list does not have would let through more than was meant.
        let strange: (String, Bool)? =
            list == .persons
            ? [("institution", order.filter.institution != nil), ("fund", !order.filter.fund.isEmpty)].first(where: \.1)
            : [("person", order.filter.person != 0)].first(where: \.1)
        if let strange {
            throw .domain(
                DomainRefusal(.factInvalid, strange.0, "", rule: "G-18", "this list has no such filter: leave it out"))
        }
        return order
    }

    /// A region, institution or area that there is not is refused: its list would be empty, as if nothing were owed.
    private func filter(
        _ region: UnsafePointer<CChar>?, _ institution: UnsafePointer<CChar>?, _ area: UnsafePointer<CChar>?,
        _ ledger: Ledger
    ) throws(RequestProblem) -> ClearingFilter {
        var filter = ClearingFilter()
        filter.region = string(region)
        if !filter.region.isEmpty, !ledger.knows(region: filter.region) {
            throw .domain(
                DomainRefusal(
                    .noRule, "region", filter.region,
                    "nothing was settled in such a region, and there is no policy pack of it; correct it"))
        }
        filter.area = string(area)
        if !filter.area.isEmpty, ledger.registry.areas[filter.area] == nil {
            throw .domain(
                DomainRefusal(
                    .recordUnknown, "area", filter.area, rule: "G-17",
                    "no such area is in the table of areas; enter it, or correct its code"))
        }
        if bytes(institution).count > 0 {
            filter.institution = try ledger.registry.registeredInstitution(institution)
        }
        return filter
    }

    private func limit(_ asked: UInt32) -> Int {
        asked == 0 ? Ledger.owedEntriesMax : min(Int(asked), Ledger.owedEntriesMax)
    }

    private func guarded(_ body: () throws(RequestProblem) -> CallStatus) -> CallStatus {
        do throws(RequestProblem) { return try body() } catch { return refused(error, nil) }
    }

    private func refusing<Value>(_ body: () throws(DomainRefusal) -> Value) throws(RequestProblem) -> Value {
        do throws(DomainRefusal) { return try body() } catch { throw .domain(error) }
    }
}
