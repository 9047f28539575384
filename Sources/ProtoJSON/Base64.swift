/// Base64 (RFC 4648): written in its usual alphabet with padding; read in that or in the one for addresses, with
/// padding or without.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            let left = min(3, bytes.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < left ? UInt32(bytes[index + offset]) : 0) }
            for offset in 0..<4 {
                text.append(
                    offset <= left ? alphabet[Int(group >> UInt32(18 - 6 * offset)) & 63] : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    /// Appends what the text says; false where it is no Base64, and then `bytes` is no use.
    static func append(decoded text: [UInt8], to bytes: inout [UInt8]) -> Bool {
        var digits = text[...]
        var padding = 0
        while digits.last == UInt8(ascii: "=") {
            digits = digits.dropLast()
            padding += 1
        }
        guard padding == 0 || padding <= 2 && text.count % 4 == 0, digits.count % 4 != 1 else { return false }
        var group: UInt32 = 0
        var bits = 0
        for digit in digits {
            guard let value = value(digit) else { return false }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return true
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
