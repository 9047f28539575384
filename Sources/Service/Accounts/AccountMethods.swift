import Accounts
import CShims
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `AccountService`: personal accounts outside settlements (rules CQ-30 … CQ-32), but for `Statement`.
package final class AccountMethods: @unchecked Sendable {
    // Unchecked: the ledger, and everything here, is used by the one thread that runs these methods.

    package static let service = String(cString: jiesuan__v1__account_service__descriptor.name)
    private let ledger: any AccountLedger
    private let roll = CreditRoll()

    package init(ledger: any AccountLedger) { self.ledger = ledger }

    /// The service's methods; `placement` runs one after the other.
    package func methods(_ placement: Method.Placement) -> [Method] {
        func method(_ name: String, _ handler: @escaping Method.Handler) -> Method {
            Method(service: Self.service, name: name, placement: placement, handler: handler)
        }
        return [
            method("Credit", credit), method("RunCredits", runCredits), method("Use", use),
            method("Transfer", transfer), method("Inherit", inherit), method("Deregister", deregister),
            method("Balance", balance),
        ]
    }

    @Sendable func credit(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__credit_request__unpack)?.pointee else {
            return unreadable("CreditRequest", context)
        }
        return answer(&reply, context, request.request_id) { () throws(DomainRefusal) in
            let order = CreditOrder(
                person: request.person, kind: try AccountWire.creditKind(request), amount: request.amount,
                reason: AccountWire.text(request.reason))
            return try ledger.credit(AccountWire.text(request.request_id), order)
        }
    }

    @Sendable func use(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__use_request__unpack)?.pointee else {
            return unreadable("UseRequest", context)
        }
        return answer(&reply, context, request.request_id) { () throws(DomainRefusal) in
            let command = UseCommand(
                owner: request.person, amount: request.amount,
                purpose: try AccountWire.value(request.purpose.rawValue, "purpose"),
                beneficiary: request.beneficiary == 0 ? request.person : request.beneficiary,
                institution: AccountWire.text(request.institution))
            return try ledger.use(AccountWire.text(request.request_id), command)
        }
    }

    @Sendable func transfer(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__transfer_request__unpack)?.pointee else {
            return unreadable("TransferRequest", context)
        }
        return answer(&reply, context, request.request_id) { () throws(DomainRefusal) in
            try ledger.transfer(
                AccountWire.text(request.request_id), request.person, out: request.out != 0,
                region: AccountWire.text(request.region), amount: request.amount)
        }
    }

    @Sendable func inherit(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__inherit_request__unpack)?.pointee else {
            return unreadable("InheritRequest", context)
        }
        return answer(&reply, context, request.request_id) { () throws(DomainRefusal) in
            try ledger.inherit(
                AccountWire.text(request.request_id), from: request.person, AccountWire.shares(request),
                inCash: request.in_cash, reason: AccountWire.text(request.reason))
        }
    }

    @Sendable func deregister(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__deregister_request__unpack)?.pointee else {
            return unreadable("DeregisterRequest", context)
        }
        return answer(&reply, context, request.request_id) { () throws(DomainRefusal) in
            try ledger.deregister(
                AccountWire.text(request.request_id), request.person, reason: AccountWire.text(request.reason))
        }
    }

    @Sendable func runCredits(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__run_credits_request__unpack)?.pointee else {
            return unreadable("RunCreditsRequest", context)
        }
        return AccountWire.guarded { () throws(DomainRefusal) in
            let part = try roll.run(
                try AccountWire.month(request.month), region: AccountWire.text(request.region), after: request.after,
                limit: request.limit == 0 ? AccountLimit.runPersonsMax : Int(request.limit), on: ledger)
            return AccountWire.write(part, details: request.details != 0, &reply, context.arena)
        }
    }

    @Sendable func balance(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__balance_request__unpack)?.pointee else {
            return unreadable("BalanceRequest", context)
        }
        return AccountWire.guarded { () throws(DomainRefusal) in
            let account = try ledger.account(of: request.person)
            var response = Jiesuan__V1__BalanceResponse()
            jiesuan__v1__balance_response__init(&response)
            response.status = Jiesuan__V1__AccountStatus(rawValue: UInt32(account?.status.rawValue ?? 0))
            response.balance = account?.balance ?? 0
            response.last_sequence = account?.lastPosition ?? 0
            return writePacked(
                &response, &reply, jiesuan__v1__balance_response__get_packed_size,
                jiesuan__v1__balance_response__pack)
        }
    }

    /// What a change of accounts answers.
    private func answer(
        _ reply: inout ReplyWriter, _ context: WorkerContext, _ id: UnsafeMutablePointer<CChar>?,
        _ body: () throws(DomainRefusal) -> AccountRow
    ) -> CallStatus {
        AccountWire.guarded { () throws(DomainRefusal) in
            AccountWire.write(try body(), id: id, &reply, context.arena)
        }
    }
}
