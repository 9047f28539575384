/// A column of a table for spreadsheets (表格的一列): its names and the kind of its cells.
package struct TableColumn: Equatable, Codable, Sendable {
    /// The kind of a cell's value; decides how it is written so that a spreadsheet shows it unchanged.
    package enum Kind: String, Codable, Sendable {
        /// Words; never a formula.
        case text
        /// An identifier: a settlement's id, a person's number, an institution's code.
        case id
        /// An amount in fen, shown in yuan with two decimals; may be negative.
        case yuan
        /// A whole number.
        case number
        /// A share in percent, or a mean, with two decimals.
        case decimal
        /// A day, as 2024-06-03.
        case date
    }

    /// The English name, by which programs know the column.
    package var name: String
    package var chinese: String
    package var kind: Kind

    package init(_ name: String, _ chinese: String, _ kind: Kind = .text) {
        self.name = name
        self.chinese = chinese
        self.kind = kind
    }

    /// The name in a header line.
    package func heading(_ headings: TableHeadings) -> String { headings == .chinese ? chinese : name }
}

/// The language of a table's header line (`--headings`).
package enum TableHeadings: String, CaseIterable, Codable, Sendable {
    case english = "en"
    case chinese = "zh"
}
