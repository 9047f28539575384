import Glibc

/// SplitMix64: the same numbers for the same seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The stream of a test: `JIESUAN_SEED` where it is set, else a new seed; printed.
    init(for test: String) {
        let given = getenv("JIESUAN_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 1...999_999_999)
        print("\(test): JIESUAN_SEED=\(seed)")
        self.init(seed: seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func text() -> String {
        String((0..<number(0...12)).map { _ in "结算abc-019".randomElement(using: &self)! })
    }
}
