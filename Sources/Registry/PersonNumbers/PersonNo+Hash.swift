import Records
import Text

extension PersonNo {
    /// Spread over 63 bits, so that numbers which differ in their last digits do not lie together.
    var hash: Int {
        var mixed = SplitMix64.mix(first)
        mixed = SplitMix64.mix(mixed ^ second)
        mixed = SplitMix64.mix(mixed ^ third)
        mixed = SplitMix64.mix(mixed ^ fourth)
        return Int(truncatingIfNeeded: mixed & 0x7fff_ffff_ffff_ffff)
    }
}
