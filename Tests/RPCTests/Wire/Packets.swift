import RPC

/// A packet with a request's meta.
func requestPacket(
    service: String = "toy.v1.EchoService", method: String = "Inline", message: [UInt8] = [], correlationID: Int64 = 1,
    timeoutMilliseconds: Int32 = 0, compressType: Int32 = 0, attachment: (claimed: Int32, bytes: [UInt8])? = nil
) -> [UInt8] {
    var meta = requestMeta(
        service: service, method: method, correlationID: correlationID, timeoutMilliseconds: timeoutMilliseconds,
        compressType: compressType)
    if let attachment { meta += [0x28] + varint(UInt64(bitPattern: Int64(attachment.claimed))) }
    return packet(meta: meta, payload: message + (attachment?.bytes ?? []))
}

func requestMeta(
    service: String, method: String, correlationID: Int64, timeoutMilliseconds: Int32 = 0, compressType: Int32 = 0
) -> [UInt8] {
    [UInt8](
        unsafeUninitializedCapacity: MetaWriter.requestBytesMax(service: service.utf8.count, method: method.utf8.count)
    ) { out, count in
        count = Array(service.utf8).withUnsafeBytes { service in
            Array(method.utf8).withUnsafeBytes { method in
                MetaWriter.request(
                    service: service, method: method, timeoutMilliseconds: timeoutMilliseconds,
                    compressType: compressType, correlationID: correlationID,
                    to: UnsafeMutableRawPointer(out.baseAddress!))
            }
        }
    }
}

/// "PRPC", the sizes, the parts.
func packet(meta: [UInt8], payload: [UInt8]) -> [UInt8] {
    header(body: UInt32(meta.count + payload.count), meta: UInt32(meta.count)) + meta + payload
}

func header(magic: String = "PRPC", body: UInt32, meta: UInt32) -> [UInt8] {
    Array(magic.utf8) + bigEndian(body) + bigEndian(meta)
}

func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
        bytes.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}

private func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
