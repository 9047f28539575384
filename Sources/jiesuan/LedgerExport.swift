import ArgumentParser
import Foundation
import Ledger
import Policy
import Population

struct LedgerExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write settlements and reversals as CSV files or as a plain SQLite file.",
        discussion: """
            Tables: \(ExportTable.allCases.map(\.rawValue).joined(separator: ", ")); rows of one settlement have its
            sequence. Amounts are in yuan in CSV, in fen in SQLite. Also while a server has the ledger open.

            EXAMPLES:
              jiesuan ledger export ./ledger.db --csv ./rows
              jiesuan ledger export ./ledger.db --sqlite ./rows.db

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger.") var path: String
    @Option(help: ArgumentHelp("Folder of the CSV files; made where there is none.", valueName: "DIR")) var csv: String?
    @Option(help: ArgumentHelp("The SQLite file; there must be no such file yet.", valueName: "FILE"))
    var sqlite: String?

    func validate() throws {
        guard (csv == nil) != (sqlite == nil) else { throw ValidationError("Name --csv DIR or --sqlite FILE.") }
    }

    func run() throws {
        let store = try SQLiteStore(path: path, mode: .readOnly)
        if let csv {
            try export(store, to: try ExportFolder(csv))
        } else if let sqlite {
            try refuseExisting(sqlite)
            // Under its own name only when it is complete.
            let draft = sqlite + ".partial"
            for suffix in ["", "-journal"] { try? FileManager.default.removeItem(atPath: draft + suffix) }
            try export(store, to: try ExportDatabase(path: draft))
            do { try FileManager.default.moveItem(atPath: draft, toPath: sqlite) } catch {
                throw Failure(.file, "\(sqlite): cannot finish: \(error.localizedDescription)")
            }
        }
    }

    private func export(_ store: SQLiteStore, to sink: any ExportSink) throws {
        let last = try store.lastSequence()
        let progress = Progress("blocks")
        let exporter = try Exporter(store: store, to: sink)
        var blocks = 0
        try exporter.run { done in
            blocks = done
            progress.show(done, share: Double(done) / Double(max(1, last)))
        }
        progress.finish(blocks)
        let settlements = MoneyText.grouped(UInt64(exporter.settlements))
        print("\(csv ?? sqlite ?? ""): \(settlements) settlements, \(exporter.reversals) reversals")
    }
}

/// Refuses to overwrite what is there.
func refuseExisting(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
        throw Failure(.file, "\(path) exists already; name another one, or move it away")
    }
}

/// A folder with one CSV file for each table, UTF-8.
private struct ExportFolder: ExportSink {
    private let files: [ExportTable: FileSink]

    init(_ folder: String) throws {
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw Failure(.file, "\(folder): cannot make the folder: \(error.localizedDescription)")
        }
        let paths = ExportTable.allCases.map { ($0, "\(folder)/\($0.rawValue).csv") }
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
