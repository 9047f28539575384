import Glibc

/// The header block that comes in: whose it is, and what of it waits for its next frame.
struct GRPCHeaderBlock: ~Copyable {
    enum Use {
        /// The fields of a new call.
        case request
        /// What stands behind a request's data.
        case trailer
        /// Of a stream that is none: it is read because the table of both sides changes with it.
        case nothing
    }

    /// 0: none is coming in.
    private(set) var stream: Int32 = 0
    private(set) var use = Use.nothing
    /// The stream ends with it.
    private(set) var isLast = false
    /// Of its fields so far, as HTTP/2 counts them.
    private(set) var fieldBytes = 0
    /// The beginning of a field whose end has not come.
    private var rest: [UInt8] = []

    /// Memory taken.
    var capacity: Int { rest.capacity }

    mutating func begin(_ stream: Int32, _ use: Use, isLast: Bool) {
        (self.stream, self.use, self.isLast, fieldBytes) = (stream, use, isLast, 0)
    }

    mutating func end() {
        stream = 0
        if rest.capacity > 0 { rest = [] }
    }

    /// Decodes what came, behind what was left.
    mutating func decode(
        _ fragment: UnsafeRawBufferPointer, _ decoder: inout HPACKDecoder, _ found: (HPACKField) -> Void
    ) -> HPACKDecoder.Step {
        guard rest.isEmpty else {
            rest += fragment
            let all = rest
            return all.withUnsafeBytes { decodeAll($0, &decoder, found) }
        }
        return decodeAll(fragment, &decoder, found)
    }

    private mutating func decodeAll(
        _ bytes: UnsafeRawBufferPointer, _ decoder: inout HPACKDecoder, _ found: (HPACKField) -> Void
    ) -> HPACKDecoder.Step {
        var (left, count) = (bytes, fieldBytes)
        let step = decoder.decode(&left) { field in
            count += field.name.count + field.value.count + 32
            // A few bytes can stand for very many.
            if count <= Limits.http2HeaderBytesFatal { found(field) }
        }
        fieldBytes = count
        rest = left.count > 0 ? Array(left) : []
        return step
    }
}

/// The last header block that came whole and changed no table, and what it meant: a client that calls one method over
/// and over sends the same bytes.
struct GRPCRememberedBlock: ~Copyable {
    private let memory = UnsafeMutableRawPointer.allocate(
        byteCount: Limits.http2RememberedBlockBytes, alignment: 8)
    private var count = 0
    private var generation = -1
    private(set) var fields = GRPCRequestFields()

    deinit { memory.deallocate() }

    /// Whether a block means what the last one meant: it is the same, and the table too.
    @inline(__always)
    func isMeant(by block: UnsafeRawBufferPointer, _ generation: Int) -> Bool {
        generation == self.generation && block.count == count && count > 0
            && memcmp(block.baseAddress!, memory, count) == 0
    }

    mutating func remember(_ block: UnsafeRawBufferPointer, _ generation: Int, _ fields: GRPCRequestFields) {
        guard block.count <= Limits.http2RememberedBlockBytes, block.count > 0 else { return }
        // The path is kept with the stream where it leads nowhere.
        if case .unknown = fields.route { return }
        memcpy(memory, block.baseAddress!, block.count)
        (count, self.generation, self.fields) = (block.count, generation, fields)
    }
}
