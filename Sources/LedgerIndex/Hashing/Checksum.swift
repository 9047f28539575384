/// The checksum of derived files: XXH64 (Collet), 64 bits, several GB/s. Part of the disk format.
package enum Checksum {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// `seed` binds the bytes to their file and page: bytes from elsewhere do not match.
    package static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var offset = 0
        var sum: UInt64
        if bytes.count >= 32 {
            var a = seed &+ prime1 &+ prime2
            var b = seed &+ prime2
            var c = seed
            var d = seed &- prime1
            while offset + 32 <= bytes.count {
                a = lane(a, word(bytes, offset))
                b = lane(b, word(bytes, offset + 8))
                c = lane(c, word(bytes, offset + 16))
                d = lane(d, word(bytes, offset + 24))
                offset += 32
            }
            sum = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            sum = join(join(join(join(sum, a), b), c), d)
        } else {
            sum = seed &+ prime5
        }
        return finish(sum &+ UInt64(bytes.count), bytes, from: offset)
    }

    private static func finish(_ start: UInt64, _ bytes: UnsafeRawBufferPointer, from begin: Int) -> UInt64 {
        var sum = start
        var offset = begin
        while offset + 8 <= bytes.count {
            sum = rotate(sum ^ lane(0, word(bytes, offset)), 27) &* prime1 &+ prime4
            offset += 8
        }
        if offset + 4 <= bytes.count {
            let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            sum = rotate(sum ^ (UInt64(half) &* prime1), 23) &* prime2 &+ prime3
            offset += 4
        }
        while offset < bytes.count {
            sum = rotate(sum ^ (UInt64(bytes[offset]) &* prime5), 11) &* prime1
            offset += 1
        }
        sum = (sum ^ (sum >> 33)) &* prime2
        sum = (sum ^ (sum >> 29)) &* prime3
        return sum ^ (sum >> 32)
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }

    @inline(__always)
    private static func lane(_ sum: UInt64, _ word: UInt64) -> UInt64 {
        rotate(sum &+ word &* prime2, 31) &* prime1
    }

    @inline(__always)
    private static func join(_ sum: UInt64, _ value: UInt64) -> UInt64 {
        (sum ^ lane(0, value)) &* prime1 &+ prime4
    }
}
