import Accounts
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// Messages of `AccountService` ↔ values.
enum AccountWire {
    /// `body`, or its refusal as the caller reads it.
    static func guarded(_ body: () throws(DomainRefusal) -> CallStatus) -> CallStatus {
        do throws(DomainRefusal) { return try body() } catch { return CallStatus(error) }
    }

    // MARK: Reading

    static func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

    /// A number of the wire as one of our enums.
    static func value<Value: RawRepresentable>(
        _ number: UInt32, _ field: String, as type: Value.Type = Value.self
    ) throws(DomainRefusal) -> Value where Value.RawValue == UInt8 {
        if let small = UInt8(exactly: number), let value = Value(rawValue: small) { return value }
        throw DomainRefusal(.factInvalid, field, "\(number)", "this is none of the values of the .proto")
    }

    static func month(_ number: UInt32) throws(DomainRefusal) -> CreditMonth {
        if let number = Int32(exactly: number), let month = CreditMonth(yearMonth: number) { return month }
        throw DomainRefusal(.dateInvalid, "month", "\(number)", rule: "CQ-30", "write the month as 202403")
    }

    /// A day; 0: none.
    static func date(_ number: UInt32, _ field: String) throws(DomainRefusal) -> CalendarDate {
        let date = CalendarDate(Int32(exactly: number) ?? -1)
        if number == 0 || date.exists { return date }
        throw DomainRefusal(.dateInvalid, field, "\(number)", "write the day as 20240131")
    }

    static func creditKind(_ request: Jiesuan__V1__CreditRequest) throws(DomainRefusal) -> CreditOrder.Kind {
        if request.kind == JIESUAN__V1__CREDIT_KIND__CREDIT_KIND_MONTHLY {
            return .monthly(try month(request.month))
        }
        let kind: OtherCredit = try value(request.kind.rawValue, "kind")
        guard request.month == 0 else {
            throw DomainRefusal(
                .factInvalid, "month", "\(request.month)", rule: "CQ-30", "only a monthly credit has a month")
        }
        return kind == .refund ? .refund(use: text(request.use)) : .other(kind)
    }

    static func shares(_ request: Jiesuan__V1__InheritRequest) -> [InheritedShare] {
        (0..<request.n_heirs).compactMap { index in
            request.heirs[index].map { InheritedShare(heir: $0.pointee.person, amount: $0.pointee.amount) }
        }
    }

    // MARK: Writing

