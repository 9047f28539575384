/// Which protocol a client speaks.
package enum WireProtocol: Sendable, Hashable {
    /// `baidu_std`; also bytes of no protocol, which its decoder refuses.
    case native
    /// HTTP/2, which gRPC travels in.
    case http2
    case http1
}

/// Tells the protocols of one port apart by the first bytes of a connection.
package enum ProtocolSniffer {
    /// Bytes that decide in any case.
    package static let bytesMax = 4

    /// The protocol that begins with `bytes`; nil: more of them have to come, at most `bytesMax`.
    ///
    /// HTTP/2 is known by "PRI " of its preface, HTTP/1.1 by a method of RFC 9110 or 5789.
    package static func look(_ bytes: UnsafeRawBufferPointer) -> WireProtocol? {
        var isUndecided = false
        for (beginning, wire) in beginnings {
            let count = min(bytes.count, bytesMax)
            let matches = (0..<count).allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: beginning >> (24 - 8 * $0)) }
            if matches, count == bytesMax { return wire }
            isUndecided = isUndecided || matches
        }
        return isUndecided ? nil : .native
    }

    private static let beginnings: [(UInt32, WireProtocol)] = [
        (0x5052_5043, .native),  // PRPC
        (0x5052_4920, .http2),  // PRI
        (0x504f_5354, .http1),  // POST
        (0x4745_5420, .http1),  // GET
        (0x4845_4144, .http1),  // HEAD
        (0x5055_5420, .http1),  // PUT
        (0x5041_5443, .http1),  // PATCH
        (0x4445_4c45, .http1),  // DELETE
        (0x4f50_5449, .http1),  // OPTIONS
        (0x434f_4e4e, .http1),  // CONNECT
        (0x5452_4143, .http1),  // TRACE
        (0x5155_4552, .http1),  // QUERY
    ]
}
