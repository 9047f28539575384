/// A packet's `RpcMeta`, read; names and texts point into the packet.
///
/// Read by hand: protobuf-c's unpack costs some 300 ns and several arena allocations a call, this 30 ns and none.
/// It accepts and refuses what protobuf-c does; a differential test and the fuzzer hold the two against each other.
/// (Where a request stands twice, protobuf-c forgets the first one's numbers; no writer does that.)
package struct RPCMeta {
    package private(set) var hasRequest = false
    package private(set) var hasResponse = false
    package private(set) var compressType: Int32 = 0
    package private(set) var correlationID: Int64 = 0
    package private(set) var attachmentSize: Int32 = 0
    /// What most calls do not have; `isPlain` where this one has none of it either.
    package private(set) var features = MetaFeatures()

    /// Of the request; nil when missing or empty.
    package private(set) var service: UnsafeRawBufferPointer?
    package private(set) var method: UnsafeRawBufferPointer?
    package private(set) var timeoutMilliseconds: Int32 = 0
    /// The caller's number for the request; 0: none.
    package private(set) var logID: Int64 = 0

    /// Who sends it, by `authentication_data`; nil when missing or empty.
    package private(set) var token: UnsafeRawBufferPointer?

    /// Of the response; no text when missing or empty.
    package private(set) var errorCode: Int32 = 0
    package private(set) var errorText: UnsafeRawBufferPointer?
    /// Of our own answers to doors: nil where their request did not ask for it.
    package private(set) var failureParts: FailureParts?

    /// The meta in `bytes`; nil when they are not a message.
    ///
    /// A request without its required names is read (nil names): it has a correlation id to answer to.
    package static func read(_ bytes: UnsafeRawBufferPointer) -> RPCMeta? {
        var meta = RPCMeta()
        return meta.read(bytes) ? meta : nil
    }

    /// Reads `bytes` into a meta that has nothing yet, where it lies: it has some 130 bytes, and a copy costs as much
    /// as a field. False when they are not a message.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next(), take(field, &fields) else { return false }
        }
        return true
    }

    private mutating func take(_ field: WireFields.Field, _ fields: inout WireFields) -> Bool {
        switch field.number {
        case 1:
            guard let request = fields.bytes(field) else { return false }
            return takeRequest(request)
        case 2:
            guard let response = fields.bytes(field) else { return false }
            return takeResponse(response)
        case 3:
            guard let value = fields.varint(field) else { return false }
            compressType = Int32(truncatingIfNeeded: value)
        case 4:
            guard let value = fields.varint(field) else { return false }
            correlationID = Int64(bitPattern: value)
        case 5:
            guard let value = fields.varint(field) else { return false }
            attachmentSize = Int32(truncatingIfNeeded: value)
        case 7 where field.wireType == 2:
            guard let bytes = fields.bytes(field) else { return false }
            token = bytes.count > 0 ? bytes : nil
            features.takeToken(isThere: token != nil)
        case 6...13: return features.take(field, &fields)
        case FailureParts.fieldNumber where field.wireType == 2:
            guard let bytes = fields.bytes(field) else { return false }
            failureParts = FailureParts(bytes)
        default: return fields.skip(field)
        }
        return true
    }

    /// A second occurrence is read over the first, as Google's runtime does: what it does not have stays.
    private mutating func takeRequest(_ bytes: UnsafeRawBufferPointer) -> Bool {
        hasRequest = true
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 1:
                guard let name = fields.bytes(field) else { return false }
                service = name.count > 0 ? name : nil
            case 2:
                guard let name = fields.bytes(field) else { return false }
                method = name.count > 0 ? name : nil
            case 3:
                guard let value = fields.varint(field) else { return false }
                logID = Int64(bitPattern: value)
            case 4, 5, 6: if fields.varint(field) == nil { return false }
            case 7: if fields.bytes(field) == nil { return false }
            case 8:
                guard let value = fields.varint(field) else { return false }
                timeoutMilliseconds = Int32(truncatingIfNeeded: value)
            default: if !fields.skip(field) { return false }
            }
        }
        return true
    }

    private mutating func takeResponse(_ bytes: UnsafeRawBufferPointer) -> Bool {
        hasResponse = true
        var fields = WireFields(bytes)
        while !fields.isAtEnd {
            guard let field = fields.next() else { return false }
            switch field.number {
            case 1:
                guard let value = fields.varint(field) else { return false }
                errorCode = Int32(truncatingIfNeeded: value)
            case 2:
                guard let text = fields.bytes(field) else { return false }
                errorText = text.count > 0 ? text : nil
            default: if !fields.skip(field) { return false }
            }
        }
        return true
    }
}
