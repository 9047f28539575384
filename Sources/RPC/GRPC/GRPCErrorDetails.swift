/// The error of a call for `grpc-status-details-bin`: a `google.rpc.Status` with one `google.rpc.ErrorInfo`.
package enum GRPCErrorDetails {
    /// The message's bytes.
    ///
    /// - Parameters:
    ///   - reason: the code's name.
    ///   - metadata: the code's number, and what else a program may want to read.
    package static func message(
        status: GRPCStatus, text: String, reason: String, domain: String, metadata: [(String, String)]
    ) -> [UInt8] {
        var info: [UInt8] = field(1, reason) + field(2, domain)
        for (key, value) in metadata { info += field(3, field(1, key) + field(2, value)) }
        let any = field(1, "type.googleapis.com/google.rpc.ErrorInfo") + field(2, info)
        return [0x08] + varint(UInt64(status.rawValue)) + field(2, text) + field(3, any)
    }

    private static func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
