import CNghttp2
import RPC

/// The header fields of a method's requests, made once: nghttp2 refers to them and copies nothing.
final class GRPCRequestFields {
    let values: UnsafeMutablePointer<nghttp2_nv>
    let count: Int
    private let memory: UnsafeMutablePointer<UInt8>

    init(path: String, authority: String, _ compression: Compression, token: String) {
        var fields = [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", authority),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ]
        if compression != .none {
            let name = compression == .zlib ? "deflate" : "\(compression)"
            fields += [("grpc-encoding", name), ("grpc-accept-encoding", name)]
        }
        if !token.isEmpty { fields.append(("authorization", "Bearer \(token)")) }
        let bytes = fields.flatMap { Array($0.0.utf8) + Array($0.1.utf8) }
        memory = .allocate(capacity: bytes.count)
        memory.initialize(from: bytes, count: bytes.count)
        values = .allocate(capacity: fields.count)
        count = fields.count
        var offset = 0
        for (index, field) in fields.enumerated() {
            let (name, value) = (field.0.utf8.count, field.1.utf8.count)
            (values + index).initialize(
                to: nghttp2_nv(
                    name: memory + offset, value: memory + offset + name, namelen: name, valuelen: value,
                    flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)))
            offset += name + value
        }
    }

    deinit {
        values.deallocate()
        memory.deallocate()
    }
}
