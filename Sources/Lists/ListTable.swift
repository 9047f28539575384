import Population
import Registry
import Settlement

/// One cell of a list.
enum ListCell {
    case text(String)
    /// A code of an institution, an area, a disease.
    case code(String)
    case person(UInt64)
    case count(Int)
    /// Fen; written in yuan.
    case yuan(Fen)
    /// A part of a whole, in percent; empty where the whole is nothing.
    case share(Int, of: Int)
    /// A mean with two decimals; empty where there is nothing to take it of.
    case average(Int, of: Int)
    /// Empty for `none`.
    case day(CalendarDate)
    /// A `CalendarDate.monthIndex`, as 2024-01.
    case month(Int32)
    case flag(Bool)
    /// A value in both languages.
    case word(String, chinese: String)
    case empty
}

/// A list as an office works with it, built row by row (台账, 名单, 报表): columns are data, so that every kind of file
/// can be made of it.
package struct ListTable: Sendable {
    package private(set) var columns: [TableColumn]
    /// Language of the headings and of the words in the rows.
    package let language: TableHeadings
    package private(set) var rowCount = 0
    /// The rows as lines of CSV.
    package private(set) var body: [UInt8] = []
    private var line = CSVLine()
    /// By row: where it ends in `body`, and the first person that it names.
    private var rows: [(end: Int, person: UInt64?)] = []

    init(_ columns: [TableColumn], _ language: TableHeadings) {
        self.columns = columns
        self.language = language
    }

    mutating func add(_ cells: [ListCell]) {
        precondition(cells.count == columns.count, "a row has a cell for every column")
        for cell in cells { write(cell) }
        line.end(into: &body)
        rowCount += 1
        let person = cells.lazy.compactMap { cell -> UInt64? in
            if case .person(let number) = cell { number } else { nil }
        }
        rows.append((body.count, person.first))
    }

    /// With the platform's numbers of the persons in a last column, where anybody in the list has one: that of the
    /// region, else the one recorded last.
    package func withPersonNos(_ people: PersonRegister, region: String) -> ListTable {
        if people.personNoCount == 0 { return self }
        let nos = rows.map { row in row.person.map { people.personNo(of: $0, inRegion: region) } ?? "" }
        guard nos.contains(where: { !$0.isEmpty }) else { return self }
        var named = self
        named.columns.append(.personNo)
        named.body.removeAll(keepingCapacity: true)
        var start = 0
        for (index, no) in nos.enumerated() {
            // Without the end of the line.
            named.body += body[start..<rows[index].end - 1]
            named.body.append(UInt8(ascii: ","))
            CSVText.append(id: no, to: &named.body)
            named.body.append(UInt8(ascii: "\n"))
            named.rows[index].end = named.body.count
            start = rows[index].end
        }
        return named
    }

    /// The headings and the rows as CSV, without the mark of UTF-8.
    package var csv: String {
        var bytes: [UInt8] = []
        CSVText.appendRow(columns.map { $0.heading(language) }, to: &bytes)
        return String(decoding: bytes + body, as: UTF8.self)
    }

    private mutating func write(_ cell: ListCell) {
        switch cell {
        case .text(let text): line.add(text)
        case .code(let code): line.add(id: code)
        case .person(let number): line.add(person: number)
        case .count(let count): line.add(number: count)
        case .yuan(let amount): line.add(yuan: amount)
        case .share(_, of: 0), .average(_, of: 0), .empty: line.add("")
        case .share(let part, let whole): addHundredths(part * 100, of: whole)
        case .average(let sum, let count): addHundredths(sum, of: count)
        case .day(let day): line.add(date: day)
        case .month(let month): line.add(monthText(month))
        case .flag(let flag): line.add(language == .chinese ? (flag ? "是" : "否") : (flag ? "yes" : "no"))
        case .word(let english, let chinese): line.add(language == .chinese ? chinese : english)
        }
    }

    /// A quotient with two decimals, half up, as an amount of yuan has them.
    private mutating func addHundredths(_ part: Int, of whole: Int) {
        line.add(yuan: (Fen(part) * 200 + Fen(whole)) / (2 * Fen(whole)))
    }
}
