/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014). Public: see `ByteWriter`.
public enum SplitMix64 {
    /// The increment of the generator's state: 2^64 divided by the golden ratio, made odd.
    @inlinable @inline(__always)
    public static var increment: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// A bijection of 64 bits in which every bit of the result depends on all of `number`.
    @inlinable @inline(__always)
    public static func mix(_ number: UInt64) -> UInt64 {
        var mixed = (number ^ number >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
