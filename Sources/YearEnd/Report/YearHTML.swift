import HTMLReport
import Settlement

/// The director's report of a year's end: one HTML file that needs nothing else, in Chinese and English.
///
/// Shows sums and counts only: no person's number, no name (G-14).
package enum YearHTML {
    package static let fileName = "report.html"

    /// The report's bytes: the same for the same result.
    package static func write(_ result: YearResult) -> [UInt8] {
        let title = "\(result.year) 年度医保清算报告 · Year-end settlement report"
        return HTMLWriter.page(title: title, styles: [StyleSheet.text]) { body in
            HeadSection.write(result, to: &body)
            body.element("main") { main in
                RegionSection.write(result, to: &main)
                AdjustmentSection.write(result, to: &main)
                SecondRoundSection.write(result, to: &main)
                ClearingSection.write(result, to: &main)
                MonitoringSection.write(result, to: &main)
                AssessmentSection.write(result, to: &main)
                AccountSection.write(result, to: &main)
                RegisterSection.write(result, to: &main)
                RefusalSection.write(result, to: &main)
                FileSection.write(result, to: &main)
                InputSection.write(result, to: &main)
            }
        }
    }

    /// Writes the report into a run's folder and lists it with the other files.
    static func write(_ result: inout YearResult, into folder: RunFolder) throws {
        result.files.append(FileResult(name: fileName, rows: 0))
        try FileBytes.write(folder.file(fileName), write(result))
    }
}
