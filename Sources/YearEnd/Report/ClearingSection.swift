import HTMLReport
import Settlement

/// What is owed to each institution for the year, against the yearly total that the operator set (YE-3).
enum ClearingSection {
    /// Rows shown of a table of institutions: some four printed pages; all are in the CSV file.
    static let rowsMax = 200

    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("clearing", Words("机构清算", "Clearing with the institutions")) { section in
            guard !result.clearing.isEmpty else {
                return section.paragraph(Words("没有需要清算的机构。", "There is no institution to clear with."))
            }
            let ordered = result.clearing.sorted { left, right in
                (right.owed, left.institution) < (left.owed, right.institution)
            }
            section.paragraph(summary(ordered))
            table(ordered).write(to: &section)
            if ordered.count > rowsMax { section.note(rest(ordered)) }
            section.note(
                Words(
                    "年度总额只与基金应付相比。按年合计见 clearing-year.csv，按月、按基金见 clearing.csv，"
                        + "应付个人见 owed-to-persons.csv。",
                    "The yearly total is compared with what funds owe. By year: clearing-year.csv; by month and fund: "
                        + "clearing.csv; what is owed to persons: owed-to-persons.csv."))
        }
    }

    private static func summary(_ all: [ClearingResult]) -> Words {
        let over = all.filter(\.isOver)
        let limits = all.filter { $0.limit != nil }.count
        let owed = FigureText.money(all.reduce(0) { $0 + $1.owed })
        let institutions = FigureText.count(all.count)
        let zh = "\(institutions) 家机构，基金与个人账户应付合计 \(owed)；"
        let en = "\(institutions) institutions are owed \(owed) by the funds and accounts; "
        guard limits > 0 else { return Words(zh + "未设定年度总额。", en + "no yearly total is set.") }
        let excess = FigureText.money(over.reduce(0) { $0 + ($1.over ?? 0) })
        let (set, above) = (FigureText.count(limits), FigureText.count(over.count))
        return Words(
            zh + "\(set) 家设有年度总额，其中 \(above) 家超出，合计超出 \(excess)。",
            en + "\(set) have a yearly total, \(above) of them are over it, by \(excess) together.")
    }

    private static func table(_ ordered: [ClearingResult]) -> ReportTable {
        var table = ReportTable(
            caption: Words("机构年度清算（元），按应付金额排列", "Institutions by what is owed to them, in yuan"),
            columns: [
                .text("机构", "Institution"), .text("与年度总额相比", "Against yearly total"),
                .figure("结算", "Settlements"), .figure("撤销", "Reversals"),
                .figure("账户直接支付", "Account uses"), .figure("总费用", "Total cost"),
                .figure("基金应付", "By funds"), .figure("账户应付", "By accounts"), .figure("应付合计", "Owed"),
                .figure("系统外已支付", "Paid outside"), .figure("调整（归个人）", "Adjusted, the persons'"),
                .figure("年度总额", "Yearly total"), .figure("差额", "Difference"),
            ], isDense: true)
        for institution in ordered.prefix(rowsMax) { table.rows.append(row(.code(institution.name), institution)) }
        table.foot = row(.words(Words("全部机构合计", "All institutions")), sum(ordered), isSum: true)
        return table
    }

    private static func row(
        _ head: ReportTable.Cell, _ institution: ClearingResult, isSum: Bool = false
    ) -> [ReportTable.Cell] {
        let cells: [ReportTable.Cell] = [
            head, isSum ? .plain("") : mark(institution.over), .count(institution.settlements),
            .count(institution.reversals), .count(institution.uses), .yuan(institution.total),
            .yuan(institution.funds), .yuan(institution.accounts), .yuan(institution.owed),
            .yuan(institution.paidOutside), .change(institution.adjusted),
        ]
        if isSum { return cells + [.figure(""), .figure("")] }
        guard let limit = institution.limit, let over = institution.over else {
            return cells + [.figure(FigureText.none), .figure(FigureText.none)]
        }
        return cells + [.yuan(limit), .change(over)]
    }

    private static func mark(_ over: Fen?) -> ReportTable.Cell {
        guard let over else { return .mark(Words("未设定", "none set"), isOver: false) }
        if over > 0 { return .mark(Words("▲ 超出", "over"), isOver: true) }
        return .mark(over < 0 ? Words("▽ 未超", "under") : Words("＝ 相等", "equal"), isOver: false)
    }

    private static func sum(_ all: [ClearingResult]) -> ClearingResult {
        all.reduce(into: ClearingResult(institution: "", settlements: 0, reversals: 0, total: 0)) {
            $0.settlements += $1.settlements
            $0.reversals += $1.reversals
            $0.total += $1.total
            $0.uses += $1.uses
            $0.funds += $1.funds
            $0.accounts += $1.accounts
            $0.paidOutside += $1.paidOutside
            $0.adjusted += $1.adjusted
        }
    }

    private static func rest(_ ordered: [ClearingResult]) -> Words {
        let rest = ordered.dropFirst(rowsMax)
        let (count, over) = (FigureText.count(rest.count), FigureText.count(rest.filter(\.isOver).count))
        return Words(
            "……另有 \(count) 家（其中 \(over) 家超出年度总额），见 clearing-year.csv。",
            "… and \(count) more (\(over) of them over their yearly total), see clearing-year.csv.")
    }
}

extension ClearingResult {
    fileprivate var isOver: Bool { (over ?? 0) > 0 }
    fileprivate var name: String { institution.isEmpty ? FigureText.none : institution }
}
