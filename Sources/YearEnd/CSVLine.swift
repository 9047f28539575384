import Population
import Settlement

/// One row of a CSV file on its way to it.
struct CSVLine {
    private var bytes: [UInt8] = []

    private mutating func separate() {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
    }

    mutating func add(_ text: String) {
        // An empty first value would not be told from none.
        if bytes.isEmpty, text.isEmpty { bytes += Array("\"\"".utf8) } else {
            separate()
            CSVText.append(text, to: &bytes)
        }
    }

    mutating func add(id: [UInt8]) { add(String(decoding: id, as: UTF8.self)) }

    mutating func add(number: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(yuan amount: Fen) {
        separate()
        YuanText.append(amount, to: &bytes)
    }

    mutating func add(date: CalendarDate) { add(date.number == 0 ? "" : date.description) }

    /// A text that needs no quotes: a settlement's id, which has neither blanks nor, from a file, more than a mark.
    mutating func add(plain text: UnsafeRawBufferPointer) {
        let needsQuotes = text.isEmpty || text.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        if needsQuotes { return add(String(decoding: text, as: UTF8.self)) }
        separate()
        bytes.append(contentsOf: text)
    }

    mutating func add(count: UInt64) {
        separate()
        Decimal.append(count, to: &bytes)
    }

    /// Ends the row; the line begins anew.
    mutating func end(to writer: RunWriter) {
        writer.bytes.append(contentsOf: bytes)
        writer.bytes.append(UInt8(ascii: "\n"))
        bytes.removeAll(keepingCapacity: true)
    }
}

/// Rows that were not settled, as results list them.
enum Refused {
    static let columns = ["line_or_number", "id", "code", "field", "rule", "message"]

    static func append(_ problem: RowProblem, to writer: RunWriter) throws(RunProblem) {
        var row = CSVLine()
        row.add(number: problem.line)
        row.add(problem.id)
        row.add(problem.code)
        row.add(problem.column)
        row.add(problem.rule)
        row.add(problem.message)
        row.end(to: writer)
        try writer.flushIfFull()
    }
}
