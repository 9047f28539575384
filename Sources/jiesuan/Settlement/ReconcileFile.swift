import Client
import Ledger
import Policy
import Population
import Settlement

/// An institution's own rows as a CSV file (对明细账).
enum ReconcileFile {
    static let columns: [TableColumn] = [
        TableColumn("settlement_id", "结算编号", .id), TableColumn("is_reversal", "撤销", .number),
        TableColumn("total", "医疗费总额", .yuan), TableColumn("fund_total", "基金支付", .yuan),
        TableColumn("account_total", "个人账户支付", .yuan), TableColumn("cash", "现金支付", .yuan), person,
    ]
    /// Only of account use outside settlements, which is known by the request's id and the account's owner (CQ-31).
    private static let person = TableColumn("person", "人员编号", .id)

    /// What the file holds: rows, and rows that cannot be read.
    struct Contents {
        var rows: [RemoteRow] = []
        var problems: [RowProblem] = []
    }

    /// Reads all rows; one that cannot be read is told, and the others are compared without it.
    static func read(_ path: String) throws -> Contents {
        var reader = try TableReader(
            try FileSource(path: path), columns.map { FileColumn($0.name, $0.chinese, isRequired: $0 != person) },
            kind: "an institution's books", help: "`jiesuan reconcile --help` explains them")
        var contents = Contents()
        while true {
            switch try reader.next() {
            case .end: return contents
            case .bad(let problem): contents.problems.append(problem)
            case .row:
                do throws(RowProblem) { contents.rows.append(try row(reader)) } catch {
                    contents.problems.append(error)
                }
            }
            guard contents.rows.count + contents.problems.count <= Ledger.reconcileRowsMax else {
                throw FileProblem(path: path, reason: "more than \(Ledger.reconcileRowsMax) rows: ask for fewer days")
            }
        }
    }

    private static func row(_ reader: TableReader<FileSource>) throws(RowProblem) -> RemoteRow {
        let id = reader.text(0)
        func problem(_ column: Int, _ message: String) -> RowProblem {
            RowProblem(
                line: reader.cells.line, id: column == 0 ? "" : id, column: columns[column].name,
                value: reader.text(column), message: message)
        }
        func amount(_ column: Int) throws(RowProblem) -> Fen {
            do throws(YuanText.Problem) { return try YuanText.fen(reader.text(column)) } catch {
                throw problem(column, error.message)
            }
        }
        if id.isEmpty { throw problem(0, "is empty; each row names the settlement that it is of") }
        if SpreadsheetText.isScientific(id.utf8) { throw problem(0, SpreadsheetText.scientificMessage) }
        if SpreadsheetText.hasControl(id.utf8) { throw problem(0, SpreadsheetText.controlMessage) }
        if id.utf8.count > SettlementEntry.idBytesMax {
            throw problem(0, "longer than \(SettlementEntry.idBytesMax) bytes, so it is no settlement's id; correct it")
        }
        guard let flag = Words.flag.first(where: { $0.1.contains(reader.text(1)) })?.0 else {
            throw problem(1, "write 1 (是) for a reversal, 0 (否) for a settlement")
        }
        guard let person = reader.text(6).isEmpty ? 0 : UInt64(reader.text(6)) else {
            throw problem(6, "is no person's number; empty: the row is a settlement")
        }
        return RemoteRow(
            id: id, isReversal: flag, person: person, total: try amount(2), fundTotal: try amount(3),
            accountTotal: try amount(4), cash: try amount(5))
    }
}
