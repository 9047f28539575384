import Foundation

/// Random numbers that a seed fixes, the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// One for `test`, with the seed of `JIESUAN_SEED` where it is set, else a new one; printed, so that a failure can
    /// be had again.
    package static func printed(_ test: String = #function) -> SeededRandom {
        let given = ProcessInfo.processInfo.environment["JIESUAN_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 1...999_999_999)
        print("\(test): JIESUAN_SEED=\(seed)")
        return SeededRandom(seed: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in `percent` of the cases.
    package mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    /// One of `list`, which is not empty.
    package mutating func pick<Element>(_ list: [Element]) -> Element { list[number(0...list.count - 1)] }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
