/// A chunk of a snapshot.
package struct SnapshotChunk: Equatable, Sendable {
    /// The state is as of this block: a replay applies to it only later blocks.
    package var through: UInt64
    /// Whether this is the last chunk, with the state of no person.
    package var isGlobal: Bool
    package var bytes: [UInt8]

    package init(through: UInt64, isGlobal: Bool = false, bytes: [UInt8]) {
        self.through = through
        self.isGlobal = isGlobal
        self.bytes = bytes
    }
}

/// Layout of a snapshot file: a head, then chunks, each with its own head; the last chunk is the global one.
///
/// Heads are little-endian numbers of eight bytes, the last of them the checksum of those before.
enum SnapshotFormat {
    static let magic: UInt64 = 0x3150_414E_5349_4A00  // "\0JISNAP1"
    static let chunkMagic: UInt64 = 0x314B_4E48_5349_4A00  // "\0JISHNK1"
    static let version: UInt64 = 1
    /// Magic, version, identity, number, start, checksum.
    static let headBytes = 48
    /// Magic, index, 1 for the global chunk, through, bytes, checksum of the bytes, checksum.
    static let chunkHeadBytes = 56
    /// Largest chunk, which is held in memory as a whole.
    static let chunkBytesMax = 256 << 20

    static func seed(identity: UInt64, number: UInt64) -> UInt64 {
        IndexKey(high: identity, low: number << 8 | 0xFF).mixed
    }

    static func head(identity: UInt64, number: UInt64, start: UInt64) -> [UInt8] {
        sealed([magic, version, identity, number, start], seed: seed(identity: identity, number: number))
    }

    static func chunkHead(_ chunk: SnapshotChunk, index: UInt64, seed: UInt64) -> [UInt8] {
        let sum = chunk.bytes.withUnsafeBytes { Checksum.of($0, seed: seed &+ index) }
        let numbers = [
            chunkMagic, index, chunk.isGlobal ? 1 : 0, chunk.through, UInt64(chunk.bytes.count), sum,
        ]
        return sealed(numbers, seed: seed &+ index)
    }

    private static func sealed(_ numbers: [UInt64], seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * numbers.count + 8)
        for number in numbers { append(number, to: &bytes) }
        append(bytes.withUnsafeBytes { Checksum.of($0, seed: seed) }, to: &bytes)
        return bytes
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
