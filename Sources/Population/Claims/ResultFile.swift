import Settlement

/// Writes the results of a claims file's settled rows.
package enum ResultFile {
    package static let columns: [TableColumn] = [
        TableColumn("line", "行号", .number), TableColumn("id", "编号", .id), TableColumn("region", "统筹区"),
        TableColumn("person", "人员编号", .id), TableColumn("total", "医疗费总额", .yuan),
        TableColumn("pool_fund", "统筹基金", .yuan), TableColumn("large_amount_fund", "大额基金", .yuan),
        TableColumn("critical_illness_fund", "大病保险", .yuan), TableColumn("assistance_fund", "医疗救助", .yuan),
        TableColumn("reassistance_fund", "再救助", .yuan), TableColumn("supplementary", "补充保险", .yuan),
        TableColumn("fund_total", "基金支付总额", .yuan), TableColumn("paid_outside", "其中系统外已支付", .yuan),
        TableColumn("account_paid", "个人账户支付", .yuan),
        TableColumn("family_account_paid", "家庭账户支付", .yuan), TableColumn("cash", "现金支付", .yuan),
        TableColumn("deductible_paid", "起付线内金额", .yuan), TableColumn("identity", "救助身份"),
        TableColumn("no_rule", "来源无规定", .number),
    ]
    private static let agrees = TableColumn("agrees", "与文件所载相符", .number)

    /// Header of the results; `hasPrinted` adds whether a row agrees with its source's printed result.
    package static func appendHeader(hasPrinted: Bool, _ headings: TableHeadings, to bytes: inout [UInt8]) {
        CSVText.begin(hasPrinted ? columns + [agrees] : columns, headings, to: &bytes)
    }

    package static func append(_ outcome: RowOutcome, of row: ClaimRow, hasPrinted: Bool, to bytes: inout [UInt8]) {
        func separate() { bytes.append(UInt8(ascii: ",")) }
        func amount(_ amount: Fen) {
            separate()
            YuanText.append(amount, to: &bytes)
        }
        Decimal.append(UInt64(row.line), to: &bytes)
        separate()
        CSVText.append(id: row.id, to: &bytes)
        separate()
        CSVText.append(words: row.region, to: &bytes)
        separate()
        CSVText.append(person: row.person, to: &bytes)
        amount(row.claim.claim.cost.total)
        for fund in FundCategory.allCases { amount(outcome[fund]) }
        amount(outcome.fundTotal)
        amount(outcome.paidOutside)
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
}

extension PrintedResult {
    package func agrees(_ outcome: RowOutcome) -> Bool {
        agrees(fund: outcome.fundTotal, account: outcome.accountTotal, cash: outcome.cash)
    }
}
