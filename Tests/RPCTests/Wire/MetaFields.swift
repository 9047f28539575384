import RPC

// Fields of an `RpcMeta` that a packet of a test has beside those of `requestMeta`.

/// An entry of `user_fields`.
func userField(_ key: String, _ value: String) -> [UInt8] {
    let entry = [0x0a] + text(key) + [0x12] + text(value)
    return [0x4a] + varint(UInt64(entry.count)) + entry
}

/// `checksum_type` and `checksum_value`.
func checksumFields(type: UInt64 = 1, _ value: [UInt8]) -> [UInt8] {
    [0x58] + varint(type) + [0x62] + varint(UInt64(value.count)) + value
}

/// The checksum that brpc's clients send for this message.
func checksum(of message: [UInt8], attachment: [UInt8] = []) -> [UInt8] {
    let masked = message.withUnsafeBytes { message in
        attachment.withUnsafeBytes { Checksum.masked(of: message, and: $0) }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: masked >> (24 - 8 * $0)) }
}

/// A call with such fields.
func requestPacket(
    method: String = "Inline", message: [UInt8], correlationID: Int64 = 77, compressType: Int32 = 0,
    attachment: [UInt8] = [], fields: [UInt8]
) -> [UInt8] {
    var meta = requestMeta(
        service: "toy.v1.EchoService", method: method, correlationID: correlationID, compressType: compressType)
    if !attachment.isEmpty { meta += [0x28] + varint(UInt64(attachment.count)) }
    return packet(meta: meta + fields, payload: message + attachment)
}

private func text(_ text: String) -> [UInt8] { varint(UInt64(text.utf8.count)) + Array(text.utf8) }
