import CXlsxWriter
import Population
import Settlement

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A table as a workbook (.xlsx): ids and words are text cells, amounts and counts numbers, days dates; the
/// header line is frozen. Rows are passed as lines of the same table's CSV file.
///
/// Memory does not grow with the rows. A table longer than a sheet continues on the next one. The same rows give
/// the same bytes. The file gets its name in `finish()`; until then it is `PATH.partial`.
package final class Workbook {
    /// Rows of a sheet, header included: the format's limit.
    private static let sheetRowsMax = 1 << 20
    /// Digits that a spreadsheet's number stores exactly; a longer whole number is written as text.
    private static let digitsMax = 15
    /// Characters of a sheet's name, less those of a further sheet's number.
    private static let nameCharactersMax = 26
    /// The creation time of every file, fixed so that the same rows give the same bytes: 2000-01-01.
    private static let created = 946_684_800

    private let path: String
    private let columns: [TableColumn]
    private let headings: TableHeadings
    private let sheetName: String
    private let sheetRowsMax: Int
    private var book: UnsafeMutablePointer<lxw_workbook>?
    private var sheet: UnsafeMutablePointer<lxw_worksheet>?
    private var sheets: [UnsafeMutablePointer<lxw_worksheet>] = []
    private var nextRow: UInt32 = 0
    private let bold: UnsafeMutablePointer<lxw_format>?
    private let money: UnsafeMutablePointer<lxw_format>?
    private let day: UnsafeMutablePointer<lxw_format>?
    private let text: UnsafeMutablePointer<lxw_format>?

    /// - Parameters:
    ///   - sheet: name of the sheet; characters that a sheet's name may not have become "-".
    ///   - sheetRowsMax: rows of a sheet, header included; tests use fewer.
    package init(
        path: String, sheet name: String, _ columns: [TableColumn], _ headings: TableHeadings,
        sheetRowsMax: Int = Workbook.sheetRowsMax
    ) throws(FileProblem) {
        self.path = path
        self.columns = columns
        self.headings = headings
        self.sheetRowsMax = sheetRowsMax
        sheetName = String(name.map { "[]:*?/\\'".contains($0) ? "-" : $0 }.prefix(Self.nameCharactersMax))
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard FileIdentity(path: path)?.isRegular ?? true else {
            throw FileProblem(path: path, reason: "is no file, which a workbook needs; name another one")
        }
        // The library creates the file at the end only; opening it here finds an unwritable path at once.
        let descriptor = open(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileProblem(path: path, doing: "create") }
        close(descriptor)
        book = folder.withCString { folder in
            var options = lxw_workbook_options()
            options.constant_memory = 1
            options.tmpdir = UnsafeMutablePointer(mutating: folder)
            options.use_zip64 = 0
            return workbook_new_opt(path + ".partial", &options)
        }
        bold = workbook_add_format(book)
        format_set_bold(bold)
        money = workbook_add_format(book)
        format_set_num_format(money, "0.00")
        day = workbook_add_format(book)
        format_set_num_format(day, "yyyy-mm-dd")
        text = workbook_add_format(book)
        format_set_num_format(text, "@")
        var properties = lxw_doc_properties()
        properties.created = Self.created
        workbook_set_properties(book, &properties)
        try beginSheet()
    }

    deinit {
        if book != nil {
            workbook_close(book)
            unlink(path + ".partial")
        }
    }

    private func beginSheet() throws(FileProblem) {
        let name = sheets.isEmpty ? sheetName : "\(sheetName) \(sheets.count + 1)"
        guard let sheet = workbook_add_worksheet(book, name) else {
            throw FileProblem(path: path, reason: "cannot add a sheet \"\(name)\"")
        }
        self.sheet = sheet
        sheets.append(sheet)
        for (index, column) in columns.enumerated() {
            let number = UInt16(index)
            worksheet_set_column(sheet, number, number, Self.width(column), column.kind == .id ? text : nil)
        }
        for (index, column) in columns.enumerated() {
            try check(worksheet_write_string(sheet, 0, UInt16(index), column.heading(headings), bold))
        }
        worksheet_freeze_panes(sheet, 1, 0)
        nextRow = 1
    }

    /// The width of a column in characters.
    private static func width(_ column: TableColumn) -> Double {
        switch column.kind {
        case .text: 18
        case .id: 22
        case .yuan: 16
        case .number, .decimal: 10
        case .date: 12
        }
    }

    /// Appends rows that are written as lines of a CSV file, without a header.
    package func append(csv bytes: [UInt8]) throws(FileProblem) { try append(MemorySource(bytes), hasHeader: false) }

    private func append(_ source: some ByteSource, hasHeader: Bool) throws(FileProblem) {
        var reader = CSVReader(source)
        var row = CSVRow()
        var isHeader = hasHeader
        while true {
            switch try reader.next(&row) {
            case .end: return
            case .bad(let reason): throw FileProblem(path: path, reason: "line \(row.line): \(reason)")
            case .row:
                if !isHeader { try append(row) }
                isHeader = false
            }
        }
    }

    private func append(_ row: CSVRow) throws(FileProblem) {
        if Int(nextRow) == sheetRowsMax { try beginSheet() }
        for index in 0..<min(row.count, columns.count) where !row.range(index).isEmpty {
            try write(row.text(index), columns[index].kind, UInt16(index))
        }
        nextRow += 1
    }

    private func write(_ value: String, _ kind: TableColumn.Kind, _ column: UInt16) throws(FileProblem) {
        switch kind {
        case .yuan, .decimal:
            // A double nearest to an amount of up to 2^53 fen is shown exactly.
            if let fen = try? YuanText.fen(value), fen.magnitude <= 1 << 53 {
                return try check(worksheet_write_number(sheet, nextRow, column, Double(fen) / 100, money))
            }
        case .number:
            if value.utf8.count <= Self.digitsMax, let number = Int64(value) {
                return try check(worksheet_write_number(sheet, nextRow, column, Double(number), nil))
            }
        case .date:
            if let date = try? DateText.date(value) {
                var time = lxw_datetime()
                time.year = date.year
                time.month = date.month
                time.day = date.day
                return try check(worksheet_write_datetime(sheet, nextRow, column, &time, day))
            }
        case .text, .id: break
        }
        try check(worksheet_write_string(sheet, nextRow, column, value, kind == .id ? text : nil))
    }

    private func check(_ error: lxw_error) throws(FileProblem) {
        if error == LXW_NO_ERROR { return }
        throw FileProblem(path: path, reason: "row \(nextRow + 1): \(String(cString: lxw_strerror(error)))")
    }

    /// Writes the file and gives it its name once it is complete.
    package func finish() throws(FileProblem) {
        try checkRows()
        errno = 0
        let error = workbook_close(book)
        book = nil
        guard error == LXW_NO_ERROR else {
            let reason = errno == 0 ? String(cString: lxw_strerror(error)) : String(cString: strerror(errno))
            unlink(path + ".partial")
            throw FileProblem(path: path, reason: "cannot write: \(reason)")
        }
        if rename(path + ".partial", path) != 0 { throw FileProblem(path: path, doing: "finish") }
    }

    /// Checks the library's temporary files of rows beside the workbook. It ignores failures to write them: a full
    /// disk would truncate the table. Checks the free space for the next step too:
    /// the library copies each file and compresses the copies.
    private func checkRows() throws(FileProblem) {
        var bytes = 0
        for sheet in sheets {
            guard let rows = sheet.pointee.optimize_tmpfile else { continue }
            guard fflush(rows) == 0, ferror(rows) == 0 else { throw FileProblem(path: path, doing: "write") }
            bytes += max(0, ftell(rows))
        }
        var disk = statvfs()
        guard statvfs(path + ".partial", &disk) == 0 else { throw FileProblem(path: path, doing: "write") }
        if Int(disk.f_bavail) * Int(disk.f_frsize) < 2 * bytes {
            throw FileProblem(path: path, reason: "cannot write: the disk has no room for \(2 * bytes) bytes")
        }
    }

    /// Writes the table of a CSV file that the program wrote, with its header, as a workbook beside it.
    ///
    /// - Parameter columns: of the table; empty: those of its header line, all of them words.
    package static func convert(
        csv: String, _ columns: [TableColumn], _ headings: TableHeadings, to path: String
    ) throws(FileProblem) {
        var columns = columns
        if columns.isEmpty {
            var header = CSVRow()
            var reader = CSVReader(try FileSource(path: csv))
            if try reader.next(&header) == .row {
                columns = (0..<header.count).map { TableColumn(header.text($0), header.text($0)) }
            }
        }
        let file = csv.split(separator: "/").last.map(String.init) ?? csv
        let name = file.hasSuffix(".csv") ? String(file.dropLast(4)) : file
        let book = try Workbook(path: path, sheet: name, columns, headings)
        try book.append(try FileSource(path: csv), hasHeader: true)
        try book.finish()
    }
}
