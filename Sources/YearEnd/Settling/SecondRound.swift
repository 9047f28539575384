import Settlement

/// Shenyang's second round at the year's end (二次报销, rule SY-4): the surplus divided over what round one left unpaid.
package enum SecondRound {
    /// A settlement with what round one's base, after its deductible, left unpaid (U), in fen.
    package struct Claim: Equatable, Sendable {
        /// Bytes of the settlement's id: ties go to the lower one.
        package var id: [UInt8]
        /// 0 … 10^12 fen.
        package var unpaid: Fen

        package init(id: [UInt8], unpaid: Fen) {
            self.id = id
            self.unpaid = unpaid
        }
    }

    /// What one settlement gets before the fen that remain, and the fraction of a fen that is cut off, in parts of ΣU.
    package struct Portion: Equatable, Sendable {
        package var whole: Fen
        package var rest: Int128
    }

    /// `floor(S·U/ΣU)` and what is cut off; all of U where the surplus covers everything.
    ///
    /// - Parameters:
    ///   - surplus: S, 0 … 10^16 fen.
    ///   - sum: ΣU.
    package static func portion(of unpaid: Fen, surplus: Fen, sum: Int128) -> Portion {
        if sum == 0 || Int128(surplus) >= sum { return Portion(whole: unpaid, rest: 0) }
        let product = Int128(surplus) * Int128(unpaid)
        let whole = product / sum
        return Portion(whole: Fen(whole), rest: product - whole * sum)
    }

    /// True where `left` gets one of the remaining fen before `right`.
    package static func comesBefore(_ left: (rest: Int128, id: [UInt8]), _ right: (rest: Int128, id: [UInt8])) -> Bool {
        left.rest != right.rest ? left.rest > right.rest : left.id.lexicographicallyPrecedes(right.id)
    }

    /// What each claim gets (largest remainder): together the surplus exactly, or every U where it covers them.
    package static func divide(surplus: Fen, among claims: [Claim]) -> [Fen] {
        let sum = claims.reduce(Int128(0)) { $0 + Int128($1.unpaid) }
        let portions = claims.map { portion(of: $0.unpaid, surplus: surplus, sum: sum) }
        var paid = portions.map(\.whole)
        guard Int128(surplus) < sum else { return paid }
        let remaining = Int(Int128(surplus) - paid.reduce(Int128(0)) { $0 + Int128($1) })
        let order = claims.indices.sorted {
            comesBefore((portions[$0].rest, claims[$0].id), (portions[$1].rest, claims[$1].id))
        }
        for index in order.prefix(remaining) { paid[index] += 1 }
        return paid
    }
}
