/// SQLite's checksum of its write-ahead log: each frame continues that of the frame before, the first one that of the
/// header (sqlite.org/fileformat2.html#walformat).
struct LogSum: Equatable {
    private(set) var first: UInt32 = 0
    private(set) var second: UInt32 = 0

    init() {}

    init(first: UInt32, second: UInt32) {
        self.first = first
        self.second = second
    }

    /// Reads a checksum of a header or a frame, big-endian.
    init(_ bytes: some RandomAccessCollection<UInt8>) {
        let number = bigEndian(bytes)
        self.init(first: UInt32(truncatingIfNeeded: number >> 32), second: UInt32(truncatingIfNeeded: number))
    }

    var number: UInt64 { UInt64(first) << 32 | UInt64(second) }

    /// Adds whole words of 8 bytes, in the byte order that the log's header names.
    mutating func add(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) {
        bytes.withUnsafeBytes { add(words: $0, isBigEndian: isBigEndian) }
    }

    /// The same for bytes in memory.
    mutating func add(words: UnsafeRawBufferPointer, isBigEndian: Bool) {
        var (first, second) = (self.first, self.second)
        for offset in stride(from: 0, to: words.count - 7, by: 8) {
            let one = words.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let two = words.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            first &+= (isBigEndian ? one.bigEndian : one.littleEndian) &+ second
            second &+= (isBigEndian ? two.bigEndian : two.littleEndian) &+ first
        }
        (self.first, self.second) = (first, second)
    }
}

/// Reads a big-endian number of up to 8 bytes.
func bigEndian(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

/// The 8 big-endian bytes of a number.
func bigEndianBytes(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
