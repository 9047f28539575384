import Ledger
import LedgerFormat
import Policy
import RPC
import Records
import Registry
import Settlement
import WireMessages

/// `SettlementService`: `Settle`, `Quote` and `Reverse`. On the sequencer only.
struct SettleMethods: Sendable {
    let access: LedgerAccess

    func settle(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        answer(message, context) { request, command throws(DomainRefusal) in
            try write(access.ledger.settle(bytes(request.pointee.settlement_id), command), request, &reply)
        }
    }

    func quote(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        answer(message, context) { request, command throws(DomainRefusal) in
            try write(access.ledger.quote(command), request, &reply)
        }
    }

    /// Answers a request by `work`, which is given its command.
    @inline(__always)
    private func answer(
        _ message: UnsafeRawBufferPointer, _ context: WorkerContext,
        work: (UnsafePointer<Jiesuan__V1__SettleRequest>, SettleCommand) throws(DomainRefusal) -> CallStatus
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__settle_request__unpack) else {
            return unreadable("SettleRequest", context)
        }
        do throws(RequestProblem) {
            let command = try access.command(request)
            // Errors of the claim itself come before all others in the error registry.
            let bad = command.claim.check()
            guard bad.isNone else {
                let text = RefusalText(refusal: bad, pack: nil, claim: command.claim, facts: nil)
                return CallStatus(text)
            }
            do throws(DomainRefusal) {
                return try work(request, command)
            } catch {
                throw .domain(request.pointee.naming(error.naming(request.pointee), access.ledger.registry))
            }
        } catch {
            return refused(error, nil)
        }
    }

    /// Writes a settlement or quote as the answer, or why the calculator refuses it.
    @inline(__always)
    private func write(
        _ settled: SettledView, _ request: UnsafePointer<Jiesuan__V1__SettleRequest>, _ reply: inout ReplyWriter
    ) throws(DomainRefusal) -> CallStatus {
        guard settled.refusal.isNone else {
            return .failed(Int32(settled.refusal.code.rawValue), access.text(settled).line)
        }
        let region = try access.region(settled.entry.pack)
        let withPlatform = request.pointee.with_platform != 0
        let bytesMax = region.settlementBytesMax + (withPlatform ? region.platformBytesMax : 0)
        guard let room = reply.reserve(bytesMax) else { return reply.tooLarge }
        reply.commit(region.write(settled.entry, withPlatform: withPlatform, to: room))
        return .ok
    }

    func reverse(
        _ message: UnsafeRawBufferPointer, _ reply: inout ReplyWriter, _ context: WorkerContext
    ) -> CallStatus {
        guard let request = unpack(message, context, jiesuan__v1__reverse_request__unpack) else {
            return unreadable("ReverseRequest", context)
        }
        do throws(DomainRefusal) {
            try check(request.pointee)
            if request.pointee.round > 0 { return try takeBackRound(request.pointee, &reply) }
            let reversal = try access.ledger.reverse(
                bytes(request.pointee.settlement_id), reason: string(request.pointee.reason)
            ).reversal
            let region = try access.region(reversal.pack)
            let adjusted = reversal.adjusted.funds.reduce(32) { $0 + $1.fund.utf8.count + 32 }
            guard let room = reply.reserve(region.settlementBytesMax + adjusted) else { return reply.tooLarge }
            reply.commit(region.write(reversal, to: room))
            return .ok
        } catch {
            return CallStatus(error)
        }
    }

    /// Refuses a request that names another institution than the settlement's.
    private func check(_ request: Jiesuan__V1__ReverseRequest) throws(DomainRefusal) {
        let asked = string(request.institution)
        if asked.isEmpty { return }
        let settled = access.code(ofInstitution: try access.ledger.get(bytes(request.settlement_id)).entry.institution)
        guard asked == settled else {
            throw DomainRefusal(
                .settlementUnknown, "settlement_id", string(request.settlement_id),
                "nothing is settled under this id at \(asked): check the id and the institution; nothing was taken back"
            )
        }
    }

    /// Takes a second-round entry back, and not the settlement (SY-4).
    private func takeBackRound(
        _ request: Jiesuan__V1__ReverseRequest, _ reply: inout ReplyWriter
    ) throws(DomainRefusal) -> CallStatus {
        let (payment, _) = try access.ledger.takeBackRound(
            bytes(request.settlement_id), round: request.round, reason: string(request.reason))
        guard let room = reply.reserve(payment.messageBytesMax + SettlementEntry.idBytesMax + 64) else {
            return reply.tooLarge
        }
        var writer = BackwardWriter(room)
        payment.write(9, isTakenBack: false, to: &writer)
        writer.fixed64(3, UInt64(bitPattern: payment.paidAt.milliseconds))
        writer.fixed64(2, payment.position.number)
        writer.text(1, payment.id)
        reply.commit(writer.finish())
        return .ok
    }
}

extension ServedRegion {
    /// Writes `reversal` as a `ReverseResponse`; returns its size, at most `settlementBytesMax` and what it
    /// says of adjustments.
    func write(_ reversal: ReversalEntry, to room: UnsafeMutableRawBufferPointer) -> Int {
        var writer = BackwardWriter(room)
        writer.field(8, reversal.adjusted.recoverable)
        writer.field(7, reversal.adjusted.cash)
        for change in reversal.adjusted.funds.reversed() { writer.fundChange(6, change) }
        for account in reversal.accounts.reversed() {
            writer.accountPayment(
                5, relation: account.relation, owner: account.owner, paid: account.paid, balance: account.balanceAfter)
        }
        reversal.yearAfter.withUnsafeBufferPointer { year in
            if year.count == tables.slotCount, let first = year.baseAddress {
                writeYear(4, first, reversal.year, &writer)
            }
        }
        writer.fixed64(3, UInt64(bitPattern: reversal.reversedAt.milliseconds))
        writer.fixed64(2, reversal.position.number)
        writer.text(1, reversal.id)
        return writer.finish()
    }
}

extension DomainRefusal {
    /// The refusal, completed by the unregistered institution's code, which the ledger does not know.
    func naming(_ request: Jiesuan__V1__SettleRequest) -> DomainRefusal {
        guard code == .institutionUnknown, value.isEmpty else { return self }
        var named = self
        named.value = string(field == "institution" ? request.institution : request.prescribing_institution)
        return named
    }
}
