import RPC
import Records
import Settlement

/// The callers of a list, ready for a server with these methods.
package final class AccessDirectory: CallerDirectory {
    private struct Known: Sendable {
        let hash: [UInt8]
        let caller: Caller
    }

    /// By the first eight bytes of the token's hash: whoever sends tokens cannot choose those.
    private let byHash: [UInt64: [Known]]
    private let byCertificate: [String: Caller]

    /// - Parameters:
    ///   - methods: all of the server's, in its order.
    ///   - allowsLoadTests: else load generators get what everybody gets.
    package init(_ list: AccessList, methods: [Method], allowsLoadTests: Bool) {
        let sets = Role.allCases.map { Self.methods(of: $0, methods, allowsLoadTests) }
        var byHash: [UInt64: [Known]] = [:]
        var byCertificate: [String: Caller] = [:]
        for entry in list.entries {
            let caller = Caller(entry, sets[entry.role.index])
            if !entry.certificate.isEmpty { byCertificate[entry.certificate] = caller }
            if let hash = Self.bytes(entry.tokenHash) {
                byHash[Self.key(hash), default: []].append(Known(hash: hash, caller: caller))
            }
        }
        (self.byHash, self.byCertificate) = (byHash, byCertificate)
    }

    private static func methods(of role: Role, _ methods: [Method], _ allowsLoadTests: Bool) -> MethodSet {
        var set = MethodSet()
        for (index, method) in methods.enumerated() {
            guard let row = AccessTable.row(service: method.service, method: method.name) else { continue }
            let isOpen = row.grants.count == Role.allCases.count
            if row.grants[role] != nil, isOpen || role != .loadTester || allowsLoadTests { set.insert(index) }
        }
        return set
    }

    package func caller(token: UnsafeRawBufferPointer) -> Caller? {
        guard let hash = Self.bytes(AccessToken.hash(token)) else { return nil }
        var found: Caller?
        for known in byHash[Self.key(hash)] ?? [] where Self.isSame(known.hash, hash) { found = known.caller }
        return found
    }

    package func caller(certificate: PeerCertificate) -> Caller? {
        for name in certificate.names {
            if let caller = byCertificate[name] { return caller }
        }
        return nil
    }

    private static func key(_ hash: [UInt8]) -> UInt64 { hash[..<8].reduce(0) { $0 << 8 | UInt64($1) } }

    /// Compares all of both, so that the time does not say where they differ.
    private static func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        var difference: UInt8 = a.count == b.count ? 0 : 1
        for index in 0..<min(a.count, b.count) { difference |= a[index] ^ b[index] }
        return difference == 0
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8]? {
        let digits = Array(hexadecimal.utf8)
        guard digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { place in
            func value(_ digit: UInt8) -> UInt8 { digit < 0x3a ? digit - 0x30 : (digit | 0x20) - 0x61 + 10 }
            return value(digits[place]) << 4 | value(digits[place + 1])
        }
    }
}

extension Caller {
    fileprivate convenience init(_ entry: AccessEntry, _ methods: MethodSet) {
        func meter(_ rate: AccessEntry.Rate?) -> RateMeter? {
            rate.map { RateMeter(perSecond: $0.perSecond, burst: $0.burst) }
        }
        self.init(
            name: entry.name, methods: methods,
            reach: Reach(
                role: entry.role, institutions: entry.institutions, region: entry.region, area: entry.area),
            endsAt: entry.until.map(Self.end) ?? 0, calls: meter(entry.calls), items: meter(entry.items))
    }

    /// The end of a day in China Standard Time, in seconds since 1970-01-01 UTC.
    private static func end(_ day: CalendarDate) -> Int { Int(Moment(startOf: day).milliseconds / 1000) + 86_400 }
}