    static func write(
        _ row: AccountRow, id: UnsafeMutablePointer<CChar>?, _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__AccountAnswer()
            jiesuan__v1__account_answer__init(&response)
            response.request_id = id
            response.sequence = row.position
            response.recorded_at = row.recorded.milliseconds
            response.n_changes = row.events.count
            response.changes = try messages(row.events, arena, jiesuan__v1__account_change__init) { event, message in
                message.pointee.person = event.owner
                message.pointee.amount = event.amount
                message.pointee.balance = event.balance
            }
            response.cash = row.cash
            return writePacked(
                &response, &reply, jiesuan__v1__account_answer__get_packed_size, jiesuan__v1__account_answer__pack)
        }
    }

    static func write(
        _ part: CreditPart, details: Bool, _ reply: inout ReplyWriter, _ arena: Arena
    ) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__RunCreditsResponse()
            jiesuan__v1__run_credits_response__init(&response)
            response.persons = UInt32(part.sums.persons)
            response.credited = UInt32(part.sums.credited)
            response.credited_fen = part.sums.creditedFen
            response.already = UInt32(part.sums.already)
            response.already_fen = part.sums.alreadyFen
            response.none = UInt32(part.sums.none)
            response.refused = UInt32(part.sums.refused)
            response.next = part.next
            let shown = details ? part.outcomes : part.outcomes.filter(\.isRefused)
            response.n_details = shown.count
            response.details = try messages(shown, arena, jiesuan__v1__credit_detail__init) {
                outcome, message throws(RequestProblem) in
                try fill(message, outcome, arena)
            }
            return writePacked(
                &response, &reply, jiesuan__v1__run_credits_response__get_packed_size,
                jiesuan__v1__run_credits_response__pack)
        }
    }

    private static func fill(
        _ message: UnsafeMutablePointer<Jiesuan__V1__CreditDetail>, _ outcome: CreditOutcome, _ arena: Arena
    ) throws(RequestProblem) {
        message.pointee.person = outcome.person
        message.pointee.amount = outcome.amount
        switch outcome.kind {
        case .credited(let basis): message.pointee.basis = Jiesuan__V1__CreditBasis(rawValue: UInt32(basis.rawValue))
        case .already: message.pointee.already = 1
        case .none(let reason): message.pointee.none = Jiesuan__V1__NoCreditReason(rawValue: UInt32(reason.rawValue))
        case .refused(let refusal):
            message.pointee.code = Jiesuan__V1__DomainError(rawValue: UInt32(refusal.code.rawValue))
            message.pointee.message = try arena.string(refusal.line)
        }
    }

    static func write(_ statement: AccountStatement, _ reply: inout ReplyWriter, _ arena: Arena) -> CallStatus {
        withinArena { () throws(RequestProblem) in
            var response = Jiesuan__V1__StatementResponse()
            jiesuan__v1__statement_response__init(&response)
            response.opening = statement.opening
            response.credits = statement.credits
            response.uses = statement.uses
            response.closing = statement.closing
            response.before = statement.before
            response.n_entries = statement.entries.count
            response.entries = try messages(statement.entries, arena, jiesuan__v1__statement_entry__init) {
                entry, message throws(RequestProblem) in
                message.pointee.sequence = entry.position
                message.pointee.recorded_at = entry.recorded.milliseconds
                message.pointee.amount = entry.amount
                message.pointee.balance = entry.balance
                message.pointee.text = try arena.string(describe(entry.kind, in: message))
            }
            return writePacked(
                &response, &reply, jiesuan__v1__statement_response__get_packed_size,
                jiesuan__v1__statement_response__pack)
        }
    }

    /// Fills in what an entry is; gives its text.
    private static func describe(
        _ kind: AccountEntry.Kind, in message: UnsafeMutablePointer<Jiesuan__V1__StatementEntry>
    ) -> String {
        func entry(_ value: Jiesuan__V1__EntryKind, _ text: String) -> String {
            message.pointee.kind = value
            return text
        }
        switch kind {
        case .settlement(let id): return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_SETTLEMENT, id)
        case .reversal(let id): return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_REVERSAL, id)
        case .movement(.monthlyCredit(let month, let basis)):
            message.pointee.month = UInt32(month.yearMonth)
            message.pointee.basis = Jiesuan__V1__CreditBasis(rawValue: UInt32(basis.rawValue))
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_MONTHLY_CREDIT, "")
        case .movement(.credit(.openingBalance, let reason)):
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_OPENING_BALANCE, reason)
        case .movement(.credit(.refund, let reason)): return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_REFUND, reason)
        case .movement(.credit(.correction, let reason)):
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_CORRECTION, reason)
        case .movement(.refund(let use, let purpose, _, _, let reason)):
            message.pointee.purpose = Jiesuan__V1__UsePurpose(rawValue: UInt32(purpose.rawValue))
            message.pointee.refunded = use
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_REFUND, reason)
        case .movement(.use(let purpose, let beneficiary, let institution, _)):
            message.pointee.purpose = Jiesuan__V1__UsePurpose(rawValue: UInt32(purpose.rawValue))
            message.pointee.other_person = beneficiary
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_USE, institution)
        case .movement(.transferredIn(let region)):
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_TRANSFER_IN, region)
        case .movement(.transferredOut(let region)):
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_TRANSFER_OUT, region)
        case .movement(.inherited(let from)):
            message.pointee.other_person = from
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_INHERITED, "")
        case .movement(.bequeathed(let reason)): return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_BEQUEATHED, reason)
        case .movement(.deregistered(let reason)):
            return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_DEREGISTERED, reason)
        case .movement(.takenBack(let reason)): return entry(JIESUAN__V1__ENTRY_KIND__ENTRY_KIND_CORRECTION, reason)
        }
    }
}

extension CreditOutcome {
    var isRefused: Bool {
        if case .refused = kind { true } else { false }
    }
}

extension AccountRow {
    /// What left in cash: all that did not go to heirs.
    var cash: Fen {
        guard let first = events.first else { return 0 }
        switch first.movement {
        case .deregistered, .bequeathed: return -first.amount - events.dropFirst().reduce(0) { $0 + $1.amount }
        default: return 0
        }
    }
}
