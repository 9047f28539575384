import Population
import Workbook

/// The CSV files of a run as workbooks (.xlsx).
package enum YearWorkbooks {
    /// Writes a workbook beside each CSV file of the run that is in the folder.
    ///
    /// - Parameter headings: of the workbooks; nil: those of the files.
    package static func write(_ result: YearResult, folder: String, headings: TableHeadings? = nil) throws {
        for file in result.files where file.name.hasSuffix(".csv") {
            let path = folder + "/" + file.name
            guard FileBytes.exists(path) else { continue }
            try Workbook.convert(
                csv: path, file.columns, headings ?? result.options.headings ?? .english,
                to: String(path.dropLast(4)) + ".xlsx")
        }
    }
}
