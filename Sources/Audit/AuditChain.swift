import CMessageDigest

/// The chain that binds each line to all before it: SHA-256 over the hash of the line before, in hexadecimal, and the
/// line without its own hash.
package struct AuditChain: Equatable, Sendable {
    /// Hexadecimal, 64 characters.
    package private(set) var head: [UInt8]

    /// The chain of a log without a line.
    package init() { head = [UInt8](repeating: UInt8(ascii: "0"), count: Self.hashBytes) }

    /// - Returns: nil where `head` is no hash.
    package init?(head: some Collection<UInt8>) {
        guard head.count == Self.hashBytes, head.allSatisfy(Self.isDigit) else { return nil }
        self.head = Array(head)
    }

    package static let hashBytes = 64

    /// Adds a line's text.
    package mutating func add(_ text: UnsafeRawBufferPointer) {
        var context = SHA2_CTX()
        SHA256Init(&context)
        head.withUnsafeBytes { SHA256Update(&context, $0.baseAddress, $0.count) }
        SHA256Update(&context, text.baseAddress, text.count)
        var hash = [UInt8](repeating: 0, count: 32)
        SHA256Final(&hash, &context)
        let digits = Array("0123456789abcdef".utf8)
        for (index, byte) in hash.enumerated() {
            head[2 * index] = digits[Int(byte >> 4)]
            head[2 * index + 1] = digits[Int(byte & 15)]
        }
    }

    package var text: String { String(decoding: head, as: UTF8.self) }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6
    }
}
