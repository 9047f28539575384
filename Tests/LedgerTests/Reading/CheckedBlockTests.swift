import Ledger
import LedgerFormat
import Registry
import TestSupport
import Testing

@Suite struct `Blocks in memory` {
    /// The last block of a small ledger: settlements of one commit.
    private static func settledBlock(_ settlements: Int) throws -> SealedBlock {
        let world = try World()
        for number in 0..<settlements { try world.settle("S\(number)", world.outpatient(100_00)) }
        try world.commit()
        return try #require(try world.store.allBlocks().last)
    }

    @Test func `of a block with any one bit turned over, no row is given out`() throws {
        let block = try Self.settledBlock(3)
        let rows = try block.checked().rowCount
        #expect(rows == 3)
        for index in block.bytes.indices {
            var damaged = block
            damaged.bytes[index] ^= 1 << UInt8(index % 8)
            #expect(throws: LedgerDamage.self, "byte \(index)") { try damaged.checked() }
        }
        for count in block.bytes.indices {
            let cut = SealedBlock(sequence: block.sequence, bytes: Array(block.bytes[..<count]))
            #expect(throws: LedgerDamage.self, "cut to \(count) bytes") { try cut.checked() }
        }
        var renamed = block
        renamed.sequence += 1
        #expect(throws: LedgerDamage.self, "the number of another block") { try renamed.checked() }
    }

    @Test func `a checked block gives its rows, and none that it does not have`() throws {
        let block = try Self.settledBlock(3).checked()
        block.read { view in
            #expect((0..<3).allSatisfy { view.row($0)?.first == RowKind.settlement.rawValue })
            #expect(view.row(3) == nil)
            #expect(view.row(-1) == nil)
        }
    }

    @Test func `the cache stays within its bytes, gives what was put in, and keeps what is asked for again`() throws {
        var random = SeededRandom.printed()
        let sealed = try Self.settledBlock(40)
        var blocks: [UInt64: CheckedBlock] = [:]
        // The same rows under many numbers.
        for number in 1...200 as ClosedRange<UInt64> {
            blocks[number] = try Self.renumbered(sealed, number).checked()
        }
        let bytesMax = 20 * (sealed.bytes.count + 256)
        var cache = BlockCache(bytesMax: bytesMax)
        var favouriteMissed = 0
        for _ in 0..<20_000 {
            let wantsFavourite = Bool.random(using: &random)
            let number: UInt64 = wantsFavourite ? 7 : .random(in: 1...200, using: &random)
            if let found = cache.find(number) {
                #expect(found.sequence == number)
            } else {
                if wantsFavourite { favouriteMissed += 1 }
                cache.insert(try #require(blocks[number]))
            }
            #expect(cache.find(number)?.sequence == number)
            #expect(cache.bytes <= bytesMax)
        }
        #expect(cache.count == 20)
        // Not to be asked for within a whole round of the clock, some forty questions, is a matter of luck.
        #expect(favouriteMissed <= 3, "a block that is asked for all the time stays")
    }

    @Test func `a block that would fill a quarter of the cache stays only until the next`() throws {
        let sealed = try Self.settledBlock(40)
        var cache = BlockCache(bytesMax: 3 * sealed.bytes.count)
        let first = try Self.renumbered(sealed, 1).checked()
        cache.insert(first)
        #expect(cache.find(1) === first)
        #expect(cache.bytes == 0)
        cache.insert(try Self.renumbered(sealed, 2).checked())
        #expect(cache.find(1) == nil)
    }

    @Test func `the checksum is CRC-32 at any length and place`() throws {
        var random = SeededRandom.printed()
        let bytes = (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(Self.crc32(Array("123456789".utf8)[...]) == 0xCBF4_3926, "the polynomial's own check value")
        for count in Array(0...300) + (0..<100).map({ _ in Int.random(in: 300...3_900, using: &random) }) {
            let start = Int.random(in: 0...min(80, bytes.count - count), using: &random)
            let part = bytes[start..<start + count]
            #expect(part.withUnsafeBytes { BlockFormat.checksum($0) } == Self.crc32(part), "\(count) bytes at \(start)")
        }
    }

    /// The same block under another number, with the checksum that belongs to it.
    private static func renumbered(_ block: SealedBlock, _ sequence: UInt64) throws -> SealedBlock {
        var bytes = block.bytes
        for index in 0..<8 { bytes[8 + index] = UInt8(truncatingIfNeeded: sequence >> UInt64(8 * index)) }
        let end = bytes.count - 4
        let checksum = crc32(bytes[..<end])
        for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        return SealedBlock(sequence: sequence, bytes: bytes)
    }

    /// CRC-32 bit by bit, as its definition has it.
    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
    }
}
