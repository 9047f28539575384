import Foundation
import Settlement
import TestSupport
import Testing
import YearEnd

@Suite struct `Second round` {
    typealias Claim = SecondRound.Claim

    static func claims(_ amounts: [Fen]) -> [Claim] {
        amounts.enumerated().map { Claim(id: Array("c\($0)".utf8), unpaid: $1) }
    }

    @Test func `SY-4: the surplus is shared in proportion and the fen that remain go to the largest fractions`() {
        // 100 fen over 1 : 1 : 1 is 33⅓ each; the remaining fen goes to the lowest id.
        #expect(SecondRound.divide(surplus: 100, among: Self.claims([300, 300, 300])) == [34, 33, 33])
        // 10 over 5, 3, 3 of 11: 4.54, 2.72, 2.72 → 4, 2, 2; two fen remain: to the two larger fractions.
        #expect(SecondRound.divide(surplus: 10, among: Self.claims([5, 3, 3])) == [4, 3, 3])
    }

    @Test func `SY-4: ties go by the bytes of the id, whatever the order of the claims`() {
        let ids = ["b", "a", "B", "aa"].map { Array($0.utf8) }
        let claims = ids.map { Claim(id: $0, unpaid: 100) }
        // 2 fen over four equal claims: half a fen each, so "B" and "a" get one.
        #expect(SecondRound.divide(surplus: 2, among: claims) == [0, 1, 1, 0])
    }

    @Test func `SY-4: a surplus that covers everything pays everything, and none pays nothing`() {
        let claims = Self.claims([1, 0, 999, 1_000_000_000_000])
        #expect(SecondRound.divide(surplus: 0, among: claims) == [0, 0, 0, 0])
        let all = claims.reduce(0) { $0 + $1.unpaid }
        #expect(SecondRound.divide(surplus: all, among: claims) == claims.map(\.unpaid))
        #expect(SecondRound.divide(surplus: all + 1, among: claims) == claims.map(\.unpaid))
        #expect(SecondRound.divide(surplus: 5, among: []) == [])
    }

    @Test func `SY-4: random divisions are those of a plain exact division, and their sum is the surplus`() {
        var random = SeededRandom.printed()
        for _ in 0..<2_000 {
            let count = Int.random(in: 1...30, using: &random)
            let largest: Fen = [3, 100, 1_000_000, 1_000_000_000_000].randomElement(using: &random) ?? 1
            let claims = (0..<count).map { _ in
                let length = Int.random(in: 1...4, using: &random)
                return Claim(
                    id: (0..<length).map { _ in UInt8.random(in: 33...126, using: &random) },
                    unpaid: Fen.random(in: 0...largest, using: &random))
            }
            let sum = claims.reduce(0) { $0 + $1.unpaid }
            let surplus = Fen.random(in: 0...sum + sum / 4 + 1, using: &random)
            let paid = SecondRound.divide(surplus: surplus, among: claims)
            #expect(paid.reduce(0, +) == min(surplus, sum))
            #expect(paid.sorted() == Plain.divide(surplus, claims).sorted())
            for (amount, claim) in zip(paid, claims) { #expect(amount >= 0 && amount <= claim.unpaid) }
        }
    }
}

/// The rule read anew: amounts as decimal digits, long division by hand.
private enum Plain {
    static func divide(_ surplus: Fen, _ claims: [SecondRound.Claim]) -> [Fen] {
        let sum = claims.reduce(0) { $0 + $1.unpaid }
        if surplus >= sum { return claims.map(\.unpaid) }
        var parts = claims.map { claim in
            let (whole, rest) = quotient(digits(claim.unpaid), times: surplus, by: sum)
            return (whole: whole, rest: rest, id: claim.id)
        }
        var left = surplus - parts.reduce(0) { $0 + $1.whole }
        while left > 0 {
            // The best one that has nothing yet: the largest rest, of equal ones the lowest id.
            var best = 0
            for index in parts.indices
            where parts[index].rest > parts[best].rest
                || parts[index].rest == parts[best].rest && precedes(parts[index].id, parts[best].id)
            {
                best = index
            }
            parts[best].whole += 1
            parts[best].rest = -1
            left -= 1
        }
        return parts.map(\.whole)
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        String(decoding: left, as: UTF8.self).unicodeScalars.map(\.value)
            .lexicographicallyPrecedes(String(decoding: right, as: UTF8.self).unicodeScalars.map(\.value))
    }

    private static func digits(_ number: Fen) -> [Fen] { String(number).map { Fen($0.wholeNumberValue ?? 0) } }

    /// (number × factor) / divisor and the remainder, by schoolbook doubling and subtraction on 64 bits.
    private static func quotient(_ number: [Fen], times factor: Fen, by divisor: Fen) -> (Fen, Fen) {
        var quotient: Fen = 0
        var rest: Fen = 0
        for digit in number {
            // (quotient, rest) × 10 + digit × factor, each kept below the divisor.
            quotient *= 10
            var sum: Fen = 0
            for _ in 0..<10 { (quotient, sum) = add(quotient, sum, rest, divisor) }
            for _ in 0..<digit {
                quotient += factor / divisor
                (quotient, sum) = add(quotient, sum, factor % divisor, divisor)
            }
            rest = sum
        }
        return (quotient, rest)
    }

    private static func add(_ quotient: Fen, _ sum: Fen, _ more: Fen, _ divisor: Fen) -> (Fen, Fen) {
        let next = sum + more
        return next >= divisor ? (quotient + 1, next - divisor) : (quotient, next)
    }
}
