/// What the yearly limits left before one layer of a settlement paid; negative: there is no limit.
package struct Quota: Equatable, Sendable, BitwiseCopyable {
    /// The lower of the layer's own cap and its first fund's limit (crt_payb_lmt_amt).
    package var first: Fen = -1
    /// The second fund's limit.
    package var second: Fen = -1
}

extension Tables {
    /// The quotas of `outcome`'s layers, in their order. `year` is the person's year before the settlement; it is moved
    /// along by what the funds paid.
    @_noAllocation @_noLocks
    package func quotas(of outcome: UnsafePointer<Outcome>, year: UnsafeMutablePointer<Fen>) -> [8 of Quota] {
        var quotas = [8 of Quota](repeating: Quota())
        for position in 0..<outcome.pointee.layerCount {
            let layer = layers.pointer(to: Int(outcome.pointee.layers[position].layer))
            if layer.pointee.method == .silent { continue }
            let first = take(outcome.pointee.layers[position].paidFirst, layer.pointee.first, year)
            let own = outcome.pointee.layers[position].quotaLeft
            quotas[position].first = own < 0 ? first : (first < 0 ? own : min(first, own))
            if layer.pointee.payerCount > 1 {
                quotas[position].second = take(outcome.pointee.layers[position].paidSecond, layer.pointee.second, year)
            }
        }
        return quotas
    }

    /// What the fund's limit left before it paid; moves its accumulator.
    @_noAllocation @_noLocks
    private func take(_ paid: Fen, _ payer: Payer, _ year: UnsafeMutablePointer<Fen>) -> Fen {
        guard payer.paidSlot != Layer.noSlot else { return -1 }
        // A copy: an operand of `precondition` is a closure, which would retain `self`.
        let count = slotCount
        precondition(Int(payer.paidSlot) < count)
        let before = year[Int(payer.paidSlot)]
        year[Int(payer.paidSlot)] = before + paid
        return payer.limit == Layer.unlimited ? -1 : max(0, payer.limit - before)
    }
}
