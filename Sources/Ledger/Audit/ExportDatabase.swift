import LedgerStore

/// An export as a plain SQLite file: one table each, amounts in fen.
package final class ExportDatabase: ExportSink {
    /// Rows of one transaction: so many that the cost of its commit is negligible.
    private static let rowsPerTransaction = 10_000

    private let path: String
    private var connection: SQLiteConnection?
    private let inserts: [ExportTable: String]
    private var rows = 0

    /// - Parameters:
    ///   - path: of a file that does not exist yet.
    ///   - tables: every table that rows will be added to.
    package init(path: String, tables: [ExportTable]) throws(StoreFailure) {
        var inserts: [ExportTable: String] = [:]
        do throws(SQLiteError) {
            let connection = try SQLiteConnection(path: path, access: .create, vfs: nil)
            for table in tables {
                // Columns have no types: numbers of persons above 2^63 are stored as text and stay exact.
                try connection.execute(
                    "CREATE TABLE \(Self.quoted(table.name))"
                        + "(\(table.columns.map(Self.quoted).joined(separator: ", ")))")
                let parameters = table.columns.map { _ in "?" }.joined(separator: ", ")
                inserts[table] = "INSERT INTO \(Self.quoted(table.name)) VALUES (\(parameters))"
            }
            try connection.execute("BEGIN")
            self.connection = connection
        } catch {
            throw .unavailable("\(path): \(error.message)")
        }
        self.inserts = inserts
        self.path = path
    }

    package func add(_ values: [ExportValue], to table: ExportTable) throws {
        try write { (connection) throws(SQLiteError) in
            try connection.run(inserts[table] ?? "") { (statement) throws(SQLiteError) in
                for (index, value) in values.enumerated() { Self.bind(value, Int32(index + 1), statement) }
                _ = try statement.step()
            }
            rows += 1
            if rows.isMultiple(of: Self.rowsPerTransaction) { try connection.execute("COMMIT; BEGIN") }
        }
    }

    /// The name as a quoted identifier: a column may have the name of an SQL keyword ("from").
    private static func quoted(_ name: String) -> String { "\"\(name)\"" }

    package func finish() throws {
        try write { (connection) throws(SQLiteError) in
            try connection.execute("COMMIT")
            try connection.execute("CREATE INDEX settlement_sequence ON settlement(sequence)")
            try connection.execute("CREATE INDEX settlement_by_id ON settlement(settlement_id)")
            try connection.execute("CREATE INDEX settlement_by_person ON settlement(person, year)")
            try connection.execute("CREATE INDEX layer_sequence ON layer(sequence)")
            for table in ["reversal", "adjustment", "second_round", "recognition_part"] {
                try connection.execute("CREATE INDEX \(table)_of ON \(table)(settlement_sequence)")
            }
            try connection.execute("CREATE INDEX fund_change_sequence ON fund_change(sequence)")
            try connection.execute("CREATE INDEX recorded_by_sequence ON recorded_by(sequence)")
        }
        connection = nil
    }

    private func write(_ body: (SQLiteConnection) throws(SQLiteError) -> Void) throws(StoreFailure) {
        guard let connection else { throw .unavailable("\(path): the export is finished") }
        do throws(SQLiteError) { try body(connection) } catch {
            throw .unavailable("\(path): \(error.message)")
        }
    }

    private static func bind(_ value: ExportValue, _ index: Int32, _ statement: SQLiteStatement) {
        switch value {
        case .text(let text): statement.bind(text, at: index)
        case .money(let amount): statement.bind(amount, at: index)
        case .number(let number):
            if let number = Int64(exactly: number) {
                statement.bind(number, at: index)
            } else {
                statement.bind("\(number)", at: index)
            }
        // A parameter that is not bound is NULL.
        case .none: break
        }
    }
}
