/// What a settlement adds to the person's year, and how a reversal takes exactly that back (rule G-12).
extension Layer {
    /// Moves the layer's accumulators by what it did; `sign` is +1 to settle, −1 to reverse.
    @_noAllocation @_noLocks
    @inline(__always)
    borrowing func move(_ year: PersonYear, by result: borrowing LayerResult, sign: Fen) {
        year.add(sign * result.deductible, to: absorbedSlot)
        // Where brackets are measured on payments, the measure is what the layer paid; else its base.
        year.add(sign * (method == .paymentBrackets ? result.paid : result.base), to: measureSlot)
        year.add(sign * result.paid, to: paidSlot)
        year.add(sign * result.paidFirst, to: first.paidSlot)
        if payerCount > 1 { year.add(sign * result.paidSecond, to: second.paidSlot) }
    }
}

extension Payer {
    /// What the fund may still pay this year.
    @_noAllocation @_noLocks
    @inline(__always)
    borrowing func left(_ year: PersonYear) -> Fen {
        limit == Layer.unlimited ? Fen.max : max(0, limit - year.amount(in: paidSlot))
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
        let person = PersonYear(&year, from: rows.yearStart, count: slotCount)
        for position in 0..<outcome.layerCount {
            let result = outcome.layers[position]
            let layer = layers[Int(result.layer)]
            if layer.method != .silent { layer.move(person, by: result, sign: -1) }
        }
        for index in rows.accounts {
            accounts[index] += outcome.accounts[index - rows.accounts.lowerBound]
        }
    }
}
