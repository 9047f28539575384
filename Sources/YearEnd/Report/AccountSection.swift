import HTMLReport
import Settlement

/// The personal accounts' year: from the opening balance to what is carried over (YE-5).
enum AccountSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("accounts", Words("个人账户", "Personal accounts")) { section in
            let totals = result.accounts
            guard totals.accounts > 0 else {
                return section.paragraph(
                    result.source == "ledger"
                        ? Words(
                            "本年度没有个人账户流水或余额（按记账日期）。",
                            "No account had an entry or a balance by the year's end (by the day it was booked).")
                        : Words(
                            "没有个人账户：结算数据文件不含账户流水。",
                            "There are no accounts: claims files carry no account entries."))
            }
            let count = FigureText.count(totals.accounts)
            section.paragraph(Words("\(count) 个账户。", "\(count) accounts."))
            table(totals).write(to: &section)
        }
    }

    private static func table(_ totals: AccountTotals) -> ReportTable {
        var table = ReportTable(
            caption: Words("账户流水（元）", "From opening to carry-over, in yuan"),
            columns: [.text("项目", "Entry"), .figure("金额", "Amount"), .text("说明", "Meaning")])
        let entries: [(Words, String, Words)] = [
            (
                Words("年初余额", "Opening"), FigureText.yuan(totals.opening),
                Words("上年结转", "carried over from the year before")
            ),
            (
                Words("每月计入", "Credits"), FigureText.change(totals.credits),
                Words("单位、个人缴费及定额", "monthly credits (CQ-30)")
            ),
            (
                Words("其他计入", "Other credits"), FigureText.change(totals.otherCredits),
                Words("转入、继承、退款、更正", "transfers in, inheritance, refunds, corrections")
            ),
            (
                Words("退回", "Given back"), FigureText.change(totals.givenBack),
                Words("撤销与调整退回", "by reversals and adjustments")
            ),
            (Words("结算使用", "Settlements"), FigureText.change(-totals.settled), Words("结算扣减", "taken by settlements")),
            (
                Words("其他使用", "Other uses"), FigureText.change(-totals.otherUses),
                Words("缴费等（CQ-31）", "premiums and other uses (CQ-31)")
            ),
            (
                Words("支出", "Paid out"), FigureText.change(-totals.paidOut),
                Words("转出、继承、注销", "transfers out, inheritance, deregistration (CQ-32)")
            ),
        ]
        for (name, amount, meaning) in entries {
            table.rows.append([.words(name), .figure(amount), .words(meaning)])
        }
        table.foot = [
            .words(Words("年末结转", "Carried over")), .yuan(totals.closing),
            .words(Words("转入下年", "to the next year")),
        ]
        return table
    }
}
