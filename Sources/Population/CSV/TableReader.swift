/// A column that a file may have; a header may use any of its names.
package struct FileColumn: Equatable, Sendable {
    package var name: String
    package var chinese: String
    /// The national platform's names of it, in lower case.
    package var platform: [String]
    /// Whether a file without the column is refused.
    package var isRequired: Bool

    /// - Parameter file: the kind of file, for the platform's names.
    package init(
        _ name: String, _ chinese: String, in file: PlatformColumn.File = .other, isRequired: Bool = false
    ) {
        self.name = name
        self.chinese = chinese
        platform = PlatformColumn.names(of: name, in: file)
        self.isRequired = isRequired
    }

    func isCalled(_ heading: String) -> Bool {
        name == heading || chinese == heading || !platform.isEmpty && platform.contains(heading.lowercased())
    }
}

/// A header that makes the whole file unreadable.
package struct HeaderProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// The fault and the remedy.
    package var message: String
    package var description: String { message }

    package init(message: String) { self.message = message }
}

/// Reads a file whose first line names its columns, row by row in bounded memory.
///
/// A file in GB18030 is recognised by a header in Chinese whose names are all columns.
package struct TableReader<Source: ByteSource> {
    /// The result of `next`.
    package enum Found {
        case row
        /// An unreadable row; reading may continue.
        case bad(RowProblem)
        case end
    }

    private var csv: CSVReader<Source>
    /// The current row.
    package private(set) var cells = CSVRow()
    /// For each position in the file, the column's index in `columns`.
    package let order: [Int]
    /// For each column, its position in the file; -1: absent.
    package let positions: [Int]
    /// For each column, its name in the file, in lower case; empty: absent.
    package let headings: [String]

    package var bytesRead: Int64 { csv.bytesRead }

    /// Reads the header.
    ///
    /// - Parameters:
    ///   - kind: what the file is, for errors: "a claims file".
    ///   - help: where its columns are explained, for errors.
    /// - Throws: `HeaderProblem` or `FileProblem`.
    package init(_ source: Source, _ columns: [FileColumn], kind: String, help: String) throws {
        csv = CSVReader(source)
        try Self.learnEncoding(&csv, columns)
        switch try csv.next(&cells) {
        case .end: throw HeaderProblem(message: "the file is empty; its first line must name the columns")
        case .bad(let reason): throw HeaderProblem(message: "line \(cells.line): \(reason)")
        case .row: break
        }
        let line = cells.line
        var order: [Int] = []
        var positions = [Int](repeating: -1, count: columns.count)
        var headings = [String](repeating: "", count: columns.count)
        for position in 0..<cells.count {
            let name = cells.text(position)
            guard let column = Self.column(name, columns) else {
                let shown = "line \(line): unknown column \"\(name.prefix(RowProblem.valueBytesMax / 4))\" "
                if let refusal = PlatformColumn.refusal(of: name) {
                    throw HeaderProblem(message: shown + "(number \(position + 1)): \(refusal) (\(help))")
                }
                throw HeaderProblem(
                    message: shown + "(number \(position + 1)); remove it, or correct its name: "
                        + "the columns of \(kind) are "
                        + "\(columns.map(\.name).joined(separator: ", ")) (\(help))")
            }
            guard positions[column] < 0 else {
                throw HeaderProblem(
                    message: "line \(line): column \"\(columns[column].name)\" stands twice "
                        + "(numbers \(positions[column] + 1) and \(position + 1)); keep one")
            }
            positions[column] = position
            headings[column] = name.lowercased()
            order.append(column)
        }
        for (column, position) in zip(columns, positions) where column.isRequired && position < 0 {
            throw HeaderProblem(
                message: "line \(line): column \"\(column.name)\" (\(column.chinese)) is missing; add it")
        }
        self.order = order
        self.positions = positions
        self.headings = headings
    }

    private static func column(_ name: String, _ columns: [FileColumn]) -> Int? {
        columns.firstIndex { $0.isCalled(name) }
    }

    private static func learnEncoding(_ csv: inout CSVReader<Source>, _ columns: [FileColumn]) throws {
        let head = Array(try csv.firstLine())
        if head.contains(0) {
            throw HeaderProblem(
                message: "line 1 has NUL bytes, as UTF-16 without its mark has; save the file as \"CSV UTF-8\"")
        }
        guard String(validating: head, as: UTF8.self) == nil else { return }
        // Uses a copy of the line, so that a wrong guess has no effect.
        var trial = CSVReader(MemorySource(head + [UInt8(ascii: "\n")]))
        var names = CSVRow()
        let isCertain =
            (try? trial.decode(.gb18030)) != nil && (try? trial.next(&names)) == .row
            && (0..<names.count).allSatisfy { column(names.text($0), columns) != nil }
        guard isCertain else { throw HeaderProblem(message: "line 1 is \(SpreadsheetText.encodingMessage)") }
        try csv.decode(.gb18030)
    }

    /// Finds the next row; its values are in `cells`, as many as the header names columns.
    package mutating func next() throws(FileProblem) -> Found {
        switch try csv.next(&cells) {
        case .end: return .end
        case .bad(let reason): return .bad(RowProblem(line: cells.line, message: reason))
        case .row: break
        }
        if cells.count == order.count { return .row }
        return .bad(
            RowProblem(
                line: cells.line,
                message: "the row has \(cells.count) values, the header \(order.count) columns; complete the row"))
    }

    /// The value of a column; empty where the file lacks it.
    package func text(_ column: Int) -> String { positions[column] < 0 ? "" : cells.text(positions[column]) }
}
