/// What a failed gRPC call is counted under: the number that the native protocol would have answered.
enum GRPCFailure {
    /// - Parameters:
    ///   - status: `grpc-status`.
    ///   - details: `grpc-status-details-bin` in Base64; its ErrorInfo has the number under `code`.
    static func code(status: Int32, details: [UInt8]) -> Int32 {
        if let bytes = base64(details), let code = number(in: bytes) { return code }
        return switch status {
        case 12: 1002
        case 3: 1003
        case 16, 7: 1004
        case 4: 1008
        case 14: 2003
        case 8: 2004
        default: 2001
        }
    }

    /// The number behind the map entry `code`: key, field 2, length, digits.
    private static func number(in bytes: [UInt8]) -> Int32? {
        let key: [UInt8] = [0x0A, 4] + Array("code".utf8) + [0x12]
        guard bytes.count > key.count else { return nil }
        for start in 0..<bytes.count - key.count where Array(bytes[start..<start + key.count]) == key {
            let digits = bytes[(start + key.count)...].dropFirst().prefix(Int(bytes[start + key.count]))
            return Int32(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }

    private static func base64(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text where character != UInt8(ascii: "=") {
            let value: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
