import Glibc

/// Where a connection comes from; as text only when somebody logs it.
package struct PeerAddress: Sendable, CustomStringConvertible {
    /// The 16 bytes of an IPv6 address; an IPv4 address as IPv6 writes it (::ffff:a.b.c.d).
    private let high: UInt64
    private let low: UInt64
    private let port: UInt16

    private static let mappedPrefix: UInt64 = 0xffff

    /// An IPv4 address in the order that its numbers are written in, or as one number of 32 bits.
    package init(ipv4: UInt32, port: UInt16) {
        high = 0
        low = Self.mappedPrefix << 32 | UInt64(ipv4)
        self.port = port
    }

    package init(ipv6High: UInt64, low: UInt64, port: UInt16) {
        high = ipv6High
        self.low = low
        self.port = port
    }

    /// What `accept` filled in; another family than IP (there is none here) is the address of nobody.
    init(_ storage: sockaddr_storage) {
        self = withUnsafeBytes(of: storage) { bytes in
            func number<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T {
                T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
            }
            switch Int32(storage.ss_family) {
            case AF_INET: return PeerAddress(ipv4: number(4, UInt32.self), port: number(2, UInt16.self))
            case AF_INET6:
                return PeerAddress(
                    ipv6High: number(8, UInt64.self), low: number(16, UInt64.self), port: number(2, UInt16.self))
            default: return PeerAddress(ipv6High: 0, low: 0, port: 0)
            }
        }
    }

    private var isIPv4: Bool { high == 0 && low >> 32 == Self.mappedPrefix }

    /// Equal for those that are counted together: an IPv4 address, and the first 64 bits of an IPv6 address, which is
    /// what one customer of a network gets.
    package var group: UInt64 { isIPv4 ? low : high != 0 ? high : low }

    /// Of this machine: a proxy in front of the server, or a load generator.
    package var isLoopback: Bool { isIPv4 ? low >> 24 & 0xff == 127 : high == 0 && low == 1 }

    /// "10.0.0.7:51234" or "[2001:db8::1]:51234".
    package var description: String {
        if isIPv4 {
            let parts = [24, 16, 8, 0].map { String(low >> $0 & 0xff) }
            return parts.joined(separator: ".") + ":\(port)"
        }
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "unknown" }
        return "[" + String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) + "]:\(port)"
    }
}
