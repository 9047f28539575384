import Records
import Text

extension PersonNo {
    /// Spread over 63 bits, so that numbers which differ in their last digits do not lie together.
    ///
    /// The four parts are multiplied side by side by odd numbers and mixed once: mixed one after the other they would
    /// take four times as long.
    @inline(__always)
    var hash: Int {
        let sum =
            first &+ second &* 0x9E37_79B9_7F4A_7C15 &+ third &* 0xC2B2_AE3D_27D4_EB4F
            &+ fourth &* 0x1656_67B1_9E37_79F9
        return Int(truncatingIfNeeded: SplitMix64.mix(sum) & 0x7fff_ffff_ffff_ffff)
    }
}
