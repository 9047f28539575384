import CMessageDigest

/// 64 digits and the zero that ends a C string.
private let digestBytes = 65

/// SHA-256 in small hexadecimal digits.
package func sha256(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: digestBytes)
    _ = bytes.withUnsafeBufferPointer { SHA256Data($0.baseAddress, $0.count, &text) }
    return string(text)
}

/// SHA-256 of a file in small hexadecimal digits, in memory that does not grow with it; nil: it cannot be read, and
/// `errno` says why.
package func sha256(ofFile path: String) -> String? {
    var text = [CChar](repeating: 0, count: digestBytes)
    return SHA256File(path, &text) == nil ? nil : string(text)
}

private func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
