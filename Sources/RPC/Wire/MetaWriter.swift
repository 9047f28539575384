import Glibc

/// Writes packet headers and metas by hand: two bytes of key and length and a varint need no size pass.
package enum MetaWriter {
    /// The most that `success` and `traits` write.
    static let successBytesMax = 4 + 2 + 11 + traitsBytesMax

    /// An answer's meta: response { error_code: 0 }, compress_type, correlation_id. Returns the bytes written.
    @inline(__always)
    static func success(
        correlationID: Int64, compressType: Int32, to out: UnsafeMutableRawPointer
    ) -> Int {
        // brpc's clients look whether there is a response at all, so the zero is written out.
        out.storeBytes(of: UInt32(littleEndian: 0x0008_0212), as: UInt32.self)
        return 4 + tail(correlationID: correlationID, compressType: compressType, to: out + 4)
    }

    /// The most that `failure` writes for a text of `textBytes`.
    static func failureBytesMax(textBytes: Int) -> Int { textBytes + 64 + traitsBytesMax }

    /// What `traits` writes where all are asked for: 15, 24, 2 and 8.
    static let traitsBytesMax = 49
    /// user_fields { "content-language": "zh" }: whoever puts a failure in the answer's place reads it again.
    private static let chinese: [UInt8] =
        [0x4a, 22, 0x0a, 16] + Array(AnswerLanguage.answerFieldName.utf8) + [0x12, 2] + Array("zh".utf8)
    /// checksum_type 1, checksum_value of four bytes.
    private static let checksumStart: [UInt8] = [0x58, 1, 0x62, UInt8(Checksum.valueBytes)]

    /// What an answer's meta has more for its request's traits, behind all the rest; the checksum's value comes last,
    /// and is written later (`ReplyWriter.finish`). Returns the bytes written.
    static func traits(
        _ traits: RequestTraits, _ parts: FailureParts = FailureParts(), to out: UnsafeMutableRawPointer
    ) -> Int {
        var cursor = out
        if traits.contains(.failureParts) {
            varint(UInt64(FailureParts.fieldNumber << 3 | 2), &cursor)
            put(UInt8(FailureParts.bytes), &cursor)
            parts.write(to: cursor)
            cursor += FailureParts.bytes
        }
        if traits.contains(.chinese) {
            chinese.withUnsafeBytes { cursor.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            cursor += chinese.count
        }
        if traits.contains(.json) {
            put(0x50, &cursor)
            put(UInt8(ContentType.protoJSON.rawValue), &cursor)
        }
        if traits.contains(.checksum) {
            checksumStart.withUnsafeBytes { cursor.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            cursor += checksumStart.count + Checksum.valueBytes
        }
        return cursor - out
    }

    /// A failed call's meta: response { error_code, error_text }, correlation_id.
    static func failure(
        correlationID: Int64, code: Int32, text: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer
    ) -> Int {
        let codeBytes = varintBytes(UInt64(bitPattern: Int64(code)))
        let inner = 1 + codeBytes + 1 + varintBytes(UInt64(text.count)) + text.count
        var cursor = out
        put(0x12, &cursor)
        varint(UInt64(inner), &cursor)
        put(0x08, &cursor)
        varint(UInt64(bitPattern: Int64(code)), &cursor)
        put(0x12, &cursor)
        bytes(text, &cursor)
        return (cursor - out) + tail(correlationID: correlationID, compressType: 0, to: cursor)
    }

    /// The most that `request` writes.
    package static func requestBytesMax(service: Int, method: Int, token: Int = 0) -> Int {
        service + method + token + 96
    }

    /// A call's meta, which asks for failures in `language`; `token` says who calls, where the server wants to know.
    /// The correlation id comes last where the language is English.
    package static func request(
        service: UnsafeRawBufferPointer, method: UnsafeRawBufferPointer, timeoutMilliseconds: Int32,
        compressType: Int32, correlationID: Int64, language: AnswerLanguage = .english,
        token: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0), to out: UnsafeMutableRawPointer
    ) -> Int {
        var inner = 2 + varintBytes(UInt64(service.count)) + service.count
        inner += varintBytes(UInt64(method.count)) + method.count
        if timeoutMilliseconds > 0 { inner += 1 + varintBytes(UInt64(timeoutMilliseconds)) }
        var cursor = out
        put(0x0a, &cursor)
        varint(UInt64(inner), &cursor)
        put(0x0a, &cursor)
        bytes(service, &cursor)
        put(0x12, &cursor)
        bytes(method, &cursor)
        if timeoutMilliseconds > 0 {
            put(0x40, &cursor)
            varint(UInt64(timeoutMilliseconds), &cursor)
        }
        if token.count > 0 {
            put(0x3a, &cursor)
            bytes(token, &cursor)
        }
        cursor += tail(correlationID: correlationID, compressType: compressType, to: cursor)
        if language == .chinese {
            acceptsChinese.withUnsafeBytes { cursor.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            cursor += acceptsChinese.count
        }
        return cursor - out
    }

    /// user_fields { "accept-language": "zh" }
    private static let acceptsChinese: [UInt8] =
        [0x4a, 21, 0x0a, 15] + Array(AnswerLanguage.fieldName.utf8) + [0x12, 2] + Array("zh".utf8)

    /// What a call's meta has behind it where its operator is named; `code` is valid, see `OperatorField`.
    package static func operatorField(_ code: String) -> [UInt8] {
        let (name, value) = (Array(OperatorField.name.utf8), Array(code.utf8))
        let entry = [0x0a, UInt8(name.count)] + name + [0x12, UInt8(value.count)] + value
        return [0x4a, UInt8(entry.count)] + entry
    }

    /// The 12 bytes before every meta.
    @inline(__always)
    package static func header(bodyBytes: Int, metaBytes: Int, to out: UnsafeMutableRawPointer) {
        out.storeBytes(of: UInt32(bigEndian: 0x5052_5043), as: UInt32.self)
        out.storeBytes(of: UInt32(bodyBytes).bigEndian, toByteOffset: 4, as: UInt32.self)
        out.storeBytes(of: UInt32(metaBytes).bigEndian, toByteOffset: 8, as: UInt32.self)
    }

    @inline(__always)
    private static func tail(correlationID: Int64, compressType: Int32, to out: UnsafeMutableRawPointer) -> Int {
        var cursor = out
        if compressType != 0 {
            put(0x18, &cursor)
            varint(UInt64(bitPattern: Int64(compressType)), &cursor)
        }
        put(0x20, &cursor)
        varint(UInt64(bitPattern: correlationID), &cursor)
        return cursor - out
    }

    @inline(__always)
    private static func put(_ byte: UInt8, _ cursor: inout UnsafeMutableRawPointer) {
        cursor.storeBytes(of: byte, as: UInt8.self)
        cursor += 1
    }

    @inline(__always)
    private static func varint(_ value: UInt64, _ cursor: inout UnsafeMutableRawPointer) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80, &cursor)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest), &cursor)
    }

    private static func bytes(_ value: UnsafeRawBufferPointer, _ cursor: inout UnsafeMutableRawPointer) {
        varint(UInt64(value.count), &cursor)
        if let base = value.baseAddress { memcpy(cursor, base, value.count) }
        cursor += value.count
    }

    private static func varintBytes(_ value: UInt64) -> Int {
        (max(1, 64 - value.leadingZeroBitCount) + 6) / 7
    }
}
