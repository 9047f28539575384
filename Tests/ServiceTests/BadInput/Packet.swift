import RPC

/// A `baidu_std` packet written by hand, each part of which a test may spoil.
struct Packet {
    var service: String
    var method: String
    var correlationID: Int64 = 1
    var compressType: Int64
    var attachmentSize: Int64
    /// The message, compressed already where `compressType` says so, and the attachment.
    var payload: [UInt8]

    init(
        _ payload: [UInt8], service: String = "jiesuan.v1.CalculationService", method: String = "Calculate",
        compressType: Int64 = 0, attachmentSize: Int64 = 0
    ) {
        self.payload = payload
        self.service = service
        self.method = method
        self.compressType = compressType
        self.attachmentSize = attachmentSize
    }

    var meta: [UInt8] {
        var request = WireMessage()
        request.text(1, service)
        request.text(2, method)
        var meta = WireMessage()
        meta.message(1, request)
        meta.number(3, compressType)
        meta.number(4, correlationID)
        meta.number(5, attachmentSize)
        return meta.bytes
    }

    var bytes: [UInt8] {
        let meta = meta
        return Self.header(body: UInt32(meta.count + payload.count), meta: UInt32(meta.count)) + meta + payload
    }

    static func header(magic: String = "PRPC", body: UInt32, meta: UInt32) -> [UInt8] {
        Array(magic.utf8) + Self.bigEndian(body) + Self.bigEndian(meta)
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
}

/// `bytes` as gzip or zlib.
func compressed(_ bytes: [UInt8], _ compression: Compression) -> [UInt8] {
    var deflater = Deflater()
    let smaller = bytes.withUnsafeBytes { deflater.deflate($0, compression).map(Array.init) }
    guard let smaller else { preconditionFailure("\(bytes.count) bytes do not shrink") }
    return smaller
}
