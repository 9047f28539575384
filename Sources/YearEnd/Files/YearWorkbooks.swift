import Population
import Workbook

/// The CSV files of a run as workbooks (.xlsx).
package enum YearWorkbooks {
    /// Writes a workbook beside each CSV file of the run that is in the folder.
    package static func write(_ result: YearResult, folder: String) throws {
        for file in result.files where file.name.hasSuffix(".csv") {
            let path = folder + "/" + file.name
            guard FileBytes.exists(path) else { continue }
            try Workbook.convert(
                csv: path, file.columns, result.options.headings ?? .english,
                to: String(path.dropLast(4)) + ".xlsx")
        }
    }
}
