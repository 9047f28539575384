import Policy

/// A token: the secret by which a caller is known.
package enum AccessToken {
    /// So that a token is found where it was left by mistake, and is not taken for something else.
    package static let prefix = "jst_"
    private static let randomBytes = 32
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// A new token of 256 bits from the system's random numbers: 47 printable characters.
    package static func make() -> String {
        var random = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < randomBytes {
            withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
        }
        var text = Array(prefix.utf8)
        var (buffer, bits) = (0, 0)
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[buffer >> bits & 63])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { text.append(digits[buffer << (6 - bits) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What the list of callers keeps of a token: its SHA-256, in 64 hexadecimal digits.
    ///
    /// A slow hash with salt guards passwords, of which there are few and which people choose. Nobody finds 256 random
    /// bits again by trying, and a slow hash would be paid for with each new connection.
    package static func hash(_ token: some Sequence<UInt8>) -> String { sha256(Array(token)) }
}
