/// The header of a write-ahead log as it stands in the file.
struct LogHeader: Equatable {
    static let byteCount = 32
    private static let magic: UInt64 = 0x377F_0682
    private static let format: UInt64 = 3_007_000

    let bytes: [UInt8]

    /// Nil: so few bytes are no header.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.byteCount else { return nil }
        self.bytes = Array(bytes[..<Self.byteCount])
    }

    /// A header that fits, of a log of its own.
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
    /// Names the round: every frame of it has the same one.
    var salt: UInt64 { bigEndian(bytes[16..<24]) }
    var stored: LogSum { LogSum(bytes[24..<32]) }
    var computed: LogSum {
        var sum = LogSum()
        sum.add(bytes[..<24], isBigEndian: isBigEndian)
        return sum
    }

    /// Why SQLite would take the log for empty; nil: it is sound.
    var fault: String? {
        let isSized = pageBytes >= 512 && pageBytes <= 65_536 && pageBytes & (pageBytes - 1) == 0
        if bigEndian(bytes[..<4]) & ~1 != Self.magic { return "does not begin as a write-ahead log does" }
        if !isSized { return "names a page size of \(pageBytes) bytes" }
        if bigEndian(bytes[4..<8]) != Self.format { return "is of the format \(bigEndian(bytes[4..<8]))" }
        return stored == computed ? nil : "does not fit its checksum"
    }
}

/// A frame of a write-ahead log: a page as a commit made it.
struct LogFrame {
    static let headerBytes = 24

    /// 1, 2, 3 … from the log's start.
    let number: Int
    /// Of its header in the file.
    let offset: Int
    let bytes: ArraySlice<UInt8>

    private func header(_ range: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    }

    /// The page's number.
    var page: Int { Int(bigEndian(header(0..<4))) }
    /// The file's pages after the commit, in the frame that ends it; 0 in the others.
    var databasePages: Int { Int(bigEndian(header(4..<8))) }
    var endsCommit: Bool { databasePages != 0 }
    var salt: UInt64 { bigEndian(header(8..<16)) }
    var stored: LogSum { LogSum(header(16..<24)) }
    /// The page's bytes.
    var content: ArraySlice<UInt8> { bytes[(bytes.startIndex + Self.headerBytes)...] }

    /// What its checksum must be behind a frame or header of the checksum `seed`.
    func sum(after seed: LogSum, isBigEndian: Bool) -> LogSum {
        var sum = seed
        sum.add(header(0..<8), isBigEndian: isBigEndian)
        sum.add(content, isBigEndian: isBigEndian)
        return sum
    }
}

/// The frames of a write-ahead log's file, read in order with a chunk at hand.
struct LogFrames {
    private static let chunkFrames = 64

    private let file: RawFile
    let pageBytes: Int
    /// Whole ones by the file's size.
    let count: Int
    private var chunk: (first: Int, bytes: [UInt8]) = (1, [])

    init(_ file: RawFile, pageBytes: Int) throws(SQLiteError) {
        self.file = file
        self.pageBytes = pageBytes
        count = max(0, try file.size() - LogHeader.byteCount) / (LogFrame.headerBytes + pageBytes)
    }

    var frameBytes: Int { LogFrame.headerBytes + pageBytes }

    /// Where a frame begins in the file.
    func offset(_ number: Int) -> Int { LogHeader.byteCount + (number - 1) * frameBytes }

    /// Nil: the file ends before its end.
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
