import ArgumentParser
import Foundation
import Ledger
import LedgerStore
import Policy
import Population
import Registry
import Text

struct LedgerExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write everything that was booked, and the register, as CSV files or as a plain SQLite file.",
        discussion: """
            Booked: \(ExportTable.booked.map(\.name).joined(separator: ", ")).
            Rows that belong together have the same sequence. The register, with every record that was ever made
            (superseded_by is empty for what stands): \(RegisterExport.tables.map(\.name).joined(separator: ", ")).
            Amounts are in yuan in CSV, in fen in SQLite. Also while a server has the ledger open.

            EXAMPLES:
              jiesuan ledger export ./ledger.db --csv ./rows
              jiesuan ledger export ./ledger.db --sqlite ./rows.db

            \(Exit.help)
            """)

    @Argument(help: "File of the ledger.") var path: String
    @Option(help: ArgumentHelp("Folder of the CSV files; made where there is none.", valueName: "DIR")) var csv: String?
    @Option(help: ArgumentHelp("The SQLite file; there must be no such file yet.", valueName: "FILE"))
    var sqlite: String?

    private static var tables: [ExportTable] { ExportTable.booked + RegisterExport.tables }

    func validate() throws {
        guard (csv == nil) != (sqlite == nil) else { throw ValidationError("Name --csv DIR or --sqlite FILE.") }
    }

    func run() throws {
        let store = try SQLiteStore(path: path, mode: .readOnly)
        if let csv {
            try export(store, to: try ExportFolder(csv, Self.tables))
        } else if let sqlite {
            try refuseExisting(sqlite)
            // Gets its own name only when it is complete.
            let draft = sqlite + ".partial"
            for suffix in ["", "-journal"] { try? FileManager.default.removeItem(atPath: draft + suffix) }
            try export(store, to: try ExportDatabase(path: draft, tables: Self.tables))
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
        try RegisterExport(exporter.registry, sink).run()
        try sink.finish()
        progress.finish(blocks)
        let parts = [
            counted(exporter.settlements, "settlement", isGrouped: true), counted(exporter.reversals, "reversal"),
            counted(exporter.bookedBesides, "entry", "entries") + " besides",
            counted(exporter.registry.people.count, "person", isGrouped: true),
        ]
        print("\(csv ?? sqlite ?? ""): \(parts.joined(separator: ", "))")
    }
}

/// Refuses to overwrite an existing file.
func refuseExisting(_ path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
        throw Failure(.file, "\(path) exists already; name another one, or move it away")
    }
}
