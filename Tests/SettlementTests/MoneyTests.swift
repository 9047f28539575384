import Settlement
import TestSupport
import Testing

@Suite struct `Money is exact (G-1, G-2, G-3)` {
    @Test(
        arguments: [
            (0, 0), (4_999, 0), (5_000, 1), (14_999, 1), (15_000, 2), (10_000_000_000_000_000, 1_000_000_000_000),
        ] as [(Int64, Int64)])
    func `a payment is rounded half up, once (G-3)`(tenThousandths: Int64, fen: Int64) {
        #expect(roundedHalfUp(tenThousandths: tenThousandths) == fen)
    }

    @Test(
        arguments: [
            // amount, part, whole, expected
            (100, 1, 3, 33), (100, 2, 3, 67), (1, 1, 2, 1), (5, 1, 2, 3), (7, 0, 9, 0), (7, 9, 9, 7), (7, 0, 0, 0),
            (1_000_000_000_000, 999_999_999_999, 1_000_000_000_000, 999_999_999_999),
            (999_999_999_999, 333_333_333_333, 999_999_999_999, 333_333_333_333),
            (999_999_999_999, 1, 2, 500_000_000_000),
        ] as [(Int64, Int64, Int64, Int64)])
    func `a pro-rata share is exact and rounded half up (G-3, SY-3)`(
        amount: Int64, part: Int64, whole: Int64, expected: Int64
    ) {
        #expect(share(of: amount, part: part, whole: whole) == expected)
    }

    @Test func `the fast and the wide path of a share agree`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("shares: seed \(seed)")
        var random = SeededRandom(seed: seed)
        for _ in 0..<200_000 {
            let shift = Int64.random(in: 0...39, using: &random)
            let whole = Int64.random(in: 1...AmountLimit.claimMax, using: &random) >> shift
            guard whole > 0 else { continue }
            let part = Int64.random(in: 0...whole, using: &random)
            let amount = Int64.random(in: 0...whole, using: &random)
            let exact = (2 * Int128(amount) * Int128(part) + Int128(whole)) / (2 * Int128(whole))
            #expect(Int128(share(of: amount, part: part, whole: whole)) == exact, "\(amount) × \(part) / \(whole)")
        }
    }
}
