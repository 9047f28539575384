/// How a reversal takes exactly back what a settlement added to the person's year (rule G-12).
extension Layer {
    /// Takes off the layer's accumulators what it did.
    @_noAllocation @_noLocks
    @inline(__always)
    borrowing func takeBack(_ result: borrowing LayerResult, from year: PersonYear) {
        year.add(-result.deductible, to: absorbedSlot)
        // Where brackets are measured on payments, the measure is what the layer paid; else its base.
        year.add(-(method == .paymentBrackets ? result.paid : result.base), to: measureSlot)
        year.add(-result.paid, to: paidSlot)
        year.add(-result.paidFirst, to: first.paidSlot)
        if payerCount > 1 { year.add(-result.paidSecond, to: second.paidSlot) }
    }
}

extension Tables {
    /// Takes back what `outcome` added to the year and gives the accounts what they paid (撤销/冲正, rule G-12).
    ///
    /// The person's year must be the one that the settlement left, that is, no later settlement stands.
    @_noAllocation @_noLocks
    package func takeBack(
        _ outcome: borrowing Outcome, rows: borrowing PersonRows, year: inout MutableSpan<Fen>,
        accounts: inout MutableSpan<Fen>
    ) {
        takeBack(outcome, from: PersonYear(&year, from: rows.yearStart, count: slotCount))
        for index in rows.accounts {
            accounts[index] += outcome.accounts[index - rows.accounts.lowerBound]
        }
    }

    /// Takes off the accumulators what the layers of `outcome` added.
    @_noAllocation @_noLocks
    func takeBack(_ outcome: borrowing Outcome, from year: PersonYear) {
        for position in 0..<outcome.layerCount {
            let result = outcome.layers[position]
            let layer = layers[Int(result.layer)]
            if layer.method != .silent { layer.takeBack(result, from: year) }
        }
    }
}
