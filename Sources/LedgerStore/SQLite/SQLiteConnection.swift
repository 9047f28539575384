import CSQLite

/// An error reported by SQLite.
package struct SQLiteError: Error, Equatable {
    /// SQLite's extended result code.
    let code: Int32
    package let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    init(_ code: Int32, of handle: OpaquePointer?) {
        let text = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.code = code
        message = "\(text.map { String(cString: $0) } ?? "no text") (SQLite \(code))"
    }

    /// An error for contents of the file that are impossible.
    static func damaged(_ message: String) -> SQLiteError { SQLiteError(code: SQLITE_CORRUPT, message: message) }

    /// The first byte of the code: the class of the error.
    var kind: Int32 { code & 0xFF }

    /// Whether a sync failed: everything written since the last one may be lost.
    var isFailedSync: Bool { code == ioError(4) || code == ioError(5) }

    /// Whether the file is not a sound SQLite file.
    var isDamage: Bool { kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB }

    /// The error as a failure of reading or opening.
    var asUnavailable: StoreFailure { isDamage ? .damaged(message) : .unavailable(message) }

    /// SQLITE_IOERR_…, whose macros Swift does not import: 4 is FSYNC, 5 DIR_FSYNC.
    private func ioError(_ number: Int32) -> Int32 { SQLITE_IOERR | number << 8 }
}

/// One connection of SQLite with its prepared statements. Not for two threads at once.
package final class SQLiteConnection {
    package enum Access {
        case readOnly
        /// Reads a file that no process writes, without locks and without a log beside it.
        case immutable
        case write
        case create
    }

    let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    package init(path: String, access: Access, vfs: String?) throws(SQLiteError) {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
        switch access {
        case .readOnly, .immutable: flags |= SQLITE_OPEN_READONLY
        case .write: flags |= SQLITE_OPEN_READWRITE
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        var opened: OpaquePointer?
        let name = fileURI(path) + (access == .immutable ? "?immutable=1" : "")
        let layer = access == .readOnly ? ReadOnlyLayer.name(for: path, vfs: vfs) : vfs
        let code = sqlite3_open_v2(name, &opened, flags, layer)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError(code, of: opened)
            sqlite3_close(opened)
            throw error
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        _ = csqlite_checkpoint_on_close(handle, 0)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// How long a statement waits for locks of other connections, milliseconds.
    func waitForLocks(milliseconds: Int32) {
        sqlite3_busy_timeout(handle, milliseconds)
    }

    /// Lets the close of this connection, if it is the last one, checkpoint and remove the log.
    func checkpointOnClose() {
        _ = csqlite_checkpoint_on_close(handle, 1)
    }

    /// Runs statements without keeping them prepared; rows are ignored.
    package func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw SQLiteError(code, of: handle) }
    }

    /// Runs a cached prepared statement; `body` binds and steps.
    package func run<Result>(
        _ sql: String, _ body: (SQLiteStatement) throws(SQLiteError) -> Result
    ) throws(SQLiteError) -> Result {
        let statement = SQLiteStatement(handle: try prepared(sql), connection: handle)
        defer { statement.reset() }
        return try body(statement)
    }

    /// Runs a cached prepared statement without rows.
    func run(_ sql: String) throws(SQLiteError) {
        try run(sql) { (statement) throws(SQLiteError) in _ = try statement.step() }
    }

    /// The first column of the first row; 0 if there is none or it is NULL.
    func integer(_ sql: String) throws(SQLiteError) -> Int64 {
        try run(sql) { (statement) throws(SQLiteError) in try statement.step() ? statement.integer(0) : 0 }
    }

    private func prepared(_ sql: String) throws(SQLiteError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw SQLiteError(code, of: handle) }
        statements[sql] = statement
        return statement
    }
}

/// A prepared statement while it runs. Parameters count from 1, columns from 0.
package struct SQLiteStatement {
    fileprivate let handle: OpaquePointer
    fileprivate let connection: OpaquePointer

    package func bind(_ value: Int64, at index: Int32) {
        sqlite3_bind_int64(handle, index, value)
    }

    package func bind(_ text: String, at index: Int32) {
        // −1 (SQLITE_TRANSIENT) lets SQLite make its own copy.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text64(handle, index, text, UInt64(text.utf8.count), copied, UInt8(SQLITE_UTF8))
    }

    /// Binds bytes without copying them and runs a statement without rows.
    func run(with bytes: [UInt8], at index: Int32) throws(SQLiteError) {
        let code = bytes.withUnsafeBytes { bytes in
            // A null pointer would bind NULL.
            if bytes.isEmpty {
                sqlite3_bind_zeroblob(handle, index, 0)
            } else {
                sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
            }
            return sqlite3_step(handle)
        }
        if code != SQLITE_DONE { throw SQLiteError(code, of: connection) }
    }

    /// Steps to the next row; false: none.
    package func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteError(code, of: connection)
        }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// A copy of the bytes of a column.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    fileprivate func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}

/// The path as a `file:` URI, with reserved characters escaped.
private func fileURI(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var uri = "file:"
    for byte in path.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            uri.append(Character(UnicodeScalar(byte)))
        default:
            uri.append("%")
            uri.append(digits[Int(byte >> 4)])
            uri.append(digits[Int(byte & 15)])
        }
    }
    return uri
}
