/// A CalculateRequest as bytes: a resident of Yantai in hospital, four layers pay; the same that the peers are sent.
enum SampleRequest {
    static let calculate: [UInt8] = {
        var cost = ProtobufBytes()
        cost.put(1, varint: 10_601_543)
        cost.put(2, varint: 210_000)
        cost.put(3, varint: 35_000)
        cost.put(4, varint: 480_000)
        cost.put(5, varint: 9_876_543)
        cost.put(6, varint: 4_100_000)
        var institution = ProtobufBytes()
        institution.put(1, varint: 3)
        var claim = ProtobufBytes()
        claim.put(1, varint: 1)
        claim.put(2, fixed32: 2024_03_15)
        claim.put(3, bytes: cost.bytes)
        claim.put(4, bytes: institution.bytes)
        claim.put(6, varint: 5_400_000)
        var identity = ProtobufBytes()
        identity.put(1, varint: 2)
        identity.put(2, fixed32: 2023_07_10)
        var person = ProtobufBytes()
        person.put(2, varint: 2)
        person.put(7, bytes: identity.bytes)
        var year = ProtobufBytes()
        year.put(1, varint: 2024)
        var request = ProtobufBytes()
        request.put(1, bytes: Array("yantai".utf8))
        request.put(2, bytes: claim.bytes)
        request.put(3, bytes: person.bytes)
        request.put(4, bytes: year.bytes)
        return request.bytes
    }()

    /// The request in a packet of baidu_std.
    static let packet: [UInt8] = {
        var method = ProtobufBytes()
        method.put(1, bytes: Array("jiesuan.v1.CalculationService".utf8))
        method.put(2, bytes: Array("Calculate".utf8))
        var meta = ProtobufBytes()
        meta.put(1, bytes: method.bytes)
        meta.put(4, varint: 1 << 28)
        var packet = Array("PRPC".utf8)
        for size in [meta.bytes.count + calculate.count, meta.bytes.count] {
            for shift in [24, 16, 8, 0] { packet.append(UInt8(truncatingIfNeeded: size >> shift)) }
        }
        return packet + meta.bytes + calculate
    }()
}

/// Fields of a protobuf message, one after the other.
private struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    private mutating func put(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(_ field: UInt64, varint value: UInt64) {
        put(varint: field << 3)
        put(varint: value)
    }

    mutating func put(_ field: UInt64, fixed32 value: UInt32) {
        put(varint: field << 3 | 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ field: UInt64, bytes value: [UInt8]) {
        put(varint: field << 3 | 2)
        put(varint: UInt64(value.count))
        bytes += value
    }
}
