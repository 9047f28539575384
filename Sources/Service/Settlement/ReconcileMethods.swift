import Ledger
import RPC
import Records
import Registry
import Settlement
import Text
import WireMessages

/// `SettlementService`: `ReconcileTotals` (3201), sums that the sequencer has, and `ReconcileDetails` (3202), on a
/// thread that reads.
struct ReconcileMethods: Sendable {
    /// No `ReconcileRow` is longer, in bytes: an id, a person by two numbers, and five amounts.
    private static let rowBytesMax = SettlementEntry.idBytesMax + PersonNo.charactersMax + 98

    let access: LedgerAccess

    func totals(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__reconcile_totals_request__unpack)?.pointee else {
            return unreadable("ReconcileTotalsRequest", context)
        }
        do throws(RequestProblem) {
            guard let theirs = request.sums?.pointee else { throw .malformed("sums is missing") }
            let ours: ClearingSums
            let period = try Period(
                request.from, request.until, request.clearing_type.rawValue, request.insurance.rawValue)
            let institution = try access.ledger.registry.registeredInstitution(request.institution)
            do throws(DomainRefusal) {
                ours = try access.ledger.totals(
                    institution: institution, from: period.from, until: period.until, type: period.type,
                    insurance: period.insurance)
            } catch { throw .domain(error) }
            guard let room = reply.reserve(256) else { return reply.tooLarge }
            reply.commit(Self.write(theirs, ours, to: room))
            return .ok
        } catch {
            return refused(error, nil)
        }
    }

    private static func write(
        _ theirs: Jiesuan__V1__ReconcileSums, _ ours: ClearingSums, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var difference = ClearingSums()
        // Theirs may be any numbers; what does not fit is the largest there is, and a difference in any case.
        difference.total = Self.difference(theirs.total, ours.total)
        difference.fundTotal = Self.difference(theirs.fund_total, ours.fundTotal)
        difference.paidOutside = Self.difference(theirs.paid_outside, ours.paidOutside)
        difference.accountTotal = Self.difference(theirs.account_total, ours.accountTotal)
        difference.cash = Self.difference(theirs.cash, ours.cash)
        let settlements = Int64(theirs.settlements) - Int64(ours.settlements)
        let reversals = Int64(theirs.reversals) - Int64(ours.reversals)
        let uses = Int64(theirs.uses) - Int64(ours.uses)
        let refunds = Int64(theirs.refunds) - Int64(ours.refunds)
        // An institution that does not say what was paid outside is not asked for it.
        let isBalanced =
            settlements == 0 && reversals == 0 && uses == 0 && refunds == 0
            && (theirs.paid_outside == 0 || difference.paidOutside == 0) && difference.total == 0
            && difference.fundTotal == 0
            && difference.accountTotal == 0 && difference.cash == 0
        var writer = BackwardWriter(room)
        writer.zigzag(7, refunds)
        writer.zigzag(6, uses)
        writer.zigzag(5, reversals)
        writer.zigzag(4, settlements)
        writer.sums(3, difference)
        writer.sums(2, ours)
        writer.field(1, isBalanced)
        return writer.finish()
    }

    private static func difference(_ theirs: Fen, _ ours: Fen) -> Fen {
        let (difference, overflow) = theirs.subtractingReportingOverflow(ours)
        return overflow ? (theirs < 0 ? .min : .max) : difference
    }

    func details(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__reconcile_details_request__unpack)?.pointee else {
            return unreadable("ReconcileDetailsRequest", context)
        }
        do throws(RequestProblem) {
            let (theirs, names) = try rows(request)
            let period = try Period(
                request.from, request.until, request.clearing_type.rawValue, request.insurance.rawValue)
            return LedgerAccess.answering { () throws(CallFailure) in
                var theirs = theirs
                var persons = ReconcilePersons(access)
                try persons.find(names, in: &theirs)
                let records = try records(request.institution, period)
                let known = theirs
                let found = try access.read(context) { reader, isOver throws(ReadingFailure) in
                    try reader.reconcile(
                        records, type: period.type, insurance: period.insurance, theirs: known, isOver: isOver)
                }
                try persons.register(found.onlyHere + found.differing.map(\.ours))
                let rows =
                    persons.unknown.count + found.onlyThere.count + found.onlyHere.count + 2 * found.differing.count
                guard let room = reply.reserve(rows * (Self.rowBytesMax + 8) + 32) else { return reply.tooLarge }
                reply.commit(Self.write(found, persons, to: room))
                return .ok
            }
        } catch {
            return refused(error, nil)
        }
    }

    private func records(
        _ institution: UnsafePointer<CChar>?, _ period: Period
    ) throws(CallFailure) -> InstitutionRecords {
        try access.askSequencer { ledger throws(RequestProblem) in
            let number = try ledger.registry.registeredInstitution(institution)
            do throws(DomainRefusal) {
                return try ledger.records(of: number, from: period.from, until: period.until)
            } catch { throw .domain(error) }
        }
    }

    private func rows(
        _ request: Jiesuan__V1__ReconcileDetailsRequest
    ) throws(RequestProblem) -> (lines: [ReconcileLine], names: [(index: Int, name: PersonName)]) {
        guard request.n_rows <= Ledger.reconcileRowsMax else { throw .malformed("rows has more than 100,000 entries") }
        var lines: [ReconcileLine] = []
        var names: [(index: Int, name: PersonName)] = []
        lines.reserveCapacity(request.n_rows)
        for index in 0..<request.n_rows {
            guard let row = request.rows[index]?.pointee else { throw .malformed("rows has an empty entry") }
            guard bytes(row.settlement_id).count <= SettlementEntry.idBytesMax else {
                throw .record("rows", entry: index, "has a settlement_id of more than 64 bytes")
            }
            let no = string(row.person_no)
            if !no.isEmpty {
                names.append((index, PersonName(row.person, no: no, region: string(row.person_region))))
            }
            lines.append(
                ReconcileLine(
                    id: string(row.settlement_id), isReversal: row.is_reversal != 0, person: row.person,
                    total: row.total, fundTotal: row.fund_total, paidOutside: row.paid_outside,
                    accountTotal: row.account_total, cash: row.cash))
        }
        return (lines, names)
    }

    private static func write(
        _ found: Reconciliation, _ persons: ReconcilePersons, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = BackwardWriter(room)
        for pair in found.differing.reversed() {
            let end = writer.mark
            writer.row(2, pair.ours, persons.no(ofOurs: pair.ours))
            writer.row(1, pair.theirs, persons.no(ofTheirs: pair.theirs))
            writer.message(5, from: end)
        }
        for line in found.onlyHere.reversed() { writer.row(4, line, persons.no(ofOurs: line)) }
        for row in persons.unknown.reversed() { writer.row(3, row.line, row.no) }
        for line in found.onlyThere.reversed() { writer.row(3, line, persons.no(ofTheirs: line)) }
        writer.fixed32(2, UInt32(found.equal))
        writer.field(1, found.isBalanced && persons.unknown.isEmpty)
        return writer.finish()
    }
}

