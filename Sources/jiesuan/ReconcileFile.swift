import Client
import Ledger
import Population
import Settlement

/// An institution's own rows as a CSV file.
enum ReconcileFile {
    /// Characters of a value that a complaint repeats.
    private static let valueShownMax = 40
    static let columns = ["settlement_id", "is_reversal", "total", "fund_total", "account_total", "cash"]

    /// All rows; a file with a row that cannot be read is refused as a whole: without it nothing would balance.
    static func read(_ path: String) throws -> [RemoteRow] {
        var reader = CSVReader(try FileSource(path: path))
        var cells = CSVRow()
        guard try reader.next(&cells) == .row else { throw problem(path, cells, "names no columns") }
        let header = (0..<cells.count).map { cells.text($0) }
        let places = try columns.map { name in
            guard let place = header.firstIndex(of: name) else {
                throw problem(path, cells, "column \"\(name)\" is missing; add it")
            }
            return place
        }
        var rows: [RemoteRow] = []
        while true {
            switch try reader.next(&cells) {
            case .end: return rows
            case .bad(let reason): throw problem(path, cells, reason)
            case .row: break
            }
            guard cells.count == header.count else {
                throw problem(path, cells, "has \(cells.count) values, the header \(header.count) columns")
            }
            guard rows.count < Ledger.reconcileRowsMax else {
                throw problem(path, cells, "more than \(Ledger.reconcileRowsMax) rows: ask for fewer days")
            }
            rows.append(try row(path, cells, places))
        }
    }

    private static func row(_ path: String, _ cells: CSVRow, _ places: [Int]) throws -> RemoteRow {
        func amount(_ column: Int) throws -> Fen {
            let text = cells.text(places[column])
            do throws(YuanText.Problem) {
                return try YuanText.fen(text)
            } catch {
                let value = text.prefix(valueShownMax)
                throw problem(path, cells, "column \(columns[column]), value \"\(value)\": \(error.message)")
            }
        }
        let flag = cells.text(places[1])
        guard ["", "0", "1"].contains(flag) else {
            throw problem(path, cells, "column is_reversal, value \"\(flag)\": write 0 or 1")
        }
        return RemoteRow(
            id: cells.text(places[0]), isReversal: flag == "1", total: try amount(2), fundTotal: try amount(3),
            accountTotal: try amount(4), cash: try amount(5))
    }

    private static func problem(_ path: String, _ cells: CSVRow, _ reason: String) -> FileProblem {
        FileProblem(path: path, reason: "line \(cells.line): \(reason)")
    }
}
