import Settlement

/// Writes what became of the rows: one file of results, one of errors, both as CSV.
package enum ResultFile {
    package static let columns = [
        "line", "id", "region", "person", "total", "pool_fund", "large_amount_fund", "critical_illness_fund",
        "assistance_fund", "reassistance_fund", "supplementary", "fund_total", "account_paid", "family_account_paid",
        "cash", "deductible_paid", "identity", "no_rule",
    ]
    package static let errorColumns = ["line", "id", "column", "value", "code", "rule", "message"]

    /// Header of the results; `hasPrinted` adds whether a row agrees with what its source prints.
    package static func appendHeader(hasPrinted: Bool, to bytes: inout [UInt8]) {
        CSVText.appendRow(hasPrinted ? columns + ["agrees"] : columns, to: &bytes)
    }

    package static func append(_ outcome: RowOutcome, of row: ClaimRow, hasPrinted: Bool, to bytes: inout [UInt8]) {
        func separate() { bytes.append(UInt8(ascii: ",")) }
        func amount(_ amount: Fen) {
            separate()
            YuanText.append(amount, to: &bytes)
        }
        Decimal.append(UInt64(row.line), to: &bytes)
        separate()
        CSVText.append(row.id, to: &bytes)
        separate()
        CSVText.append(row.region, to: &bytes)
        separate()
        Decimal.append(row.person.number, to: &bytes)
        amount(row.claim.claim.cost.total)
        for fund in FundCategory.allCases { amount(outcome[fund]) }
        amount(outcome.fundTotal)
        amount(outcome.accountPaid)
        amount(outcome.familyAccountPaid)
        amount(outcome.cash)
        amount(outcome.deductiblePaid)
        separate()
        bytes.append(contentsOf: Words.word(outcome.identity, Words.identity).utf8)
        separate()
        bytes.append(UInt8(ascii: outcome.hasNoRule ? "1" : "0"))
        if hasPrinted {
            separate()
            let agrees = row.printed.agrees(outcome)
            bytes.append(contentsOf: (row.printed.isEmpty ? "" : agrees ? "1" : "0").utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    package static func append(_ problem: RowProblem, to bytes: inout [UInt8]) {
        CSVText.appendRow(
            [
                String(problem.line), problem.id, problem.column, problem.value, problem.code, problem.rule,
                problem.message,
            ], to: &bytes)
    }
}

extension PrintedResult {
    package func agrees(_ outcome: RowOutcome) -> Bool {
        agrees(fund: outcome.fundTotal, account: outcome.accountTotal, cash: outcome.cash)
    }
}
