import CSQLite

/// SQLite's write-ahead log as seen by the writing connection: its length, and frames behind its end.
///
/// The formats read here are documented on sqlite.org/walformat.html and fileformat2.html#walformat.
struct StoreLog {
    let connection: OpaquePointer

    /// The log's committed end, from the index that SQLite shares between its connections.
    struct End {
        let frames: Int
        /// Frames already checkpointed durably into the main file.
        let copiedFrames: Int
        let pageBytes: Int
        let sum: LogSum
        let salt: UInt64

        /// Whether the next commit restarts the log, unless a reader still uses it.
        var mayBeginAgain: Bool { frames == copiedFrames }

        /// Bytes of committed frames not yet overwritten.
        var byteCount: Int { frames * (pageBytes + LogFrame.headerBytes) }
    }

    /// Whether a complete transaction lies behind the committed end: a failed commit whose frames were written, and
    /// which the next process would recover as committed.
    ///
    /// Walks the log like recovery, frame by frame while salt and checksum match. No concurrent writes are allowed.
    func holdsGhost() throws(SQLiteError) -> Bool {
        let end = try end()
        guard let log = file(SQLITE_FCNTL_JOURNAL_POINTER),
            let header = LogHeader(try readFile(log, at: 0, count: LogHeader.byteCount))
        else { return false }
        var salt = end.salt
        var sum = end.sum
        if end.frames == 0 {
            // The first transaction of a log also writes the header. A salt of zeros: nothing was logged since opening,
            // so any round in the header is new.
            guard salt == 0 || salt == header.salt else { return false }
            salt = header.salt
            sum = header.stored
        }
        let pageBytes = end.pageBytes > 0 ? end.pageBytes : header.pageBytes
        var offset = LogHeader.byteCount + end.frames * (LogFrame.headerBytes + pageBytes)
        while true {
            let bytes = try readFile(log, at: offset, count: LogFrame.headerBytes + pageBytes)
            guard bytes.count == LogFrame.headerBytes + pageBytes else { return false }
            let frame = LogFrame(number: 0, offset: offset, bytes: bytes[...])
            sum = frame.sum(after: sum, isBigEndian: header.isBigEndian)
            guard frame.salt == salt, sum == frame.stored else { return false }
            if frame.endsCommit { return true }
            offset += bytes.count
        }
    }

    /// Allocates nothing.
    func end() throws(SQLiteError) -> End {
        guard let file = file(SQLITE_FCNTL_FILE_POINTER) else { throw SQLiteError(SQLITE_INTERNAL, of: connection) }
        var region: UnsafeMutableRawPointer?
        // The first region of 32 KiB has been mapped since the connection's first read; nothing is extended here.
        let code = file.pointee.pMethods.pointee.xShmMap(file, 0, 32_768, 0, &region)
        guard code == SQLITE_OK, let region else { throw SQLiteError(code, of: connection) }
        let index = UnsafeRawPointer(region)
        func word(_ offset: Int) -> UInt32 { index.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        let size = Int(index.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
        return End(
            frames: Int(word(16)), copiedFrames: Int(word(96)), pageBytes: size == 1 ? 65_536 : size,
            sum: LogSum(first: word(24), second: word(28)),
            salt: UInt64(bigEndian: index.loadUnaligned(fromByteOffset: 32, as: UInt64.self)))
    }

    private func file(_ which: Int32) -> UnsafeMutablePointer<sqlite3_file>? {
        var file: UnsafeMutablePointer<sqlite3_file>?
        // A null name means the main database, and saves SQLite a comparison of names.
        let code = sqlite3_file_control(connection, nil, which, &file)
        guard code == SQLITE_OK, let file, file.pointee.pMethods != nil else { return nil }
        return file
    }
}
