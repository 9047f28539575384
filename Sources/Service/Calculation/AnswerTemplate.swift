import Policy
import Settlement

/// The constant parts of a region's answers, encoded once: names, codes, rule ids, the digest.
final class AnswerTemplate: @unchecked Sendable {
    // Unchecked: the memory is written in `init`, freed in `deinit`, and only read in between.

    /// One `LayerRow`'s strings: before and after its numbers.
    struct Row {
        /// Fields 1 to 3: layer, fund, fund_code.
        let head: Encoded
        /// Fields 11 to 13: rule, interpretation, no_rule.
        let tail: Encoded
    }

    /// By calculator layer: the row of its first and of its second fund.
    let first: [Row]
    let second: [Row]
    /// By slot: field 1 of an `Accumulator`.
    let accumulators: [Encoded]
    /// Field 18 of an `Outcome`.
    let digest: Encoded
    /// No answer to `Calculate` is longer, in bytes.
    let bytesMax: Int

    init(_ pack: PolicyPack) {
        first = pack.layers.enumerated().map { index, layer in
            let compiled = pack.calculator.layers[index]
            return Row(
                layer, fund: layer.first, rule: layer.ratio,
                hasNoRule: compiled.hasNoRule || compiled.method == .silent)
        }
        second = pack.layers.map { layer in
            Row(layer, fund: layer.second ?? layer.first, rule: layer.payers ?? layer.ratio, hasNoRule: false)
        }
        accumulators = pack.accumulators.map { Encoded(Encoded.string(1, $0.name)) }
        digest = Encoded(Encoded.string(18, pack.digest))
        bytesMax = AnswerTemplate.bound(
            row: (first + second).reduce(0) { max($0, $1.head.count + $1.tail.count) },
            year: accumulators.reduce(0) { $0 + $1.count }, slots: accumulators.count, digest: digest.count)
    }

    deinit {
        for row in first + second {
            row.head.free()
            row.tail.free()
        }
        for accumulator in accumulators { accumulator.free() }
        digest.free()
    }

    /// An upper bound: every number at its longest, 10 bytes and 1 of tag; every message with 4 bytes around it.
    private static func bound(row: Int, year: Int, slots: Int, digest: Int) -> Int {
        let number = 11
        let around = 4
        let slices = CalculatorLimit.bracketsMax * (2 * number + around)
        let rows = 2 * CalculatorLimit.layersMax * (row + 6 * number + slices + around)
        let accounts = CalculatorLimit.accountsMax * (4 * number + around)
        let totals = 16 * number + digest
        return totals + rows + accounts + year + slots * (number + around) + number + 2 * around
    }
}

extension AnswerTemplate.Row {
    init(_ layer: LayerDescription, fund: Fund, rule: Citation, hasNoRule: Bool) {
        head = Encoded(
            Encoded.string(1, layer.id) + Encoded.string(2, fund.id) + Encoded.string(3, fund.code ?? ""))
        tail = Encoded(
            Encoded.string(11, rule.rule)
                + Encoded.string(12, layer.interpretations.joined(separator: ","))
                + (hasNoRule ? [13 << 3, 1] : []))
    }
}

extension LayerDescription {
    /// The ids of all interpretations that any part of the layer rests on, each once.
    fileprivate var interpretations: [String] {
        let parts = [ratio, deductible, cap, payers].compactMap(\.self) + also
        var ids: [String] = []
        for id in parts.flatMap(\.interpretations) where !ids.contains(id) { ids.append(id) }
        return ids
    }
}
