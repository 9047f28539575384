/// Who calls on a connection, and what he may call.
extension Connection {
    /// Who sends a request, and why it is refused because of that.
    ///
    /// - Parameters:
    ///   - index: of the method; -1: there is no such method, which only known callers are told.
    ///   - now: monotonic nanoseconds.
    /// - Returns: the caller where he was found out.
    func ask(_ index: Int, token: UnsafeRawBufferPointer?, _ now: UInt64) -> (caller: Caller?, refusal: CallStatus?) {
        guard let access = shard.shared.configuration.access else { return (nil, nil) }
        let entry = index < 0 ? nil : shard.shared.methods.entries[index]
        if entry?.isPublic ?? false { return (.nobody, nil) }
        guard access.isGuarded else { return (nil, maintenance(access, entry)) }
        switch caller.find(token, access, peer, now: now) {
        case .refused(let status):
            report(access, .nobody, entry, status)
            return (.nobody, status)
        case .caller(let found):
            if let meter = found.calls {
                let wait = meter.take(now: now)
                if wait > 0 { return (found, .overRate(meter, of: "calls", nanoseconds: wait)) }
            }
            guard let entry else { return (found, nil) }
            guard found.methods.contains(index) else {
                let status = access.wording(found, entry.method)
                report(access, found, entry, status)
                return (found, status)
            }
            return (found, maintenance(access, entry))
        }
    }

    /// Why somebody who is not known gets nothing of the server's own pages and streams; nil: he is known, or nobody
    /// has to be.
    func stranger(token: UnsafeRawBufferPointer?, _ now: UInt64) -> CallStatus? {
        guard let access = shard.shared.configuration.access, access.isGuarded else { return nil }
        guard case .refused(let status) = caller.find(token, access, peer, now: now) else { return nil }
        report(access, .nobody, nil, status)
        return status
    }

    private func maintenance(_ access: AccessControl, _ entry: MethodTable.Entry?) -> CallStatus? {
        access.isReadOnly && entry?.isWrite ?? false ? access.maintenanceRefusal : nil
    }

    private func report(
        _ access: AccessControl, _ caller: Caller, _ entry: MethodTable.Entry?, _ status: CallStatus
    ) {
        let method = entry.map { "\($0.method.service)/\($0.method.name)" } ?? ""
        access.report(AccessControl.Denial(caller: caller, method: method, peer: peer, status: status))
    }
}
