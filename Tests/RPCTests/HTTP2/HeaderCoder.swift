import CNghttp2
import RPC
import Testing

/// A header field as texts.
struct HeaderField: Equatable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// nghttp2's coder of header fields, to hold ours against.
final class ReferenceDeflater {
    private var deflater: OpaquePointer?

    init() { nghttp2_hd_deflate_new(&deflater, 4096) }
    deinit { nghttp2_hd_deflate_del(deflater) }

    /// The table's size from the next block on.
    func resize(_ bytes: Int) { nghttp2_hd_deflate_change_table_size(deflater, bytes) }

    func block(_ fields: [HeaderField], isKept: Bool = true) -> [UInt8] {
        let texts: [[UInt8]] = fields.flatMap { [Array($0.name.utf8), Array($0.value.utf8)] }
        let counts = texts.map(\.count)
        var bytes: [UInt8] = Array(texts.joined()) + [0]
        return bytes.withUnsafeMutableBufferPointer { bytes in
            var offset = 0
            let values = fields.indices.map { index in
                let (name, value) = (counts[2 * index], counts[2 * index + 1])
                defer { offset += name + value }
                return nghttp2_nv(
                    name: bytes.baseAddress! + offset, value: bytes.baseAddress! + offset + name, namelen: name,
                    valuelen: value, flags: isKept ? 0 : UInt8(NGHTTP2_NV_FLAG_NO_INDEX.rawValue))
            }
            var block = [UInt8](repeating: 0, count: nghttp2_hd_deflate_bound(deflater, values, values.count))
            let count = nghttp2_hd_deflate_hd(deflater, &block, block.count, values, values.count)
            precondition(count >= 0, "nghttp2 does not deflate: \(count)")
            return Array(block.prefix(count))
        }
    }
}

final class ReferenceInflater {
    private var inflater: OpaquePointer?

    init() { nghttp2_hd_inflate_new(&inflater) }
    deinit { nghttp2_hd_inflate_del(inflater) }

    func resize(_ bytes: Int) { nghttp2_hd_inflate_change_table_size(inflater, bytes) }

    /// nil: the block cannot be read.
    func fields(_ block: [UInt8]) -> [HeaderField]? {
        var fields: [HeaderField] = []
        return block.withUnsafeBufferPointer { block in
            var used = 0
            while true {
                var field = nghttp2_nv()
                var flags: Int32 = 0
                let count = nghttp2_hd_inflate_hd2(
                    inflater, &field, &flags, block.baseAddress.map { $0 + used }, block.count - used, 1)
                guard count >= 0 else { return nil }
                used += count
                if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                    fields.append(HeaderField(Self.text(field.name, field.namelen), Self.text(field.value, field.valuelen)))
                }
                guard flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) == 0 else { break }
            }
            nghttp2_hd_inflate_end_headers(inflater)
            return fields
        }
    }

    private static func text(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int) -> String {
        String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}

extension HPACKDecoder {
    /// A block that comes in pieces, each in memory of its own; nil: it cannot be read.
    mutating func fields(_ pieces: [[UInt8]]) -> [HeaderField]? {
        begin()
        var fields: [HeaderField] = []
        var rest: [UInt8] = []
        var last = Step.done
        for piece in pieces {
            rest += piece
            let left = rest.withUnsafeBytes { bytes in
                var left = bytes
                last = decode(&left) { field in
                    fields.append(
                        HeaderField(
                            String(decoding: field.name, as: UTF8.self),
                            String(decoding: field.value, as: UTF8.self)))
                }
                return left.count
            }
            rest.removeFirst(rest.count - left)
            if last == .broken || last == .tooLong { return nil }
        }
        return last == .done ? fields : nil
    }
}
