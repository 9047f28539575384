import CShims
import Population

/// A ZIP file (APPNOTE 6.3) of one file, stored or deflated, as the platform's file of 3202 is sent.
struct ZipFile {
    /// Sizes of a directory entry without its name, and of the end-of-directory record.
    private static let entryBytes = 46
    private static let endBytes = 22
    /// Maximal size of the comment behind the end-of-directory record.
    private static let commentBytesMax = 65_535
    /// Maximal number of directory entries; one file is wanted, folders may be beside it.
    private static let entriesMax = 64

    private let path: String
    private let bytes: [UInt8]

    /// An entry of the directory.
    private struct Entry {
        var flags: Int
        var method: Int
        var checksum: UInt32
        var packed: Int
        var size: Int
        var header: Int
    }

    static func isZip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) }

    /// - Parameter path: the file's name in errors.
    init(_ path: String, _ bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// The contents of the only file in it, with its checksum verified.
    ///
    /// - Throws: where it holds none, several, one that is encrypted or packed by another method, more than `bytesMax`
    ///   bytes, or is damaged.
    func onlyFile(bytesMax: Int) throws(FileProblem) -> [UInt8] {
        let files = try entries()
        guard let entry = files.first, files.count == 1 else {
            throw problem("holds \(files.count) files; one is wanted: zip the file of rows by itself")
        }
        guard entry.flags & 1 == 0 else { throw problem("is encrypted; zip it without a password") }
        guard entry.size <= bytesMax else {
            throw problem("holds \(entry.size) bytes, more than \(bytesMax >> 20) MiB: ask for fewer days")
        }
        let local = try range(entry.header, 30)
        let start = entry.header + 30 + number(local.lowerBound + 26, 2) + number(local.lowerBound + 28, 2)
        let packed = bytes[try range(start, entry.packed)]
        let content: [UInt8]
        switch entry.method {
        case 0: content = Array(packed)
        case 8: content = try inflate(packed, size: entry.size)
        default: throw problem("is packed by method \(entry.method); zip it the usual way (deflate)")
        }
        let checksum = content.withUnsafeBufferPointer { shim_crc32($0.baseAddress, $0.count) }
        guard content.count == entry.size, checksum == entry.checksum else { throw damaged }
        return content
    }

    /// The files of the directory, without folders.
    private func entries() throws(FileProblem) -> [Entry] {
        let end = try directoryEnd()
        let count = number(end + 10, 2)
        guard count <= Self.entriesMax else { throw problem("holds \(count) files; one is wanted") }
        var offset = number(end + 16, 4)
        var files: [Entry] = []
        for _ in 0..<count {
            _ = try range(offset, Self.entryBytes)
            guard number(offset, 4) == 0x0201_4B50 else { throw damaged }
            let name = try range(offset + Self.entryBytes, number(offset + 28, 2))
            if bytes[name].last != UInt8(ascii: "/") {
                files.append(
                    Entry(
                        flags: number(offset + 8, 2), method: number(offset + 10, 2),
                        checksum: UInt32(number(offset + 16, 4)), packed: number(offset + 20, 4),
                        size: number(offset + 24, 4), header: number(offset + 42, 4)))
            }
            offset = name.upperBound + number(offset + 30, 2) + number(offset + 32, 2)
        }
        return files
    }

    /// Offset of the end-of-directory record, searched from the file's end.
    private func directoryEnd() throws(FileProblem) -> Int {
        let last = bytes.count - Self.endBytes
        guard last >= 0 else { throw damaged }
        for offset in stride(from: last, through: max(0, last - Self.commentBytesMax), by: -1)
        where number(offset, 4) == 0x0605_4B50 {
            return offset
        }
        throw damaged
    }

    private func inflate(_ packed: ArraySlice<UInt8>, size: Int) throws(FileProblem) -> [UInt8] {
        var stream = z_stream()
        // A negative value means raw deflate, without a zlib header.
        guard shim_inflate_init(&stream, -15) == Z_OK else { throw problem("cannot be unpacked: no memory") }
        defer { inflateEnd(&stream) }
        var packed = Array(packed)
        // One extra byte detects a file longer than its directory entry says.
        var content = [UInt8](repeating: 0, count: size + 1)
        let result = packed.withUnsafeMutableBufferPointer { input in
            content.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return CShims.inflate(&stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END, stream.avail_out == 1 else { throw damaged }
        content.removeLast()
        return content
    }

    /// The range of `count` bytes from `offset`, checked against the file's size.
    private func range(_ offset: Int, _ count: Int) throws(FileProblem) -> Range<Int> {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { throw damaged }
        return offset..<offset + count
    }

    /// A little-endian number of `count` bytes; the range must be valid.
    private func number(_ offset: Int, _ count: Int) -> Int {
        (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    private func problem(_ reason: String) -> FileProblem { FileProblem(path: path, reason: reason) }
    private var damaged: FileProblem { problem("is a damaged ZIP file; send it again") }
}
