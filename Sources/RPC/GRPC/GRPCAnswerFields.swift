/// Writes the header fields of answers (RFC 7541).
///
/// Two fields are in every answer that is a success: its content type and its status. The client's table has them after
/// the first call, and each is one byte from then on; everything else is written in full, so nothing pushes them out.
package struct GRPCAnswerFields {
    /// Most bytes of `head` and of `ok`.
    package static let bytesMax = 64
    /// Below this a client's table is not used: it has to hold the two.
    private static let usefulBytes = 256
    /// The numbers of the static table.
    private static let status200: UInt8 = 8
    private static let contentType: UInt8 = 31
    private static let firstDynamic: UInt8 = 62

    /// What the client's table may hold; it begins with the size that everybody has.
    private var size = HPACKTable.sizeMax
    /// The client has changed it, and the next block has to say that this was seen.
    private var isChanged = false
    /// Where the client's table has them; 0: nowhere.
    private var typeNumber: UInt8 = 0
    private var okNumber: UInt8 = 0

    package init() {}

    /// The client announces another size of its table.
    package mutating func resize(_ announced: Int) {
        let bytes = min(announced, HPACKTable.sizeMax)
        guard bytes != size || isChanged else { return }
        (size, isChanged) = (bytes, true)
    }

    /// Writes the fields before a message; returns how many bytes.
    @inline(__always)
    package mutating func head(_ compression: Compression, to out: UnsafeMutableRawPointer) -> Int {
        if typeNumber != 0, compression == .none, !isChanged {
            out.storeBytes(of: 0x80 | Self.status200, as: UInt8.self)
            out.storeBytes(of: 0x80 | typeNumber, toByteOffset: 1, as: UInt8.self)
            return 2
        }
        return fullHead(compression, to: out)
    }

    @inline(never)
    private mutating func fullHead(_ compression: Compression, to out: UnsafeMutableRawPointer) -> Int {
        var bytes = changes()
        bytes.append(0x80 | Self.status200)
        if typeNumber != 0 {
            bytes.append(0x80 | typeNumber)
        } else {
            let isKept = size >= Self.usefulBytes
            bytes += isKept ? [0x40 | Self.contentType] : [0x0f, Self.contentType - 15]
            Self.add("application/grpc", to: &bytes)
            if isKept {
                typeNumber = Self.firstDynamic
                if okNumber != 0 { okNumber += 1 }
            }
        }
        switch compression {
        case .none, .snappy: break
        case .gzip: Self.add("grpc-encoding", "gzip", to: &bytes)
        case .zlib: Self.add("grpc-encoding", "deflate", to: &bytes)
        }
        return Self.write(bytes, to: out)
    }

    /// Writes the trailer of a success; returns how many bytes.
    @inline(__always)
    package mutating func ok(to out: UnsafeMutableRawPointer) -> Int {
        if okNumber != 0, !isChanged {
            out.storeBytes(of: 0x80 | okNumber, as: UInt8.self)
            return 1
        }
        return fullOK(to: out)
    }

    @inline(never)
    private mutating func fullOK(to out: UnsafeMutableRawPointer) -> Int {
        var bytes = changes()
        if okNumber != 0 {
            bytes.append(0x80 | okNumber)
        } else {
            let isKept = size >= Self.usefulBytes
            bytes.append(isKept ? 0x40 : 0)
            Self.add("grpc-status", to: &bytes)
            Self.add("0", to: &bytes)
            if isKept {
                okNumber = Self.firstDynamic
                if typeNumber != 0 { typeNumber += 1 }
            }
        }
        return Self.write(bytes, to: out)
    }

    /// A block of any fields.
    package mutating func block(_ fields: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
        var bytes = changes()
        for field in fields {
            // Never to be kept, not by proxies either: texts of single errors.
            bytes.append(0x10)
            Self.add(field.name, to: &bytes)
            Self.add(field.value, to: &bytes)
        }
        return bytes
    }

    /// What a block has to begin with: the table is emptied, and has its new size.
    private mutating func changes() -> [UInt8] {
        guard isChanged else { return [] }
        (isChanged, typeNumber, okNumber) = (false, 0, 0)
        return size > 0 ? [0x20] + Self.number(size, bits: 5, first: 0x20) : [0x20]
    }

    private static func write(_ bytes: [UInt8], to out: UnsafeMutableRawPointer) -> Int {
        precondition(bytes.count <= bytesMax, "an answer's fields have \(bytes.count) bytes")
        bytes.withUnsafeBytes { out.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        return bytes.count
    }

    private static func add(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(0)
        add(name, to: &bytes)
        add(value, to: &bytes)
    }

    private static func add(_ text: String, to bytes: inout [UInt8]) { add(Array(text.utf8), to: &bytes) }

    private static func add(_ text: [UInt8], to bytes: inout [UInt8]) {
        bytes += number(text.count, bits: 7, first: 0)
        bytes += text
    }

    /// A number of RFC 7541, section 5.1, behind the high bits of `first`.
    private static func number(_ value: Int, bits: Int, first: UInt8) -> [UInt8] {
        let most = 1 << bits - 1
        guard value >= most else { return [first | UInt8(value)] }
        var bytes = [first | UInt8(most)]
        var rest = value - most
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
