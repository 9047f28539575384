import Settlement

/// A CSV row being built cell by cell; each cell is written so that a spreadsheet shows it unchanged.
package struct CSVLine {
    private var bytes: [UInt8] = []

    package init() {}

    private mutating func separate() {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
    }

    /// Words (`TableColumn.Kind.text`).
    package mutating func add(_ text: String) {
        // Quoted: an unquoted empty first value would look like an empty row.
        if bytes.isEmpty, text.isEmpty {
            bytes += Array("\"\"".utf8)
        } else {
            separate()
            CSVText.append(words: text, to: &bytes)
        }
    }

    /// An id or a code (`TableColumn.Kind.id`).
    package mutating func add(id text: String) {
        if text.isEmpty { return add("") }
        separate()
        CSVText.append(id: text, to: &bytes)
    }

    package mutating func add(id: [UInt8]) { add(id: String(decoding: id, as: UTF8.self)) }

    /// A settlement's id, from its bytes.
    package mutating func add(id text: UnsafeRawBufferPointer) { add(id: String(decoding: text, as: UTF8.self)) }

    /// A person's number, which may be too long for a spreadsheet.
    package mutating func add(person number: UInt64) {
        separate()
        CSVText.append(person: number, to: &bytes)
    }

    /// A person's number at the platform, in the last cell of a row; nil: the table has no such column.
    package mutating func add(personNo text: String?) {
        if let text { add(id: text) }
    }

    package mutating func add(number: some BinaryInteger) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    package mutating func add(count: UInt64) {
        separate()
        Decimal.append(count, to: &bytes)
    }

    package mutating func add(yuan amount: Fen) {
        separate()
        YuanText.append(amount, to: &bytes)
    }

    package mutating func add(date: CalendarDate) { add(date.number == 0 ? "" : date.description) }

    /// Appends the finished row to `target` and starts a new one.
    package mutating func end(into target: inout [UInt8]) {
        target.append(contentsOf: bytes)
        target.append(UInt8(ascii: "\n"))
        bytes.removeAll(keepingCapacity: true)
    }
}
