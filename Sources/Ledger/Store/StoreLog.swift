import CSQLite

/// SQLite's write-ahead log as seen by the one connection that writes: how long it is, and what lies behind its end.
///
/// The formats read here are documented on sqlite.org/walformat.html and fileformat2.html#walformat.
struct StoreLog {
    let connection: OpaquePointer

    static let headerBytes = 32
    static let frameHeaderBytes = 24

    /// The log's committed end, from the index that SQLite shares between its connections.
    private struct End {
        let frames: Int
        let pageBytes: Int
        let checksum: (UInt32, UInt32)
        /// As the bytes stand in the file.
        let salt: [UInt8]
    }

    /// Bytes of the log that are committed and not overwritten yet.
    func byteCount() throws(SQLiteError) -> Int {
        let end = try end()
        return end.frames * (end.pageBytes + Self.frameHeaderBytes)
    }

    /// Whether a complete transaction lies behind the committed end: a commit that failed after its frames were
    /// written, which the next process to open the ledger would take for a commit.
    ///
    /// Walks the log as recovery does, frame by frame while salt and checksum fit. Nothing else may write meanwhile.
    func holdsGhost() throws(SQLiteError) -> Bool {
        let end = try end()
        guard let log = file(SQLITE_FCNTL_JOURNAL_POINTER) else { return false }
        let header = try readFile(log, at: 0, count: Self.headerBytes)
        guard header.count == Self.headerBytes else { return false }
        var salt = end.salt
        var sum = end.checksum
        if end.frames == 0 {
            // The first transaction of a log writes the header too. A salt of zeros: nothing was logged since the
            // log was opened, so whatever the header names is new.
            let written = Array(header[16..<24])
            guard salt.allSatisfy({ $0 == 0 }) || salt == written else { return false }
            salt = written
            sum = (bigEndian(header, 24), bigEndian(header, 28))
        }
        let isBigEndian = bigEndian(header, 0) & 1 == 1
        var offset = Self.headerBytes + end.frames * (Self.frameHeaderBytes + pageBytes(end, header))
        while true {
            let frame = try readFile(log, at: offset, count: Self.frameHeaderBytes + pageBytes(end, header))
            guard frame.count == Self.frameHeaderBytes + pageBytes(end, header), Array(frame[8..<16]) == salt else {
                return false
            }
            addLogChecksum(frame[..<8], to: &sum, isBigEndian: isBigEndian)
            addLogChecksum(frame[Self.frameHeaderBytes...], to: &sum, isBigEndian: isBigEndian)
            guard sum == (bigEndian(frame, 16), bigEndian(frame, 20)) else { return false }
            // The size of the file after the transaction, in the frame that commits it.
            if bigEndian(frame, 4) != 0 { return true }
            offset += frame.count
        }
    }

    private func pageBytes(_ end: End, _ header: [UInt8]) -> Int {
        end.pageBytes > 0 ? end.pageBytes : Int(bigEndian(header, 8))
    }

    private func end() throws(SQLiteError) -> End {
        guard let file = file(SQLITE_FCNTL_FILE_POINTER) else { throw SQLiteError(SQLITE_INTERNAL, of: connection) }
        var region: UnsafeMutableRawPointer?
        // The first region of 32 KiB is mapped since the connection first read; nothing is extended here.
        let code = file.pointee.pMethods.pointee.xShmMap(file, 0, 32_768, 0, &region)
        guard code == SQLITE_OK, let region else { throw SQLiteError(code, of: connection) }
        let index = UnsafeRawPointer(region)
        func word(_ offset: Int) -> UInt32 { index.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        let size = Int(index.loadUnaligned(fromByteOffset: 14, as: UInt16.self))
        return End(
            frames: Int(word(16)), pageBytes: size == 1 ? 65_536 : size,
            checksum: (word(24), word(28)),
            salt: (32..<40).map { index.load(fromByteOffset: $0, as: UInt8.self) })
    }

    private func file(_ which: Int32) -> UnsafeMutablePointer<sqlite3_file>? {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(connection, "main", which, &file)
        guard code == SQLITE_OK, let file, file.pointee.pMethods != nil else { return nil }
        return file
    }
}

private func bigEndian(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
}

/// SQLite's checksum of the log, over words of the byte order that the log's header names.
func addLogChecksum(_ bytes: ArraySlice<UInt8>, to sum: inout (UInt32, UInt32), isBigEndian: Bool) {
    bytes.withUnsafeBytes { words in
        for offset in stride(from: 0, to: words.count - 7, by: 8) {
            let first = words.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let second = words.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            sum.0 &+= (isBigEndian ? first.bigEndian : first.littleEndian) &+ sum.1
            sum.1 &+= (isBigEndian ? second.bigEndian : second.littleEndian) &+ sum.0
        }
    }
}
