import Glibc
import Settlement
import TestSupport

extension SeededRandom {
    mutating func amount(_ range: ClosedRange<Fen>) -> Fen { Fen.random(in: range, using: &self) }

    /// 1 … 10^`digits`, every order of magnitude as likely as any other.
    mutating func magnitude(digits: Int) -> Fen {
        var top: Fen = 1
        for _ in 0..<Int.random(in: 1...digits, using: &self) { top *= 10 }
        return amount(1...top)
    }

    /// The seed of this run: `JIESUAN_SEED` where it is set, else a new one; tests print it.
    static let runSeed: UInt64 = environment("JIESUAN_SEED") ?? UInt64.random(in: 1...999_999_999)

    /// How many cases a test draws: `usual` times `JIESUAN_EFFORT` (1 where it is not set) for longer searches.
    static func cases(_ usual: Int) -> Int { usual * Int(environment("JIESUAN_EFFORT") ?? 1) }

    private static func environment(_ name: String) -> UInt64? {
        getenv(name).flatMap { UInt64(String(cString: $0)) }
    }

    /// A stream of its own for each test, so that one can be run alone and see the same cases.
    static func forTest(_ name: String) -> SeededRandom {
        var hash = runSeed
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        print("\(name): JIESUAN_SEED=\(runSeed)")
        return SeededRandom(seed: hash)
    }
}
