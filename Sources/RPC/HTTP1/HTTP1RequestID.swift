import Glibc

/// The id by which a client finds its request in the server's log: its own, or one that is made here.
package struct HTTP1RequestID: Sendable {
    private var bytes = InlineArray<64, UInt8>(repeating: 0)
    private(set) var count = 0

    /// The client's own, where it is one: up to `HTTP1Limits.requestIDBytesMax` letters, digits and `-_.:/+=@`.
    package init?(_ sent: UnsafeRawBufferPointer) {
        guard (1...HTTP1Limits.requestIDBytesMax).contains(sent.count) else { return nil }
        for (index, byte) in sent.enumerated() {
            guard Self.isPlain(byte) else { return nil }
            bytes[index] = byte
        }
        count = sent.count
    }

    /// 16 hexadecimal digits of a number.
    init(_ number: UInt64) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * index)) & 15
            bytes[index] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
        }
        count = 16
    }

    func write(to out: UnsafeMutableRawPointer) {
        for index in 0..<count { out.storeBytes(of: bytes[index], toByteOffset: index, as: UInt8.self) }
    }

    package var text: String { String(decoding: (0..<count).map { bytes[$0] }, as: UTF8.self) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        if letter >= 0x61 && letter <= 0x7A || byte &- 0x30 < 10 { return true }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"),
            UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "@"):
            return true
        default: return false
        }
    }
}
