import Glibc

/// Finds the end of a head in bytes that come in pieces, and refuses lines that do not end with CR LF.
///
/// Its verdict depends on the bytes alone, never on where they were cut.
struct HTTP1HeadScanner {
    enum Step {
        /// All of the piece belongs to the head, which goes on.
        case more
        /// The head ends after so many bytes of the piece.
        case end(Int)
        /// So many bytes of the piece end an empty line before the request, which is no part of it.
        case emptyLine(Int)
        case bad(HTTP1Refusal)
    }

    /// Bytes of the head that came so far.
    private var count = 0
    private var lineStart = 0
    private var lastByte: UInt8 = 0
    /// Whether one empty line may stand before the request: some clients end a body with one that they do not count.
    private let takesEmptyLine: Bool

    init(takesEmptyLine: Bool) { self.takesEmptyLine = takesEmptyLine }

    mutating func scan(_ piece: UnsafeRawBufferPointer) -> Step {
        guard let base = piece.baseAddress else { return .more }
        var offset = 0
        while offset < piece.count, let found = memchr(base + offset, 0x0A, piece.count - offset) {
            let feed = UnsafeRawPointer(found) - base
            let end = count + feed
            if let refusal = tooLong(end) { return .bad(refusal) }
            let before = feed > 0 ? base.load(fromByteOffset: feed - 1, as: UInt8.self) : lastByte
            guard before == 0x0D, end > lineStart else {
                return .bad(HTTP1Refusal(400, "a line of the head ends with LF alone; end lines with CR LF"))
            }
            if end == lineStart + 1 {
                if lineStart > 0 { return .end(feed + 1) }
                guard takesEmptyLine else {
                    return .bad(HTTP1Refusal(400, "the request begins with an empty line; send the request line first"))
                }
                return .emptyLine(feed + 1)
            }
            lineStart = end + 1
            offset = feed + 1
        }
        count += piece.count
        lastByte = piece[piece.count - 1]
        if let refusal = tooLong(count) { return .bad(refusal) }
        return .more
    }

    /// Whether a head with a byte at `end` is longer than is taken.
    private func tooLong(_ end: Int) -> HTTP1Refusal? {
        if lineStart == 0, end >= HTTP1Limits.requestLineBytesMax {
            return HTTP1Refusal(414, "the request line is longer than \(HTTP1Limits.requestLineBytesMax) bytes")
        }
        guard end >= HTTP1Limits.headBytesMax else { return nil }
        return HTTP1Refusal(431, "the head is longer than \(HTTP1Limits.headBytesMax) bytes; send fewer fields")
    }
}
