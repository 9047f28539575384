import CMessageDigest

/// SHA-256 in small hexadecimal digits.
package func sha256(_ bytes: [UInt8]) -> String {
    // 64 digits and the zero that ends a C string.
    var text = [CChar](repeating: 0, count: 65)
    _ = bytes.withUnsafeBufferPointer { SHA256Data($0.baseAddress, $0.count, &text) }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
