import Foundation
import Ledger
import Population

/// A folder with one CSV file for each table, UTF-8.
struct ExportFolder: ExportSink {
    private let files: [ExportTable: FileSink]

    init(_ folder: String, _ tables: [ExportTable]) throws {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw Failure(.file, "\(folder): cannot make the folder: \(error.localizedDescription)")
        }
        let paths = tables.map { ($0, "\(folder)/\($0.name).csv") }
        for (_, path) in paths { try refuseExisting(path) }
        var files: [ExportTable: FileSink] = [:]
        for (table, path) in paths {
            let file = try FileSink(path: path)
            file.bytes += CSVText.mark
            CSVText.appendRow(table.columns, to: &file.bytes)
            files[table] = file
        }
        self.files = files
    }

    func add(_ values: [ExportValue], to table: ExportTable) throws {
        guard let file = files[table] else { return }
        var row = CSVLine()
        for value in values {
            switch value {
            case .text(let text): row.add(id: text)
            // A person's number may be too long for a spreadsheet.
            case .number(let number): row.add(id: "\(number)")
            case .money(let amount): row.add(yuan: amount)
            case .none: row.add("")
            }
        }
        row.end(into: &file.bytes)
        try file.flushIfFull()
    }

    func finish() throws {
        for file in files.values { try file.finish() }
    }
}
