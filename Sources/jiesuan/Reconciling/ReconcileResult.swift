import Client
import Population
import Settlement

/// The result of a comparison as the platform's result file of 3202: one row for each row of the institution's books
/// and for each row that only the ledger has; tab-separated, no header line, `null` for empty values.
///
/// psn_no, mdtrt_id, setl_id, msgid, stmt_rslt, refd_setl_flag, memo, medfee_sumamt, fund_pay_sumamt, acct_pay
struct ReconcileResult {
    /// 对账结果.
    enum Code: String {
        /// 平.
        case equal = "000000"
        /// 医保有机构无.
        case onlyHere = "000101"
        /// 机构有医保无.
        case onlyThere = "000102"
        /// 数据不一致.
        case differs = "000103"
    }

    let comparison: BookComparison
    /// 0 for rows that are equal and 1 for all others, as some clients read it.
    let hasShortCodes: Bool

    func write(to path: String) throws(FileProblem) {
        let sink = try FileSink(path: path)
        for (row, finding) in zip(comparison.rows, comparison.findings) {
            switch finding {
            case .equal: add(row, .equal, "", to: sink)
            case .onlyThere: add(row, .onlyThere, "机构有医保无", to: sink)
            case .differs(let ours): add(row, .differs, "金额不符，医保: \(Self.amounts(ours))", to: sink)
            }
            try sink.flushIfFull()
        }
        for ours in comparison.onlyHere {
            let row = BookRow(
                row: ours, visit: "",
                person: ours.person == 0 ? "" : ours.personNo.isEmpty ? "\(ours.person)" : ours.personNo,
                flag: ours.isReversal ? "001" : "000", isNegative: ours.isReversal, isFlagged: false)
            add(row, .onlyHere, "医保有机构无", to: sink)
            try sink.flushIfFull()
        }
        try sink.finish()
    }

    private func add(_ row: BookRow, _ code: Code, _ memo: String, to sink: FileSink) {
        let sign: Fen = row.isNegative ? -1 : 1
        let result = hasShortCodes ? (code == .equal ? "0" : "1") : code.rawValue
        // The institution's own number of the message is the settlement's id.
        let values =
            [row.person, row.visit, row.row.id, code == .onlyThere ? "" : row.row.id, result, row.flag, memo]
            + [row.row.total, row.row.fundTotal, row.row.accountTotal].map { YuanText.text(sign * $0) }
        for (index, value) in values.enumerated() {
            if index > 0 { sink.bytes.append(UInt8(ascii: "\t")) }
            sink.bytes.append(contentsOf: (value.isEmpty ? "null" : value).utf8)
        }
        sink.bytes.append(UInt8(ascii: "\n"))
    }

    /// "医疗费总额 1234.50 基金 517.25 账户 0.00 现金 717.25".
    private static func amounts(_ row: RemoteRow) -> String {
        "医疗费总额 \(YuanText.text(row.total)) 基金 \(YuanText.text(row.fundTotal)) "
            + "账户 \(YuanText.text(row.accountTotal)) 现金 \(YuanText.text(row.cash))"
    }
}
