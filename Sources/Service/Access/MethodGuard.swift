import CShims
import Ledger
import ProtoJSON
import RPC
import Records

/// Asks of every request of one method whether its caller may have what it asks for.
struct MethodGuard: Sendable {
    private let method: String
    private let checks: [AccessCheck?]
    private let counted: ItemCount?
    /// Where the method runs on the thread that uses the ledger, or has no ledger.
    private let isOnSequencer: Bool
    private let access: LedgerAccess?
    private let watch: AccessWatch

    init(
        _ row: AccessRow, _ type: MethodType, _ placement: Method.Placement, _ access: LedgerAccess?,
        _ watch: AccessWatch
    ) {
        method = "\(type.service)/\(type.name)"
        checks = Role.allCases.map { role in row.grants[role].map { AccessCheck($0, of: type.request) } }
        counted = row.counted.map { ItemCount($0, of: type.request) }
        isOnSequencer = placement == .sequencer || placement == .briefSequencer
        self.access = access
        self.watch = watch
    }

    /// Why a request is refused; nil: it is not. Called where the caller has a reach.
    ///
    /// - Parameter isPrepared: the request is read on another thread than the sequencer.
    func refusal(_ message: UnsafeRawBufferPointer, _ context: WorkerContext, isPrepared: Bool = false) -> CallStatus? {
        let caller = context.caller
        guard let reach = caller.reach as? Reach, let check = checks[reach.role.index] else {
            return deny(AccessCheck.refused("", "this caller has no role for it"), context)
        }
        if let meter = caller.items {
            let wait = meter.take(counted?.count(in: message) ?? 1, now: MonotonicClock.nanoseconds())
            if wait > 0 { return .overRate(meter, of: "claims or records", nanoseconds: wait) }
        }
        do throws(CallFailure) {
            if let refusal = try ask(check, message, reach, isPrepared) { return deny(refusal, context) }
        } catch {
            return error.status
        }
        if check.isLookUp {
            watch.lookedUp(
                AccessWatch.LookUp(
                    caller: caller, method: method, person: check.person(in: message), origin: context.call.origin))
        }
        return nil
    }

    private func ask(
        _ check: AccessCheck, _ message: UnsafeRawBufferPointer, _ reach: Reach, _ isPrepared: Bool
    ) throws(CallFailure) -> DomainRefusal? {
        guard check.needsLedger, let access else {
            return try refused { () throws(DomainRefusal) in
                try check.refusal(message, reach, nil)
            }
        }
        if isOnSequencer, !isPrepared {
            return try refused { () throws(DomainRefusal) in
                try access.ledger.readyToRead()
                return try check.refusal(message, reach, access.ledger)
            }
        }
        // This thread waits for the piece, so the message stays.
        nonisolated(unsafe) let message = message
        return try access.onSequencer { ledger throws(DomainRefusal) in try check.refusal(message, reach, ledger) }
    }

    private func refused(
        _ body: () throws(DomainRefusal) -> DomainRefusal?
    ) throws(CallFailure) -> DomainRefusal? {
        do throws(DomainRefusal) { return try body() } catch { throw CallFailure(error) }
    }

    private func deny(_ refusal: DomainRefusal, _ context: WorkerContext) -> CallStatus {
        let status = CallStatus(refusal)
        watch.denied(
            AccessControl.Denial(
                caller: context.caller, method: method, peer: context.call.origin?.peer, status: status))
        return status
    }
}

/// How many items a request has, by one of its columns.
private struct ItemCount: Sendable {
    private let number: UInt32
    /// The column of the platform's numbers, which may stand instead; 0: there is none.
    private let texts: UInt32
    /// Bytes of a packed number; 0: the column is of messages.
    private let packedBytes: Int

    init(_ name: String, of message: MessageType) {
        guard let field = message.fields.first(where: { $0.protoName == name }) else {
            preconditionFailure("\(message.name) has no field \(name)")
        }
        number = field.id
        texts = message.fields.first { $0.protoName == "\(name)_nos" }?.id ?? 0
        packedBytes = field.holdsMessages ? 0 : 8
    }

    /// At least 1: a request that has none is work too.
    func count(in message: UnsafeRawBufferPointer) -> Int {
        max(1, count(number, in: message), texts == 0 ? 0 : count(texts, in: message))
    }

    private func count(_ number: UInt32, in message: UnsafeRawBufferPointer) -> Int {
        let packedBytes = number == texts ? 0 : packedBytes
        var count = 0
        var fields = WireFields(message)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return count }
            guard field.number == number, field.wireType == 2, packedBytes > 0 else {
                if field.number == number { count += 1 }
                guard fields.skip(field) else { return count }
                continue
            }
            guard let bytes = fields.bytes(field) else { return count }
            count += bytes.count / packedBytes
        }
        return count
    }
}

extension Method {
    /// The method, asked of every request whether its caller may have what it asks for.
    func guarded(_ access: LedgerAccess?, _ watch: AccessWatch) -> Method {
        guard let row = AccessTable.row(service: service, method: name),
            let type = MethodCatalog.methods.first(where: { $0.service == service && $0.name == name })
        else { preconditionFailure("\(service)/\(name) has no row in AccessTable, or is in no .proto file") }
        var method = self
        if row.grants.values.contains(where: { $0 != .all }) || row.counted != nil {
            let guardian = MethodGuard(row, type, placement, access, watch)
            method = preparation.map { guarded($0, guardian) } ?? guarded(guardian)
        }
        method.jsonForm = jsonForm
        method.isWrite = row.isWrite
        return method
    }

    private func guarded(_ preparation: @escaping Preparation, _ guardian: MethodGuard) -> Method {
        Method(service: service, name: name) { message, context in
            if !context.caller.isUnlimited, let status = guardian.refusal(message, context, isPrepared: true) {
                return .refused(status)
            }
            return preparation(message, context)
        }
    }

    private func guarded(_ guardian: MethodGuard) -> Method {
        let handler = handler
        return Method(service: service, name: name, placement: placement, shardKey: shardKey, isLight: isLight) {
            message, reply, context in
            if !context.caller.isUnlimited, let status = guardian.refusal(message, context) { return status }
            return handler(message, &reply, context)
        }
    }
}
