/// A person's number at the platform (人员编号, psn_no): text, kept as it came.
///
/// The platform's type is 字符型 of up to 30 characters, and real numbers have 20 to 26 digits: more than 64 bits hold.
/// Here it is 1 … 30 letters and digits of ASCII and `-`, `_`, `.`, `/`, `#`, `*`, the first one a letter or a digit:
/// so it needs no quotes in a CSV, is no formula in a spreadsheet, and separates nothing in a list. Case and leading
/// zeros matter. Plain, 32 bytes: compared as four numbers.
package struct PersonNo: BitwiseCopyable, Hashable, Sendable {
    /// The platform's 字符型 30.
    package static var charactersMax: Int { 30 }
    /// What a number is, for refusals.
    package static var explanation: String {
        "a person_no has 1 … \(charactersMax) letters and digits of ASCII or -_./#*, the first a letter or digit"
    }

    /// Bytes 0 … 30 of the text, then zeros: a number never has one.
    package private(set) var first: UInt64 = 0
    package private(set) var second: UInt64 = 0
    package private(set) var third: UInt64 = 0
    package private(set) var fourth: UInt64 = 0

    /// nil: the bytes are no such number.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let head = bytes.first, bytes.count <= PersonNo.charactersMax, PersonNo.isAlphanumeric(head) else {
            return nil
        }
        for byte in bytes where !PersonNo.isAlphanumeric(byte) && !PersonNo.isMark(byte) { return nil }
        self.init(sought: bytes)
    }

    /// A number to look somebody up by: the bytes as they are, whether they may stand in a number or not, since nobody
    /// is registered under one that may not. nil: more bytes than a number has, or none.
    ///
    /// - Precondition: none of them is zero.
    package init?(sought bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0, bytes.count <= PersonNo.charactersMax else { return nil }
        first = PersonNo.word(0, of: bytes)
        second = PersonNo.word(8, of: bytes)
        third = PersonNo.word(16, of: bytes)
        fourth = PersonNo.word(24, of: bytes)
    }

    /// Eight bytes from `start` on, zeros behind the last: by one read, since copying a few bytes costs as much as the
    /// look-up.
    @inline(__always)
    private static func word(_ start: Int, of bytes: UnsafeRawBufferPointer) -> UInt64 {
        let left = bytes.count - start
        if left >= 8 { return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
        if left <= 0 { return 0 }
        if bytes.count >= 8 {
            let last = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
            return UInt64(littleEndian: last) &>> UInt64(64 - 8 * left)
        }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    package init?(_ text: String) {
        var text = text
        let found = text.withUTF8 { PersonNo(UnsafeRawBufferPointer($0)) }
        guard let found else { return nil }
        self = found
    }

    package var text: String {
        withUnsafeBytes(of: self) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "#"),
            UInt8(ascii: "*"):
            true
        default: false
        }
    }
}
