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
                    .figure("首轮未付", "Unpaid by round one"), .figure("第二轮支付", "Paid"),
                    .figure("支付比例", "Paid of unpaid"), .figure("结余剩余", "Surplus left"),
                    .figure("余分分配", "Got a remaining fen"),
                ])
            for round in result.secondRounds {
                table.rows.append([
                    .words(name(of: round.region, result)), .yuan(round.surplus), .count(round.settlements),
                    .yuan(round.unpaid), .yuan(round.paid), .figure(FigureText.share(round.paid, of: round.unpaid)),
                    .yuan(round.surplus - round.paid), .count(round.remainders),
                ])
            }
            table.write(to: &section)
            section.note(
                Words(
                    "结余按首轮未付金额的比例分配，精确到分；不足一分的余数按最大余数逐分分配。"
                        + "支付给个人，在上表中减少个人现金。",
                    "The surplus is divided in proportion to what round one left unpaid, to the fen; the fen that "
                        + "remain go one each to the largest remainders. It is paid to the persons, so it lessens "
                        + "their cash above."))
        }
    }

    private static func name(of region: String, _ result: YearResult) -> Words {
        guard let found = result.regions.first(where: { $0.region == region }) else { return Words(region, "") }
        return Words(found.zh, found.en)
    }
}
