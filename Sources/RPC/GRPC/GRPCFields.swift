import CNghttp2

/// Header fields that are the same in every answer, made once: nghttp2 refers to them and copies nothing.
enum GRPCFields {
    /// Safe to share: written once, never freed, only read.
    nonisolated(unsafe) static let plain = fields([(":status", "200"), ("content-type", "application/grpc")])
    nonisolated(unsafe) static let gzip = fields(
        [(":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "gzip")])
    nonisolated(unsafe) static let deflate = fields(
        [(":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "deflate")])
    nonisolated(unsafe) static let ok = fields([("grpc-status", "0")])

    private static func fields(_ fields: [(StaticString, StaticString)]) -> UnsafeBufferPointer<nghttp2_nv> {
        let memory = UnsafeMutableBufferPointer<nghttp2_nv>.allocate(capacity: fields.count)
        for (index, field) in fields.enumerated() {
            memory.initializeElement(
                at: index,
                to: nghttp2_nv(
                    name: UnsafeMutablePointer(mutating: field.0.utf8Start),
                    value: UnsafeMutablePointer(mutating: field.1.utf8Start), namelen: field.0.utf8CodeUnitCount,
                    valuelen: field.1.utf8CodeUnitCount,
                    flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)))
        }
        return UnsafeBufferPointer(memory)
    }

    /// Calls `body` with fields made of bytes, which nghttp2 copies.
    static func with<Result>(
        _ fields: [(name: [UInt8], value: [UInt8])], _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result
    ) -> Result {
        // One block of all bytes: their addresses hold while `body` runs.
        var bytes = fields.flatMap { $0.name + $0.value }
        return bytes.withUnsafeMutableBufferPointer { bytes in
            var offset = 0
            let values = fields.map { field in
                defer { offset += field.name.count + field.value.count }
                return nghttp2_nv(
                    name: bytes.baseAddress! + offset, value: bytes.baseAddress! + offset + field.name.count,
                    namelen: field.name.count, valuelen: field.value.count,
                    // Texts of single errors would push what every answer has out of the peer's table.
                    flags: UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue))
            }
            return values.withUnsafeBufferPointer(body)
        }
    }
}
