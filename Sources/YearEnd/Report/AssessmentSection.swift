import HTMLReport
import Settlement

/// Assisted persons' cost outside the catalogue at each institution (YE-4, YT-11).
enum AssessmentSection {
    static func write(_ result: YearResult, to page: inout HTMLWriter) {
        page.section("assessment", Words("救助对象目录外费用占比", "Assisted persons' cost outside the catalogue")) { section in
            guard !result.assessments.isEmpty else {
                return section.paragraph(
                    Words("没有救助对象的结算。", "There is no settlement of an assisted person."))
            }
            let ordered = result.assessments.sorted { left, right in
                (right.share, right.outOfCatalog, left.institution) < (left.share, left.outOfCatalog, right.institution)
            }
            table(ordered).write(to: &section)
            if ordered.count > ClearingSection.rowsMax {
                let rest = FigureText.count(ordered.count - ClearingSection.rowsMax)
                section.note(Words("……另有 \(rest) 家，见 assessment.csv。", "… and \(rest) more, see assessment.csv."))
            }
            section.note(
                Words(
                    "缺少患者知情同意的结算逐笔见 without-consent.csv。",
                    "The claims without the recorded consent are in without-consent.csv."))
        }
    }

    private static func table(_ ordered: [AssessmentResult]) -> ReportTable {
        var table = ReportTable(
            caption: Words("按占比排列（元）", "By share, in yuan (YT-11)"),
            columns: [
                .text("机构", "Institution"), .figure("结算", "Claims"), .figure("总费用", "Total cost"),
                .figure("目录外费用", "Out of catalogue"), .figure("占比", "Share"),
                .figure("无知情同意", "Without consent"),
            ])
        for cell in ordered.prefix(ClearingSection.rowsMax) {
            table.rows.append([
                .code(cell.institution.isEmpty ? FigureText.none : cell.institution), .count(cell.claims),
                .yuan(cell.total), .yuan(cell.outOfCatalog), .figure(FigureText.percent(basisPoints: cell.share)),
                .count(cell.withoutConsent),
            ])
        }
        let total = ordered.reduce(0) { $0 + $1.total }
        let outside = ordered.reduce(0) { $0 + $1.outOfCatalog }
        table.foot = [
            .words(Words("全部机构合计", "All institutions")), .count(ordered.reduce(0) { $0 + $1.claims }),
            .yuan(total), .yuan(outside), .figure(FigureText.share(outside, of: total)),
            .count(ordered.reduce(0) { $0 + $1.withoutConsent }),
        ]
        return table
    }
}
