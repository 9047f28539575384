import Client
import Population
import Settlement

/// What must be answered to a `CalculateBatch`: every row, every balance, every accumulator.
struct ExpectedBatch {
    var outcomes: [RowOutcome] = []
    var totals: [Fen] = []
    /// Of the request's accounts, after.
    var balances: [Fen] = []
    /// Of the pack's accumulators, by slot.
    var names: [String] = []
    /// The years after, row by row.
    var years: [Fen] = []
    var persons = 0

    /// Of all outcomes in their order.
    var sum: FigureSum {
        var all = FigureSum()
        for (index, outcome) in outcomes.enumerated() {
            var one = FigureSum()
            one.add(outcome, total: totals[index])
            all.add(one, of: index)
        }
        return all
    }

    /// The code of the first refusal in an answer; nil: there is none.
    func firstRefused(_ message: UnsafeRawBufferPointer) -> Int32? {
        guard let answer = try? BatchAnswer(message, claims: outcomes.count, accounts: balances.count),
            answer.errorCount > 0
        else { return nil }
        return Int32(answer.error(0).code.rawValue)
    }

    /// What is wrong with an answer, in words; nil: nothing.
    func problem(_ message: UnsafeRawBufferPointer) -> String? {
        let answer: BatchAnswer
        do throws(ClientError) {
            answer = try BatchAnswer(message, claims: outcomes.count, accounts: balances.count)
        } catch { return "\(error)" }
        for row in outcomes.indices where answer.outcome(row) != outcomes[row] {
            return "claim \(row) is answered \(ExpectedFigures.text(answer.outcome(row), total: totals[row])); "
                + "it should be \(ExpectedFigures.text(outcomes[row], total: totals[row])), in fen"
        }
        for row in outcomes.indices where !answer.outcome(row).isConserving(total: totals[row]) {
            return "the payments of claim \(row) are not its bill (G-7)"
        }
        if !answer.balances.elementsEqual(balances) { return "the accounts after it are others" }
        if answer.accumulatorNames != names || !answer.accumulators(persons: persons).elementsEqual(years) {
            return "the years after it are others"
        }
        return nil
    }
}
