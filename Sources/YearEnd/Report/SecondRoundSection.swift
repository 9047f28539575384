import HTMLReport
import Settlement

/// Each region's second round out of its surplus (YE-2, SY-4).
enum SecondRoundSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("second-round", Words("补充保险第二轮", "Second round out of the surplus")) { section in
            guard !result.secondRounds.isEmpty else {
                return section.paragraph(
                    Words("本次没有第二轮：未给定结余。", "There was no second round: no surplus was given."))
            }
            var table = ReportTable(
                caption: Words("第二轮（元）", "Second round, in yuan"),
                columns: [
                    .text("统筹区", "Region"), .figure("结余", "Surplus"), .figure("结算", "Settlements"),
                    .figure("首轮未付", "Unpaid by round one"), .figure("此前已付", "Paid before"),
                    .figure("其中应退", "To be recovered of it"), .figure("本次支付", "Paid now"),
                    .figure("支付比例", "Paid of unpaid"), .figure("结余剩余", "Surplus left"),
                    .figure("余分分配", "Got a remaining fen"),
                ])
            for round in result.secondRounds {
                let paid = round.paidBefore - round.excess + round.paid
                table.rows.append([
                    .words(name(of: round.region, result)), .yuan(round.surplus), .count(round.settlements),
                    .yuan(round.unpaid), .yuan(round.paidBefore), .yuan(round.excess), .yuan(round.paid),
                    .figure(FigureText.share(paid, of: round.unpaid)), .yuan(round.surplus - paid),
                    .count(round.remainders),
                ])
            }
            table.write(to: &section)
            section.note(
                Words(
                    "结余减去此前已付，按尚未支付金额的比例分配，精确到分；不足一分的余数按最大余数逐分分配。"
                        + "每笔支付记入台账，付给个人，在各统筹区合计中减少个人现金。",
                    "The surplus, less what was paid before, is divided in proportion to what is still unpaid, to the "
                        + "fen; the fen that remain go one each to the largest remainders. Each payment is an entry of "
                        + "the ledger, owed to the person; in the regions' totals it lessens their cash."))
        }
    }

    private static func name(of region: String, _ result: YearResult) -> Words {
        guard let found = result.regions.first(where: { $0.region == region }) else { return Words(region, "") }
        return Words(found.zh, found.en)
    }
}