/// Days, clearing type and insurance of a reconciliation as the ledger takes them.
private struct Period {
    var from: CalendarDate
    var until: CalendarDate
    /// nil: all.
    var type: ClearingType?
    /// nil: all.
    var insurance: Insurance?

    init(_ from: UInt32, _ until: UInt32, _ type: UInt32, _ insurance: UInt32) throws(RequestProblem) {
        func day(_ number: UInt32, _ field: String) throws(RequestProblem) -> CalendarDate {
            guard let small = Int32(exactly: number) else {
                throw .domain(DomainRefusal(.dateInvalid, field, "\(number)", "the day does not exist"))
            }
            return CalendarDate(small)
        }
        self.from = try day(from, "from")
        self.until = try day(until, "until")
        if type != 0 { self.type = try Self.value(type, "clearing_type") }
        if insurance != 0 { self.insurance = try Self.value(insurance, "insurance") }
    }

    private static func value<Value: RawRepresentable<UInt8>>(
        _ number: UInt32, _ field: String
    ) throws(RequestProblem) -> Value {
        if let raw = UInt8(exactly: number), let known = Value(rawValue: raw) { return known }
        throw .domain(DomainRefusal(.factInvalid, field, "\(number)", "not a value of its list; see the .proto"))
    }
}

extension BackwardWriter {
    /// A field of type sint32 or sint64.
    fileprivate mutating func zigzag(_ number: UInt64, _ value: Int64) {
        field(number, value << 1 ^ value >> 63)
    }

    /// Field `field`: `ReconcileSums`.
    fileprivate mutating func sums(_ field: UInt64, _ sums: ClearingSums) {
        let end = mark
        fixed32(9, UInt32(clamping: sums.refunds))
        fixed32(8, UInt32(clamping: sums.uses))
        self.field(7, sums.paidOutside)
        self.field(6, sums.cash)
        self.field(5, sums.accountTotal)
        self.field(4, sums.fundTotal)
        self.field(3, sums.total)
        fixed32(2, UInt32(clamping: sums.reversals))
        fixed32(1, UInt32(clamping: sums.settlements))
        message(field, from: end)
    }

    /// Field `field`: a `ReconcileRow`, with its owner's number at the platform.
    fileprivate mutating func row(_ field: UInt64, _ line: ReconcileLine, _ personNo: String) {
        let end = mark
        text(9, personNo, bytesMax: PersonNo.charactersMax)
        fixed64(8, line.person)
        self.field(7, line.paidOutside)
        self.field(6, line.cash)
        self.field(5, line.accountTotal)
        self.field(4, line.fundTotal)
        self.field(3, line.total)
        self.field(2, line.isReversal)
        text(1, line.id)
        message(field, from: end)
    }
}
