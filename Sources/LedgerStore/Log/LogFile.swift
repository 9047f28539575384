/// The header of a write-ahead log's file.
struct LogHeader: Equatable {
    static let byteCount = 32
    private static let magic: UInt64 = 0x377F_0682
    private static let format: UInt64 = 3_007_000

    let bytes: [UInt8]

    /// Reads a header; nil: too few bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = Array(bytes[..<Self.byteCount])
    }

    /// Makes a valid header of a new log.
    init(pageBytes: Int, salt: UInt64) {
        var bytes = [Self.magic, Self.format, UInt64(pageBytes), 0].flatMap { bigEndianBytes($0)[4...] }
        bytes += bigEndianBytes(salt)
        var sum = LogSum()
        sum.add(bytes[...], isBigEndian: false)
        self.bytes = bytes + bigEndianBytes(sum.number)
    }

    /// The byte order of the checksums.
    var isBigEndian: Bool { bytes[3] & 1 == 1 }
    var pageBytes: Int { Int(bigEndian(bytes[8..<12])) }
    /// Names the round; all its frames have the same salt.
    var salt: UInt64 { bigEndian(bytes[16..<24]) }
    var stored: LogSum { LogSum(bytes[24..<32]) }
    var computed: LogSum {
        var sum = LogSum()
        sum.add(bytes[..<24], isBigEndian: isBigEndian)
        return sum
    }

    /// The fault for which SQLite would take the log as empty; nil: none.
    var fault: String? {
        let isSized = pageBytes >= 512 && pageBytes <= 65_536 && pageBytes & (pageBytes - 1) == 0
        if bigEndian(bytes[..<4]) & ~1 != Self.magic { return "does not begin as a write-ahead log does" }
        if !isSized { return "names a page size of \(pageBytes) bytes" }
        if bigEndian(bytes[4..<8]) != Self.format { return "is of the format \(bigEndian(bytes[4..<8]))" }
        return stored == computed ? nil : "does not fit its checksum"
    }
}

/// A frame of a write-ahead log: one page as written by a commit.
struct LogFrame {
    static let headerBytes = 24

    /// 1, 2, 3 … from the log's start.
    let number: Int
    /// Offset of the frame's header in the file.
    let offset: Int
    let bytes: ArraySlice<UInt8>

    private func header(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    }

    /// The page's number.
    var page: Int { Int(bigEndian(header(0..<4))) }
    /// Pages of the database after the commit, in its last frame; 0 in the others.
    var databasePages: Int { Int(bigEndian(header(4..<8))) }
    var endsCommit: Bool { databasePages != 0 }
    var salt: UInt64 { bigEndian(header(8..<16)) }
    var stored: LogSum { LogSum(header(16..<24)) }
    /// The page's bytes.
    var content: ArraySlice<UInt8> { bytes[(bytes.startIndex + Self.headerBytes)...] }

    /// The expected checksum after a frame or header with checksum `seed`.
    func sum(after seed: LogSum, isBigEndian: Bool) -> LogSum {
        var sum = seed
        sum.add(header(0..<8), isBigEndian: isBigEndian)
        sum.add(content, isBigEndian: isBigEndian)
        return sum
    }
}

/// A reader of a write-ahead log's frames, in order, buffering a chunk.
struct LogFrames {
    private static let chunkFrames = 64

    private let file: RawFile
    let pageBytes: Int
    /// Number of complete frames, by the file's size.
    let count: Int
    private var chunk: (first: Int, bytes: [UInt8]) = (1, [])

    init(_ file: RawFile, pageBytes: Int) throws(SQLiteError) {
        self.file = file
        self.pageBytes = pageBytes
        count = max(0, try file.size() - LogHeader.byteCount) / (LogFrame.headerBytes + pageBytes)
    }

    var frameBytes: Int { LogFrame.headerBytes + pageBytes }

    /// Offset of a frame in the file.
    func offset(_ number: Int) -> Int { LogHeader.byteCount + (number - 1) * frameBytes }

    /// Reads a frame; nil: the file ends before its end.
    mutating func frame(_ number: Int) throws(SQLiteError) -> LogFrame? {
        guard number >= 1, number <= count else { return nil }
        if number < chunk.first || number >= chunk.first + chunk.bytes.count / frameBytes {
            let wanted = min(Self.chunkFrames, count - number + 1)
            chunk = (number, try file.read(at: offset(number), count: wanted * frameBytes))
        }
        let start = (number - chunk.first) * frameBytes
        guard start + frameBytes <= chunk.bytes.count else { return nil }
        return LogFrame(number: number, offset: offset(number), bytes: chunk.bytes[start..<start + frameBytes])
    }
}
