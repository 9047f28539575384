import LedgerIndex
import Population
import Testing

@Suite struct `The hash and the checksum on disk` {
    /// Key 00 … 0f, message 00 … length − 1: the published vectors of SipHash-2-4-128.
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"), (63, "5150d1772f50834a503e069a973fbd7c"),
    ])
    func `SipHash gives its published vectors`(length: Int, hex: String) {
        let message = (0..<length).map { UInt8($0) }
        let hash = message.withUnsafeBytes {
            sipHash128($0, key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        }
        let bytes = withUnsafeBytes(of: (hash.high.littleEndian, hash.low.littleEndian)) { Array($0) }
        #expect(bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == hex)
    }

    @Test func `the checksum is XXH64`() {
        #expect(Checksum.of(UnsafeRawBufferPointer(start: nil, count: 0), seed: 0) == 0xEF46_DB37_51D8_E999)
        func sum(_ text: String, _ seed: UInt64) -> UInt64 {
            Array(text.utf8).withUnsafeBytes { Checksum.of($0, seed: seed) }
        }
        #expect(sum("a", 0) == 0xD24E_C4F1_A98C_6E5B)
        #expect(sum("abc", 0) == 0x44BC_2CF5_AD77_0999)
        #expect(sum("Nobody inspects the spammish repetition", 0) == 0xFBCE_A83C_8A37_8BF1)
        let bytes = (0...100).map { UInt8($0) }
        #expect(bytes.withUnsafeBytes { Checksum.of($0, seed: 99) } == 0x7F48_7B33_9174_A9DC)
    }

    /// It is on disk: another value here is another format.
    @Test func `the hash of an id is what it was`() {
        let hash = Array("500000000001202306151030000001".utf8).withUnsafeBytes { hash128($0, key: 42) }
        #expect(hash.high == 0x7966_1589_9196_4E54 && hash.low == 0x1ECE_115C_8417_6275)
    }

    @Test func `a million ids of hospitals do not collide, not even in 64 of 128 bits`() {
        var highs: Set<UInt64> = []
        var lows: Set<UInt64> = []
        var buckets = [Int](repeating: 0, count: 1024)
        for institution in 0..<10 as Range<UInt64> {
            for second in 0..<1000 as Range<UInt64> {
                for serial in 0..<100 as Range<UInt64> {
                    let id = "\(500_000_000_000 + institution)\(20_230_615_000_000 + second)\(1_000 + serial)"
                    let hash = Array(id.utf8).withUnsafeBytes { hash128($0, key: 1) }
                    highs.insert(hash.high)
                    lows.insert(hash.low)
                    buckets[Int(hash.high >> 54)] += 1
                }
            }
        }
        #expect(highs.count == 1_000_000 && lows.count == 1_000_000)
        // 977 each, give or take five deviations.
        #expect(buckets.allSatisfy { (820...1134).contains($0) })
    }

    @Test func `a bit of the id or of the key turns half of the hash's bits`() {
        var stream = RandomStream(seed: 5)
        var turned = [Int](repeating: 0, count: 128)
        let trials = 4_000
        for _ in 0..<trials {
            var id = (0..<30).map { _ in UInt8(48 + stream.below(10)) }
            let key = stream.next()
            let before = id.withUnsafeBytes { hash128($0, key: key) }
            let bit = Int(stream.below(30 * 8 + 64))
            if bit < 240 { id[bit / 8] ^= 1 << (bit % 8) }
            let other = bit < 240 ? key : key ^ 1 << UInt64(bit - 240)
            let after = id.withUnsafeBytes { hash128($0, key: other) }
            for place in 0..<64 {
                turned[place] += Int((before.high ^ after.high) >> UInt64(place) & 1)
                turned[64 + place] += Int((before.low ^ after.low) >> UInt64(place) & 1)
            }
        }
        // Half of the trials, give or take six deviations.
        #expect(turned.allSatisfy { abs($0 - trials / 2) < 190 })
    }
}
