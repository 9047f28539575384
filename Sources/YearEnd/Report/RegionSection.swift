import HTMLReport
import Policy
import Settlement
import Text

/// Each region's year: its funds' totals, where the money came from, its kinds of claims.
enum RegionSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("regions", Words("各统筹区基金合计", "Regions and their funds")) { section in
            if result.regions.isEmpty {
                section.paragraph(Words("本年度没有任何统筹区的结算。", "No region has settlements of the year."))
            }
            for (index, region) in result.regions.enumerated() {
                section.element("section", ["class": "region"]) { part in
                    part.element("h3") { $0.say(Words(region.zh, region.en)) }
                    part.paragraph(counts(region))
                    let year = PayerYear(region)
                    table(region, year).write(to: &part)
                    payees(region).write(to: &part)
                    WaterfallPicture.write(Waterfall(year), region, id: "waterfall-\(index)", to: &part)
                    kinds(region)?.write(to: &part)
                }
            }
        }
    }

    private static func counts(_ region: RegionResult) -> Words {
        let (stand, reversed) = (FigureText.count(region.settlements), FigureText.count(region.reversed))
        return Words(
            "有效结算 \(stand) 笔，已撤销 \(reversed) 笔；总费用 \(FigureText.money(region.total))。",
            "\(stand) settlements stand, \(reversed) were reversed; total cost \(FigureText.money(region.total)).")
    }

    private static func table(_ region: RegionResult, _ year: PayerYear) -> ReportTable {
        let columns: [ReportTable.Column] = [
            .text("承担方", "Payer"), .text("代码", "Code"), .figure("原结算", "Recorded"), .figure("调整", "Adjusted"),
            .figure("最终", "Final"), .figure("占比", "Share"),
        ]
        var table = ReportTable(
            caption: Words("\(region.zh)：按承担方（元）", "\(region.en): by payer, in yuan"), columns: columns)
        var sum = (recorded: Fen(0), adjusted: Fen(0), final: Fen(0))
        for payer in year.payers {
            let amounts = payer.amounts
            table.rows.append(
                row(
                    .payer(payer.words, payer.tone), payer.code, amounts.recorded, amounts.adjusted, payer.final,
                    of: year.total))
            sum.recorded += amounts.recorded
            sum.adjusted += amounts.adjusted
            sum.final += payer.final
        }
        table.foot = row(
            .words(Words("合计", "Total")), "", sum.recorded, sum.adjusted, sum.final, of: year.total)
        return table
    }

    private static func row(
        _ head: ReportTable.Cell, _ code: String, _ recorded: Fen, _ adjusted: Fen, _ final: Fen, of total: Fen
    ) -> [ReportTable.Cell] {
        [
            head, .code(code), .yuan(recorded), .change(adjusted), .yuan(final),
            .figure(FigureText.share(final, of: total)),
        ]
    }

    // MARK: Whom they owe

    /// Institutions + persons + accounts + paid outside − to be recovered = what each fund pays (G-18).
    private static func payees(_ region: RegionResult) -> ReportTable {
        var table = ReportTable(
            caption: Words("\(region.zh)：应付给谁（元）", "\(region.en): to whom it is owed, in yuan (G-18)"),
            columns: [
                .text("基金", "Fund"), .figure("应付机构", "Institutions"), .figure("应付个人", "Persons"),
                .figure("应付个人账户", "Accounts"), .figure("系统外已支付", "Paid outside"),
                .figure("应退", "To be recovered"), .figure("账户直接支付", "Account use outside settlements"),
            ], isDense: true)
        var sum = FundPayees()
        for fund in region.funds {
            table.rows.append(
                row(
                    .payer(Words(fund.fund.zh, fund.fund.en), Tone(category: fund.fund.category)), fund.payees,
                    uses: 0))
            sum += fund.payees
        }
        var account = FundPayees()
        account.institutions = region.accountPayees.institutions
        account.persons = region.accountPayees.persons
        let uses = region.accountPayees.uses
        table.rows.append(row(.payer(Words("个人账户", "Personal accounts"), .account), account, uses: uses))
        sum += account
        table.foot = row(.words(Words("合计", "Total")), sum, uses: uses)
        return table
    }

    private static func row(_ head: ReportTable.Cell, _ payees: FundPayees, uses: Fen) -> [ReportTable.Cell] {
        [
            head, .yuan(payees.institutions), .yuan(payees.persons), .yuan(payees.accounts),
            .yuan(payees.paidOutside), .yuan(payees.recoverable), .yuan(uses),
        ]
    }

    // MARK: Kinds of claims

    private static func words(ofKind name: String) -> Words {
        guard let kind = ClaimKind.allCases.first(where: { "\($0)".snakeCased == name }) else { return Words(name, "") }
        let label = ExplainWords.label(kind)
        return Words(label.zh, label.en)
    }

    private static func kinds(_ region: RegionResult) -> ReportTable? {
        guard !region.kinds.isEmpty else { return nil }
        var table = ReportTable(
            caption: Words(
                "\(region.zh)：按医疗类别（元，不含第二轮）",
                "\(region.en): by kind of claim, in yuan, "
                    + "without the second round"),
            columns: [
                .text("医疗类别", "Kind"), .figure("结算", "Settlements"), .figure("总费用", "Total cost"),
                .figure("基金支付", "Paid by funds"), .figure("占比", "Share"),
            ])
        for kind in region.kinds {
            table.rows.append([
                .words(words(ofKind: kind.kind)), .count(kind.settlements), .yuan(kind.total), .yuan(kind.fund),
                .figure(FigureText.share(kind.fund, of: kind.total)),
            ])
        }
        return table
    }
}
