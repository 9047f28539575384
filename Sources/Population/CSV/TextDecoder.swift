#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Encodings that are read besides UTF-8, where a file certainly has them.
package enum TextEncoding: String, Sendable {
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    /// The "CSV" of spreadsheets on Chinese systems; contains GBK and GB2312.
    case gb18030 = "GB18030"

    /// The encoding whose byte-order mark `bytes` begin with; nil: none of these.
    init?(mark bytes: some Collection<UInt8>) {
        if bytes.starts(with: [0xFF, 0xFE]) {
            self = .utf16LittleEndian
        } else if bytes.starts(with: [0xFE, 0xFF]) {
            self = .utf16BigEndian
        } else if bytes.starts(with: [0x84, 0x31, 0x95, 0x33]) {
            self = .gb18030
        } else {
            return nil
        }
    }
}

/// Turns bytes of another encoding into UTF-8, piece by piece (iconv of the C library).
final class TextDecoder {
    /// Bytes of a character at most, of every encoding here.
    private static let characterBytesMax = 4

    private let encoding: TextEncoding
    private let name: String
    private let descriptor: iconv_t
    /// The first bytes of a character that continues in the next piece.
    private var waiting: [UInt8] = []
    private var isFirst = true
    /// Bytes decoded so far.
    var bytesRead: Int64 = 0

    /// - Parameter name: of the file, for errors.
    init(_ encoding: TextEncoding, of name: String) throws(FileProblem) {
        self.encoding = encoding
        self.name = name
        descriptor = iconv_open("UTF-8", encoding.rawValue)
        // The failure result of iconv_open.
        if descriptor == iconv_t(bitPattern: -1) {
            throw FileProblem(
                path: name, reason: "is \(encoding.rawValue), which this machine cannot read; save it as \"CSV UTF-8\"")
        }
    }

    deinit { iconv_close(descriptor) }

    /// Decodes `piece` into `target`, which has room for twice as much and 16 bytes more; returns the bytes written.
    func decode(_ piece: [UInt8], into target: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
        bytesRead += Int64(piece.count)
        var input = waiting + piece
        var outLeft = target.count
        var inLeft = input.count
        let failed = input.withUnsafeMutableBytes { bytes -> Bool in
            var from = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
            return iconv(descriptor, &from, &inLeft, &to, &outLeft) == -1 && errno != EINVAL
        }
        guard !failed, inLeft < Self.characterBytesMax else {
            let offset = bytesRead - Int64(inLeft)
            throw FileProblem(
                path: name, reason: "byte \(offset + 1) is not \(encoding.rawValue); save the file as \"CSV UTF-8\"")
        }
        waiting = Array(input.suffix(inLeft))
        return dropMark(target, target.count - outLeft)
    }

    /// Removes a byte-order mark from the first name.
    private func dropMark(_ target: UnsafeMutableRawBufferPointer, _ count: Int) -> Int {
        guard isFirst, count > 0 else { return count }
        isFirst = false
        guard count >= 3, target[0] == 0xEF, target[1] == 0xBB, target[2] == 0xBF else { return count }
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: target[3..<count]))
        return count - 3
    }

    func finish() throws(FileProblem) {
        if waiting.isEmpty { return }
        throw FileProblem(path: name, reason: "ends inside a character of \(encoding.rawValue); save it again")
    }
}
