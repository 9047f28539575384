/// Limits of a CSV file: what one row may cost.
package enum CSVLimit {
    /// Bytes of a row. A claim's row has some thirty short values; 64 KiB leave room for long lists of identities.
    package static var rowBytesMax: Int { 64 << 10 }
    /// Values of a row. The format knows some forty columns.
    package static var fieldsMax: Int { 128 }
    /// Bytes read at a time; must hold a whole row.
    package static var bufferBytes: Int { 512 << 10 }
}

/// The values of one row, without their quotes, in one buffer that is used again for the next row.
package struct CSVRow {
    /// Line of the file at which the row starts; the header is line 1.
    package var line = 0
    package var bytes: [UInt8] = []
    /// Where each value ends in `bytes`.
    package var ends: [Int] = []

    package init() {}

    package var count: Int { ends.count }

    /// Where value `index` stands in `bytes`.
    package func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Value `index` as text; bytes that are not UTF-8 are shown as �.
    package func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    mutating func clear(line: Int) {
        self.line = line
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}

/// Reads comma-separated values (RFC 4180) row by row in bounded memory: UTF-8 with or without a byte-order mark,
/// LF or CRLF, quotes doubled inside quotes. Empty lines are skipped.
///
/// A row that is no CSV costs itself only: reading goes on at the line after the one where it starts, so a stray
/// quote does not swallow the rest of the file.
package struct CSVReader<Source: ByteSource> {
    /// What `next` found.
    package enum Found: Equatable {
        case row
        /// A row that cannot be read: what is wrong and what to do; `row.line` is its line.
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
    /// Bytes handed out so far, for a progress bar.
    package private(set) var bytesRead: Int64 = 0

    package init(_ source: Source) {
        self.source = source
        buffer = [UInt8](repeating: 0, count: CSVLimit.bufferBytes)
    }

    /// Reads the next row into `row`.
    package mutating func next(_ row: inout CSVRow) throws(FileProblem) -> Found {
        if isFirst { try skipMark() }
        while true {
            row.clear(line: line)
            if start == end {
                if isAtEnd { return .end }
                try refill()
                continue
            }
            switch Self.scan(buffer, from: start, to: end, isAtEnd: isAtEnd, into: &row) {
            case .row(let bytes, let lines):
                advance(bytes, lines: lines)
                if row.count == 1, row.bytes.isEmpty { continue }
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
        _ buffer: [UInt8], from: Int, to end: Int, isAtEnd: Bool, into row: inout CSVRow
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
                while index < end, !isBreak(buffer[index]) {
                    if buffer[index] == UInt8(ascii: "\"") {
                        return .bad("a quote inside a value that is not quoted; quote the value, double the quote")
                    }
                    row.bytes.append(buffer[index])
                    index += 1
                }
            }
            if index == end, !isAtEnd { return .more }
            row.ends.append(row.bytes.count)
            if index == end { return .row(bytes: index - from, lines: lines) }
            switch buffer[index] {
            case UInt8(ascii: ","): index += 1
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

    private static func isBreak(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    /// Goes on after the line feed that ends the current line, wherever it is.
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

    /// The UTF-8 byte-order mark, which spreadsheets write, is no part of the first name.
    private mutating func skipMark() throws(FileProblem) {
        isFirst = false
        while end < 3, !isAtEnd { try refill() }
        if end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { advance(3, lines: 0) }
    }

    private mutating func advance(_ bytes: Int, lines: Int) {
        start += bytes
        bytesRead += Int64(bytes)
        line += lines
    }

    /// Moves what is left to the front and reads behind it.
    private mutating func refill() throws(FileProblem) {
        if start > 0 {
            buffer.replaceSubrange(0..<end - start, with: Array(buffer[start..<end]))
            end -= start
            start = 0
        }
        let read = buffer.withUnsafeMutableBytes { bytes -> Result<Int, FileProblem> in
            let room = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
            do throws(FileProblem) { return .success(try source.read(into: room)) } catch { return .failure(error) }
        }
        let count = try read.get()
        if count == 0 { isAtEnd = true }
        end += count
    }
}
