/// Limits of one row of a CSV file.
package enum CSVLimit {
    /// Bytes of a row. A claim's row has some thirty short values; 64 KiB leave room for long lists of identities.
    package static var rowBytesMax: Int { 64 << 10 }
    /// Values of a row. The format knows some forty columns.
    package static var fieldsMax: Int { 128 }
    /// Bytes read at a time; must hold a whole row.
    package static var bufferBytes: Int { 512 << 10 }
}

/// Reads comma-separated values (RFC 4180) row by row in bounded memory: UTF-8 with or without a byte-order mark,
/// UTF-16 with one, LF or CRLF, quotes doubled inside quotes; values behind tabs where the first line has tabs and no
/// comma. Blanks and tabs around a value are no part of it. Rows whose values are all empty are skipped.
///
/// A malformed row loses itself only: reading resumes at the line after the one where it starts, so that a stray
/// quote does not swallow the rest of the file.
package struct CSVReader<Source: ByteSource> {
    /// The result of `next`.
    package enum Found: Equatable {
        case row
        /// An unreadable row, with the reason and the remedy; `row.line` is its line.
        case bad(String)
        case end
    }

    private enum Scan {
        /// A row that ends `bytes` after the start and holds `lines` line ends.
        case row(bytes: Int, lines: Int)
        case bad(String)
        case more
    }

    private var source: Source
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var line = 1
    private var isAtEnd = false
    private var isFirst = true
    private var bytesTaken: Int64 = 0
    private var separator = UInt8(ascii: ",")
    /// The decoder of the file's encoding; nil: UTF-8.
    private var decoder: TextDecoder?
    /// Bytes read so far, for a progress bar.
    package var bytesRead: Int64 { decoder?.bytesRead ?? bytesTaken }

    package init(_ source: Source) {
        self.source = source
        buffer = [UInt8](repeating: 0, count: CSVLimit.bufferBytes)
    }

    /// Reads the next row into `row`.
    package mutating func next(_ row: inout CSVRow) throws(FileProblem) -> Found {
        if isFirst { try begin() }
        while true {
            row.clear(line: line)
            if start == end {
                if isAtEnd { return .end }
                try refill()
                continue
            }
            switch Self.scan(buffer, from: start, to: end, isAtEnd: isAtEnd, separator, into: &row) {
            case .row(let bytes, let lines):
                advance(bytes, lines: lines)
                if row.bytes.isEmpty { continue }
                return .row
            case .more where end - start <= CSVLimit.rowBytesMax: try refill()
            case .more:
                try skipLine()
                return .bad("the row is longer than \(CSVLimit.rowBytesMax) bytes; look for a quote that is not closed")
            case .bad(let reason):
                try skipLine()
                return .bad(reason)
            }
        }
    }

    /// Splits the row at `from`. Values are appended to `row`.
    private static func scan(
        _ buffer: [UInt8], from: Int, to end: Int, isAtEnd: Bool, _ separator: UInt8, into row: inout CSVRow
    ) -> Scan {
        var index = from
        var lines = 0
        while true {
            if row.count == CSVLimit.fieldsMax { return .bad("the row has more than \(CSVLimit.fieldsMax) values") }
            if index < end, buffer[index] == UInt8(ascii: "\"") {
                // A quoted value: up to a quote that is not doubled.
                index += 1
                while true {
                    if index == end {
                        return isAtEnd ? .bad("a quote is not closed; close it, or double it inside a value") : .more
                    }
                    let byte = buffer[index]
                    if byte == UInt8(ascii: "\"") {
                        if index + 1 == end, !isAtEnd { return .more }
                        if index + 1 == end || buffer[index + 1] != UInt8(ascii: "\"") { break }
                        index += 1
                    }
                    if byte == UInt8(ascii: "\n") { lines += 1 }
                    row.bytes.append(byte)
                    index += 1
                }
                index += 1
            } else {
                while index < end, !isBreak(buffer[index], separator) {
                    if buffer[index] == UInt8(ascii: "\"") {
                        return .bad("a quote inside a value that is not quoted; quote the value, double the quote")
                    }
                    row.bytes.append(buffer[index])
                    index += 1
                }
            }
            if index == end, !isAtEnd { return .more }
            row.endValue()
            if index == end { return .row(bytes: index - from, lines: lines) }
            switch buffer[index] {
            case separator: index += 1
            case UInt8(ascii: "\n"): return .row(bytes: index + 1 - from, lines: lines + 1)
            case UInt8(ascii: "\r"):
                if index + 1 == end, !isAtEnd { return .more }
                if index + 1 < end, buffer[index + 1] == UInt8(ascii: "\n") {
                    return .row(bytes: index + 2 - from, lines: lines + 1)
                }
                return .bad("a carriage return without a line feed; save the file with LF or CRLF line ends")
            default: return .bad("text after a closing quote; quote the whole value")
            }
        }
    }

    private static func isBreak(_ byte: UInt8, _ separator: UInt8) -> Bool {
        byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    /// Skips to the start of the next line, reading as far as needed.
    private mutating func skipLine() throws(FileProblem) {
        while true {
            if let feed = buffer[start..<end].firstIndex(of: UInt8(ascii: "\n")) {
                return advance(feed + 1 - start, lines: 1)
            }
            advance(end - start, lines: 0)
            if isAtEnd { return }
            try refill()
        }
    }

    // MARK: The first line

    /// Detects the encoding by its byte-order mark, and the separator. UTF-8's mark is no part of the first name.
    private mutating func begin() throws(FileProblem) {
        isFirst = false
        while end < 4, !isAtEnd { try refill() }
        let first = Array(buffer[0..<min(4, end)])
        if let encoding = TextEncoding(mark: first) {
            try decode(encoding)
        } else if first.starts(with: CSVText.mark) {
            advance(3, lines: 0)
        }
        let head = try firstLine()
        if head.contains(UInt8(ascii: "\t")), !head.contains(UInt8(ascii: ",")) { separator = UInt8(ascii: "\t") }
    }

    /// The next line, not yet split into values; a part of a line that is too long.
    package mutating func firstLine() throws(FileProblem) -> ArraySlice<UInt8> {
        if isFirst { try begin() }
        while true {
            if let feed = buffer[start..<end].firstIndex(of: UInt8(ascii: "\n")) { return buffer[start..<feed] }
            if isAtEnd || end - start > CSVLimit.rowBytesMax { return buffer[start..<end] }
            try refill()
        }
    }

    /// Continues in another encoding, from the end of the last row.
    ///
    /// - Throws: where this machine cannot decode it, or the bytes already read are invalid in it.
    package mutating func decode(_ encoding: TextEncoding) throws(FileProblem) {
        let decoder = try TextDecoder(encoding, of: source.name)
        let raw = Array(buffer[start..<end])
        decoder.bytesRead = bytesTaken
        start = 0
        // The bytes read are less than a buffer, and decode to at most half as much again.
        let room = raw.count * 2 + 16
        if room > buffer.count { buffer.append(contentsOf: [UInt8](repeating: 0, count: room - buffer.count)) }
        end = try buffer.withBytes { bytes throws(FileProblem) in try decoder.decode(raw, into: bytes) }
        self.decoder = decoder
        if isAtEnd { try decoder.finish() }
    }

    private mutating func advance(_ bytes: Int, lines: Int) {
        start += bytes
        bytesTaken += Int64(bytes)
        line += lines
    }

    /// Moves the unread bytes to the front and reads behind them.
    private mutating func refill() throws(FileProblem) {
        if start > 0 {
            buffer.replaceSubrange(0..<end - start, with: Array(buffer[start..<end]))
            end -= start
            start = 0
        }
        let from = end
        if let decoder {
            var raw = [UInt8](repeating: 0, count: max(4, (buffer.count - end) / 2 - 16))
            let count = try raw.withBytes { bytes throws(FileProblem) in try source.read(into: bytes) }
            if count == 0 {
                isAtEnd = true
                return try decoder.finish()
            }
            end += try buffer.withBytes { bytes throws(FileProblem) in
                try decoder.decode(
                    Array(raw[..<count]), into: UnsafeMutableRawBufferPointer(rebasing: bytes[from...]))
            }
        } else {
            let count = try buffer.withBytes { bytes throws(FileProblem) in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[from...]))
            }
            if count == 0 { isAtEnd = true }
            end += count
        }
    }
}

extension [UInt8] {
    /// `withUnsafeMutableBytes` for a body that throws an error of its own type.
    fileprivate mutating func withBytes<Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let result = withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
