import CCalculator
import Settlement

/// The state that settlements change; the workload is constant.
struct MovingState {
    var year: [Fen]
    var accounts: [Fen]

    init(_ workload: Workload) {
        year = workload.year
        accounts = workload.accounts
        // Forces the copy here instead of within the first settlement.
        year.withUnsafeMutableBufferPointer { _ in }
        accounts.withUnsafeMutableBufferPointer { _ in }
    }
}

/// Settles every claim in Swift; returns the sum of the cash payments, nil where a claim is refused.
@inline(never)
func swiftRound(
    _ workload: borrowing Workload, year moving: inout [Fen], accounts balances: inout [Fen], outcome: inout Outcome
) -> Fen? {
    let tables = workload.calculator.tables
    let claims = workload.claims.span
    let persons = workload.persons.span
    let rows = workload.rows.span
    let identities = workload.identities.span
    let filings = workload.filings.span
    var year = moving.mutableSpan
    var accounts = balances.mutableSpan
    var cash: Fen = 0
    for index in claims.indices {
        let refusal = tables.settle(
            claims[index], person: persons[index], rows: rows[index], identities: identities, filings: filings,
            year: &year, accounts: &accounts, outcome: &outcome)
        if !refusal.isNone { return nil }
        cash += outcome.cash
    }
    return cash
}

/// The same in C.
@inline(never)
func cRound(_ c: CTables, state: inout MovingState, outcome: inout calculator_outcome) -> Fen? {
    var tables = c.tables
    let cash = calculator_round(
        &tables, c.claims, c.persons, c.rows, c.claims.count, c.identities, c.filings, &state.year,
        &state.accounts, &outcome)
    return cash < 0 ? nil : cash
}
