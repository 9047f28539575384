/// The field in which a request names its operator: of `user_fields`, of gRPC's metadata, of HTTP's head.
package enum OperatorField {
    package static let name = "x-operator"

    /// Whether it is 1 … `Limits.operatorBytesMax` letters, digits and . _ - @ / : of ASCII, the first one a letter or
    /// a digit: a code that files, spreadsheets and logs can hold as it is.
    package static func isValid(_ code: some Collection<UInt8>) -> Bool {
        guard let first = code.first, code.count <= Limits.operatorBytesMax, isAlphanumeric(first) else { return false }
        return code.allSatisfy { isAlphanumeric($0) || Self.marks.contains($0) }
    }

    private static let marks = Array("._-@/:".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
}
