/// Keeps web pages of others from using a server that their readers' browsers can reach.
///
/// A page of anywhere may have a browser send requests to this machine; it cannot forge `Host` and `Origin`. A page
/// whose name was made to mean our address asks under that name (DNS rebinding), so only names that are known to be
/// ours are taken; numbers are no names, and are.
package struct HTTP1Guard: Sendable {
    private let names: [[UInt8]]
    private let takesEveryName: Bool

    package init(listeningHost: String, allowed: [String]) {
        names = (["localhost", listeningHost] + allowed).map { Array($0.lowercased().utf8) }
        takesEveryName = allowed.contains("*")
    }

    /// Why a request under this host is refused; nil: it is not.
    package func refusal(ofHost host: UnsafeRawBufferPointer?) -> HTTP1Refusal? {
        // Only HTTP/1.0 may come without one, which no browser speaks.
        guard let host, !takesEveryName, !isKnown(Self.withoutPort(host)) else { return nil }
        return HTTP1Refusal(
            403,
            "the field Host names no host of this server's; call it by its address, or start it with --http-host NAME")
    }

    /// Why a request of this origin is refused; nil: it is of a page of our own, or of no page.
    package func refusal(ofOrigin origin: UnsafeRawBufferPointer?, host: UnsafeRawBufferPointer?) -> HTTP1Refusal? {
        guard let origin else { return nil }
        for scheme in ["http://", "https://"] as [StaticString] {
            let length = scheme.utf8CodeUnitCount
            guard let host, origin.count == length + host.count,
                HTTP1HeadParser.equals(UnsafeRawBufferPointer(rebasing: origin[..<length]), scheme)
            else { continue }
            let rest = origin[length...]
            if zip(rest, host).allSatisfy({ HTTP1HeadParser.lower($0) == HTTP1HeadParser.lower($1) }) { return nil }
        }
        return HTTP1Refusal(
            403, "the field Origin names another site: pages of others may not call this server from a browser")
    }

    /// Why a request that a browser says comes from another site is refused.
    package static func refusal(ofFetchSite site: UnsafeRawBufferPointer?) -> HTTP1Refusal? {
        guard let site, !HTTP1HeadParser.equals(site, "same-origin"), !HTTP1HeadParser.equals(site, "none") else {
            return nil
        }
        return HTTP1Refusal(403, "the field Sec-Fetch-Site says that a page of another site calls; it may not")
    }

    private func isKnown(_ host: UnsafeRawBufferPointer) -> Bool {
        if Self.isAddress(host) { return true }
        return names.contains { name in
            name.count == host.count && zip(name, host).allSatisfy { $0 == HTTP1HeadParser.lower($1) }
        }
    }

    /// The host without the port behind it, and without the dot that may end a name.
    static func withoutPort(_ host: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = host.count
        while end > 0, host[end - 1] &- 0x30 < 10 { end -= 1 }
        // Of "::1" without brackets the last group is no port; it is no host that a client may send either.
        if end > 0, host[end - 1] == UInt8(ascii: ":") { end -= 1 } else { end = host.count }
        if end > 1, host[end - 1] == UInt8(ascii: ".") { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: host[..<end])
    }

    /// Whether it is an IPv4 address in numbers, or an IPv6 address in brackets.
    private static func isAddress(_ host: UnsafeRawBufferPointer) -> Bool {
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]"), host.count > 2 {
            return host[1..<(host.count - 1)].allSatisfy { byte in
                let letter = HTTP1HeadParser.lower(byte)
                return byte &- 0x30 < 10 || letter &- 0x61 < 6 || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            }
        }
        let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy { $0 &- 0x30 < 10 }
                    && part.reduce(0) { $0 * 10 + Int($1 &- 0x30) } < 256
            }
    }
}
