/// Fields 6 to 13 of an `RpcMeta`: what brpc's clients can ask for beside a call, and hardly ever do.
///
/// brpc writes several of them in every request, as zeros and empty bytes: those ask for nothing.
package struct MetaFeatures: Equatable {
    /// `chunk_info`: the message comes in pieces.
    package private(set) var hasChunkInfo = false
    /// `authentication_data` that is not empty.
    package private(set) var hasAuthentication = false
    /// `stream_settings`: the call opens a stream.
    package private(set) var hasStream = false
    /// `checksum_with_attachment`.
    package private(set) var checksumHasAttachment = false
    /// Of `user_fields`: in which language a caller wants failures to be told, and in which one an answer tells them.
    package private(set) var language = AnswerLanguage.english
    package private(set) var contentLanguage = AnswerLanguage.english
    /// Of `user_fields`: the operator's code as it was sent, in the packet; nil: not sent.
    private(set) var operatorStart: UnsafeRawPointer?
    private(set) var operatorCount = 0
    package private(set) var contentType: Int32 = 0
    package private(set) var checksumType: Int32 = 0
    /// How many bytes `checksum_value` has, and their number where they are four.
    package private(set) var checksumBytes = 0
    package private(set) var checksumValue: UInt32 = 0

    /// Whether nothing is asked for.
    @inline(__always)
    package var isPlain: Bool { !isAsked }
    private var isAsked = false

    package init() {}

    /// The operator's code as it was sent; empty: not sent.
    package var operatorCode: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: operatorStart, count: operatorCount)
    }

    mutating func take(_ field: WireFields.Field, _ fields: inout WireFields) -> Bool {
        switch field.number {
        case 10:
            guard let value = fields.varint(field) else { return false }
            contentType = Int32(truncatingIfNeeded: value)
            isAsked = isAsked || contentType != 0
        case 11:
            guard let value = fields.varint(field) else { return false }
            checksumType = Int32(truncatingIfNeeded: value)
            isAsked = isAsked || checksumType != 0
        case 13:
            guard let value = fields.boolean(field) else { return false }
            checksumHasAttachment = value
        default:
            guard let bytes = fields.bytes(field) else { return false }
            return take(field.number, bytes)
        }
        return true
    }

    /// `authentication_data` came, with bytes or without.
    mutating func takeToken(isThere: Bool) {
        hasAuthentication = isThere
        isAsked = isAsked || isThere
    }

    private mutating func take(_ number: UInt32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        switch number {
        case 6: hasChunkInfo = true
        case 8: hasStream = true
        case 9: return takeUserField(bytes)
        default:
            checksumBytes = bytes.count
            checksumValue =
                bytes.count == Checksum.valueBytes ? UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)) : 0
            guard checksumBytes > 0 else { return true }
        }
        isAsked = true
        return true
    }

    /// An entry of the map `user_fields`; of equal keys the last counts.
    private mutating func takeUserField(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = WireFields(bytes)
        var key = UnsafeRawBufferPointer(start: nil, count: 0)
        var value = key
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 1:
                guard let bytes = fields.bytes(field) else { return false }
                key = bytes
            case 2:
                guard let bytes = fields.bytes(field) else { return false }
                value = bytes
            default: if !fields.skip(field) { return false }
            }
        }
        if Self.equals(key, AnswerLanguage.fieldName) {
            language = AnswerLanguage(accepting: value)
            isAsked = isAsked || language != .english
        } else if Self.equals(key, AnswerLanguage.answerFieldName) {
            contentLanguage = AnswerLanguage(accepting: value)
        } else if Self.equals(key, OperatorField.name) {
            (operatorStart, operatorCount) = (value.baseAddress, value.count)
            isAsked = isAsked || !value.isEmpty
        }
        return true
    }

    /// Whether a key is `name`, in small letters or not.
    private static func equals(_ key: UnsafeRawBufferPointer, _ name: String) -> Bool {
        let name = name.utf8
        return key.count == name.count
            && zip(key, name).allSatisfy {
                $0 == $1 || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) && $0 | 0x20 == $1
            }
    }
}
