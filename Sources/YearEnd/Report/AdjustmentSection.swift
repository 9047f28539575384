import HTMLReport
import Settlement

/// What was adjusted and why (YE-1, G-13), and recognitions against the final figures (YE-2, YT-7).
enum AdjustmentSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("adjustments", Words("调整及原因", "Adjustments by reason")) { section in
            let adjustments = result.adjustments
            if adjustments.count == 0 {
                section.paragraph(
                    Words(
                        "没有调整：按最终事实重新结算与原结算一致，或未重新结算。",
                        "Nothing was adjusted: settled again by the final facts the figures are the same, "
                            + "or nothing was settled again."))
            } else {
                section.paragraph(summary(result))
                reasons(adjustments).write(to: &section)
                section.note(
                    Words(
                        "原结算不改写；每笔调整单独记账，逐笔见 adjustments.csv。",
                        "What was settled stays as it is; each adjustment is an entry of its own, in adjustments.csv."))
            }
            writeRecoveries(result.regions, to: &section)
            writeRecognitions(result.recognitions, to: &section)
        }
    }

    private static func summary(_ result: YearResult) -> Words {
        let count = FigureText.count(result.adjustments.count)
        let persons = FigureText.count(result.adjustments.persons)
        let years = FigureText.count(result.resettled)
        return Words(
            "重新结算 \(years) 个人年度，产生 \(count) 笔调整，涉及 \(persons) 人。",
            "\(years) person-years were settled again; that gave \(count) adjustments of \(persons) persons.")
    }

    private static func reasons(_ adjustments: AdjustmentResult) -> ReportTable {
        var table = ReportTable(
            caption: Words("调整原因", "Reasons"),
            columns: [
                .text("原因", "Reason"), .figure("笔数", "Adjustments"), .figure("占比", "Share"),
                .text("含义", "Meaning"),
            ])
        for reason in adjustments.reasons {
            table.rows.append([
                .code(reason.reason), .count(reason.count),
                .figure(FigureText.share(Fen(reason.count), of: Fen(adjustments.count))),
                .words(CodeWords.adjustment(reason.reason)),
            ])
        }
        return table
    }

    /// What persons have to pay back, each for itself (G-13).
    private static func writeRecoveries(_ regions: [RegionResult], to section: inout HTMLWriter) {
        section.element("h3") { $0.say(Words("应退（按个人）", "To be recovered, person by person (G-13)")) }
        let concerned = regions.filter { $0.recoveries.persons > 0 }
        guard !concerned.isEmpty else {
            return section.paragraph(Words("没有应退。", "Nobody has anything to pay back."))
        }
        var table = ReportTable(
            caption: Words("应退（元）", "To be recovered, in yuan"),
            columns: [
                .text("统筹区", "Region"), .figure("人数", "Persons"), .figure("应退总额", "Due, gross"),
                .figure("同一人应付未拨付", "Owed to the same persons"), .figure("净应退人数", "Persons, net"),
                .figure("应退净额", "Net"),
            ])
        var sum = RecoverySums()
        for region in concerned {
            table.rows.append(row(.words(Words(region.zh, region.en)), region.recoveries))
            sum += region.recoveries
        }
        table.foot = row(.words(Words("合计", "Total")), sum)
        table.write(to: &section)
        section.note(
            Words(
                "净额逐人计算：应退减同一人应付而未拨付的部分；退回个人账户的部分不抵应退。逐人见 recoveries.csv。",
                "Net person by person: what is due less what is owed to the same person and not handed over; what was "
                    + "credited back to accounts pays no debt. Each person: recoveries.csv."))
    }

    private static func row(_ head: ReportTable.Cell, _ sums: RecoverySums) -> [ReportTable.Cell] {
        [head, .count(sums.persons), .yuan(sums.due), .yuan(sums.owed), .count(sums.netPersons), .yuan(sums.net)]
    }

    private static func writeRecognitions(_ sums: RecognitionSums, to section: inout HTMLWriter) {
        section.element("h3") { $0.say(Words("因病致贫认定与最终数字核对", "Recognitions against the final figures (YT-7)")) }
        guard sums.recognitions > 0 else {
            return section.paragraph(Words("本年度没有因病致贫认定。", "There was no recognition of the year."))
        }
        var table = ReportTable(
            caption: Words("因病致贫认定（元）", "Recognitions, in yuan"),
            columns: [
                .text("认定数", "Recognitions"), .figure("应付", "Due"), .figure("已付", "Paid"),
                .figure("待付", "Outstanding"), .figure("多付", "Overpaid"),
            ])
        table.rows = [
            [
                .count(sums.recognitions), .yuan(sums.due), .yuan(sums.paid), .yuan(sums.outstanding),
                .yuan(sums.overpaid),
            ]
        ]
        table.write(to: &section)
    }
}
