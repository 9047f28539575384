import Client
import Ledger
import Policy
import Population
import Registry
import Settlement
import Text

/// An institution's own rows (对明细账): a CSV file in our columns, or the platform's file of 3202, zipped or not.
///
/// In the platform's file a refund is a negative row, beside the positive one of the refunded settlement;
/// `refd_setl_flag` is set in both. A flagged row without a negative one of its id is a refund whose amounts are
/// written positive.
struct ReconcileFile {
    static let columns: [TableColumn] = [
        TableColumn("settlement_id", "结算编号", .id), TableColumn("is_reversal", "撤销", .number),
        TableColumn("total", "医疗费总额", .yuan), TableColumn("fund_total", "基金支付", .yuan),
        TableColumn("account_total", "个人账户支付", .yuan), TableColumn("cash", "现金支付", .yuan),
        // Only for account use outside settlements, identified by the request's id and the account's owner (CQ-31).
        TableColumn("person", "人员编号", .id), TableColumn("visit", "就诊编号", .id), TableColumn("note", "备注"),
        TableColumn("person_no", "平台人员编号", .id), TableColumn("person_region", "平台人员编号统筹区"),
    ]
    private static let needed: Set<String> = ["settlement_id", "is_reversal", "total", "fund_total", "account_total"]

    private(set) var rows: [BookRow] = []
    /// Number of unreadable rows.
    private(set) var problems: [RowProblem] = []
    /// Whether the rows are the platform's, with `psn_no` in each, of settlements too.
    let isPlatform: Bool

    private enum Column: Int {
        case id, isReversal, total, fundTotal, accountTotal, cash, person, visit, note, personNo, personRegion
    }

    private var reader: TableReader<MemorySource>
    /// Lines added before the file's first one: a header, if the file has none.
    private let linesAdded: Int

    /// Reads all rows; an unreadable one is reported, and left out of the comparison.
    init(_ path: String) throws {
        let bytes = try BookBytes(path)
        linesAdded = bytes.hasHeader ? 0 : 1
        reader = try TableReader(
            MemorySource(bytes.bytes),
            Self.columns.map { FileColumn($0.name, $0.chinese, in: .books, isRequired: Self.needed.contains($0.name)) },
            kind: "an institution's books", help: "`jiesuan reconcile --help` explains them")
        isPlatform = reader.headings[Column.isReversal.rawValue] == "refd_setl_flag"
        try readRows(path)
        judgeFlagged()
    }

    private mutating func readRows(_ path: String) throws {
        while true {
            switch try reader.next() {
            case .end: return
            case .bad(let problem): add(problem)
            case .row:
                do throws(RowProblem) { rows.append(try row()) } catch { add(error) }
            }
            guard rows.count + problems.count <= Ledger.reconcileRowsMax else {
                throw FileProblem(path: path, reason: "more than \(Ledger.reconcileRowsMax) rows: ask for fewer days")
            }
        }
    }

    private mutating func add(_ problem: RowProblem) {
        var problem = problem
        problem.line -= linesAdded
        problems.append(problem)
    }

    /// Treats a flagged row as a refund if no negative row refunds its settlement.
    private mutating func judgeFlagged() {
        let given = Set(rows.lazy.filter(\.isNegative).map(\.row.id))
        for index in rows.indices where rows[index].isFlagged && !given.contains(rows[index].row.id) {
            rows[index].row.isReversal = true
        }
    }

    // MARK: One row

    private func text(_ column: Column) -> String {
        let text = reader.text(column.rawValue)
        // The platform's word for an empty value.
        return text == "null" ? "" : text
    }

    private func problem(_ column: Column, _ message: String) -> RowProblem {
        RowProblem(
            line: reader.cells.line, id: column == .id ? "" : text(.id), column: Self.columns[column.rawValue].name,
            value: reader.text(column.rawValue), message: message)
    }

    private func row() throws(RowProblem) -> BookRow {
        let id = try id()
        let isFlagged = try flag()
        let amounts = BookAmounts(
            total: try amount(.total), fundTotal: try amount(.fundTotal), accountTotal: try amount(.accountTotal),
            cash: reader.positions[Column.cash.rawValue] < 0 ? nil : try amount(.cash))
        if amounts.isMixed {
            throw problem(.total, "the row has amounts below 0 and above; a refund's are all of one sign, correct it")
        }
        if amounts.isNegative, !isPlatform, !isFlagged {
            throw problem(.total, "is below 0, and is_reversal says that nothing was given back; write 1 there")
        }
        let isReversal = isPlatform ? amounts.isNegative : isFlagged
        let owner = try owner()
        var row = amounts.row(id, isReversal: isReversal, person: owner.number)
        (row.personNo, row.personRegion) = (owner.no, owner.region)
        if row.cash < 0 { throw problem(.fundTotal, "funds and accounts paid more than the total; correct the row") }
        return BookRow(
            row: row, visit: text(.visit), person: text(.person), flag: text(.isReversal),
            isNegative: amounts.isNegative, isFlagged: isPlatform && isFlagged)
    }

    private func id() throws(RowProblem) -> String {
        let id = text(.id)
        if id.isEmpty { throw problem(.id, "is empty; each row names the settlement that it is of") }
        if SpreadsheetText.isScientific(id.utf8) { throw problem(.id, SpreadsheetText.scientificMessage) }
        if SpreadsheetText.hasControl(id.utf8) { throw problem(.id, SpreadsheetText.controlMessage) }
        if id.utf8.count > SettlementEntry.idBytesMax {
            throw problem(
                .id, "longer than \(SettlementEntry.idBytesMax) bytes, so it is no settlement's id; correct it")
        }
        return id
    }

    /// Whether the row is a reversal, or in the platform's words a refunded settlement.
    private func flag() throws(RowProblem) -> Bool {
        let text = text(.isReversal)
        if isPlatform {
            if text.allSatisfy({ $0 == "0" }) { return false }
            if text.last == "1", text.dropLast().allSatisfy({ $0 == "0" }) { return true }
            throw problem(.isReversal, "write 000 or 0, of a refund 001 or 1")
        }
        if let flag = Words.flag.first(where: { $0.1.contains(text) })?.0 { return flag }
        throw problem(.isReversal, "write 1 (是) for a reversal, 0 (否) for a settlement")
    }

    private func amount(_ column: Column) throws(RowProblem) -> Fen {
        do throws(YuanText.Problem) { return try YuanText.fen(text(column)) } catch {
            throw problem(column, error.message)
        }
    }

    /// Owner of the account, for a row of account use in our columns; 0 and no text: a settlement.
    private func owner() throws(RowProblem) -> PersonName {
        if isPlatform { return 0 }
        let (text, no) = (text(.person), text(.personNo))
        var name: PersonName = 0
        if !text.isEmpty {
            guard let told = PersonName(digits: text) else {
                throw problem(.person, "is no person's number; empty: the row is a settlement")
            }
            name = told
        }
        if !no.isEmpty {
            guard PersonNo(no) != nil else { throw problem(.personNo, PersonNo.explanation) }
            guard name.no.isEmpty || name.no == no else {
                throw problem(.personNo, "is not the number in person; say one of the two")
            }
            name.no = no
        }
        name.region = self.text(.personRegion)
        return name
    }
}
