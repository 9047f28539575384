import CCalculator
import Settlement

/// A claim on which the two calculators differ.
struct Difference: Error, CustomStringConvertible {
    var description: String
}

/// The cases that a comparison covered.
struct ComparisonCount {
    var settled = 0
    var layers = 0
    var refused: [UInt16: Int] = [:]
}

/// Settles every claim on both sides and compares refusal, outcome, year and accounts after each.
func compare(_ workload: Workload) throws -> ComparisonCount {
    let c = CTables(workload)
    var tables = c.tables
    var swift = MovingState(workload)
    var other = MovingState(workload)
    var outcome = Outcome()
    var cOutcome = calculator_outcome()
    var count = ComparisonCount()
    for index in workload.claims.indices {
        let refusal = settle(
            workload, index: index, year: &swift.year, accounts: &swift.accounts, outcome: &outcome)
        let cRefusal = calculator_settle(
            &tables, [c.claims[index]], [c.persons[index]], [c.rows[index]], c.identities, c.filings, &other.year,
            &other.accounts, &cOutcome)
        guard refusal.code.rawValue == cRefusal.code, refusal.field.rawValue == cRefusal.field,
            refusal.detail == cRefusal.detail
        else { throw Difference(description: "claim \(index): Swift \(refusal), C \(cRefusal)") }
        guard swift.isEqual(to: other, in: workload.rows[index], slots: workload.calculator.slotCount) else {
            throw Difference(description: "claim \(index): the years or the accounts after it differ")
        }
        if refusal.isNone {
            let accounts = workload.rows[index].accounts.count
            let ours = numbers(outcome, accounts: accounts)
            let theirs = numbers(cOutcome, accounts: accounts)
            guard ours == theirs else {
                throw Difference(description: "claim \(index): Swift \(ours), C \(theirs)")
            }
            count.settled += 1
            count.layers += outcome.layerCount
        } else {
            count.refused[cRefusal.code, default: 0] += 1
        }
    }
    guard swift.year == other.year, swift.accounts == other.accounts else {
        throw Difference(description: "\(workload.name): the years or the accounts at the end differ")
    }
    return count
}

private func settle(
    _ workload: borrowing Workload, index: Int, year moving: inout [Fen], accounts balances: inout [Fen],
    outcome: inout Outcome
) -> Refusal {
    let tables = workload.calculator.tables
    let identities = workload.identities.span
    let filings = workload.filings.span
    var year = moving.mutableSpan
    var accounts = balances.mutableSpan
    return tables.settle(
        workload.claims[index], person: workload.persons[index], rows: workload.rows[index],
        identities: identities, filings: filings, year: &year, accounts: &accounts, outcome: &outcome)
}

extension MovingState {
    fileprivate func isEqual(to other: MovingState, in rows: PersonRows, slots: Int) -> Bool {
        let years = rows.yearStart..<rows.yearStart + slots
        return year[years] == other.year[years] && accounts[rows.accounts] == other.accounts[rows.accounts]
    }
}

/// All figures of an outcome, in a fixed order.
private func numbers(_ outcome: Outcome, accounts: Int) -> [Fen] {
    var numbers = [
        outcome.total, outcome.accountPaid, outcome.familyAccountPaid, outcome.cash, outcome.deductiblePaid,
        outcome.paidOutside,
        Fen(outcome.identity.rawValue), outcome.hasNoRule ? 1 : 0, Fen(outcome.plan), Fen(outcome.layerCount),
    ]
    for fund in FundCategory.allCases { numbers.append(outcome[fund]) }
    for index in 0..<outcome.layerCount {
        let row = outcome.layers[index]
        numbers += [
            Fen(row.layer), row.base, row.deductible, row.measureBefore, row.computed, row.quotaLeft, row.paidFirst,
            row.paidSecond,
        ]
    }
    for index in 0..<accounts { numbers.append(outcome.accounts[index]) }
    return numbers
}

private func numbers(_ outcome: calculator_outcome, accounts: Int) -> [Fen] {
    var numbers = [
        outcome.total, outcome.account_paid, outcome.family_account_paid, outcome.cash, outcome.deductible_paid,
        outcome.paid_outside,
        Fen(outcome.identity), outcome.has_no_rule ? 1 : 0, Fen(outcome.plan), Fen(outcome.layer_count),
    ]
    withUnsafeBytes(of: outcome.funds) { numbers += $0.bindMemory(to: Fen.self) }
    withUnsafeBytes(of: outcome.layers) { bytes in
        for row in bytes.bindMemory(to: calculator_layer_result.self).prefix(outcome.layer_count) {
            numbers += [
                Fen(row.layer), row.base, row.deductible, row.measure_before, row.computed, row.quota_left,
                row.paid_first, row.paid_second,
            ]
        }
    }
    withUnsafeBytes(of: outcome.accounts) { numbers += $0.bindMemory(to: Fen.self).prefix(accounts) }
    return numbers
}
