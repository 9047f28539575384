import CSQLite

/// A file opened through SQLite's file layer, so that a fault-injecting layer sees these accesses too, and so that
/// closing it does not drop the POSIX locks of this process's connections to the same file.
final class RawFile {
    enum Kind {
        case databaseForReading
        case databaseForWriting
        case log
        /// A log, or another file beside the ledger, read-only.
        case beside
        /// A new file whose name in the directory becomes durable with its first `sync`.
        case new
    }

    private let vfs: UnsafeMutablePointer<sqlite3_vfs>
    private let name: sqlite3_filename
    private let file: UnsafeMutablePointer<sqlite3_file>

    init(path: String, kind: Kind, vfs vfsName: String?) throws(SQLiteError) {
        guard let found = sqlite3_vfs_find(vfsName) else {
            throw SQLiteError(code: SQLITE_CANTOPEN, message: "no file layer \(vfsName ?? "")")
        }
        guard let name = sqlite3_create_filename(path, "", "", 0, nil) else {
            throw SQLiteError(code: SQLITE_NOMEM, message: "out of memory")
        }
        let raw = UnsafeMutableRawPointer.allocate(byteCount: Int(found.pointee.szOsFile), alignment: 16)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: Int(found.pointee.szOsFile))
        file = raw.bindMemory(to: sqlite3_file.self, capacity: 1)
        vfs = found
        self.name = name
        let flags: Int32 =
            switch kind {
            case .databaseForReading: SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB
            case .databaseForWriting: SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB
            case .beside: SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL
            case .log: SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL
            // SQLite's file type that makes the name durable and does not delete on closing.
            case .new: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_SUPER_JOURNAL
            }
        let code = found.pointee.xOpen(found, name, file, flags, nil)
        guard code == SQLITE_OK else {
            throw SQLiteError(code: code, message: "\(path): \(systemError()) (SQLite \(code))")
        }
    }

    deinit {
        // Also needed after a failed open, if it set the methods.
        if let methods = file.pointee.pMethods { _ = methods.pointee.xClose(file) }
        sqlite3_free_filename(name)
        UnsafeMutableRawPointer(file).deallocate()
    }

    /// Powersafe overwrite: whether a write torn by a crash leaves the bytes beside it alone. Where it does not, SQLite
    /// pads sectors with frames that it does not sync.
    var isPowersafe: Bool {
        file.pointee.pMethods.pointee.xDeviceCharacteristics(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE != 0
    }

    /// Bytes.
    func size() throws(SQLiteError) -> Int { try fileSize(file) }

    func read(at offset: Int, count: Int) throws(SQLiteError) -> [UInt8] {
        try readFile(file, at: offset, count: count)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(SQLiteError) {
        for start in stride(from: 0, to: bytes.count, by: transferBytesMax) {
            let count = min(transferBytesMax, bytes.count - start)
            let code = bytes.withUnsafeBytes { source in
                file.pointee.pMethods.pointee.xWrite(
                    file, source.baseAddress?.advanced(by: start), Int32(count), Int64(offset + start))
            }
            if code != SQLITE_OK { throw SQLiteError(code, of: nil) }
        }
    }

    /// Syncs: on return everything written is on disk.
    func sync() throws(SQLiteError) {
        let code = file.pointee.pMethods.pointee.xSync(file, SQLITE_SYNC_FULL)
        if code != SQLITE_OK { throw SQLiteError(code, of: nil) }
    }

    /// Removes a file, if there is one, durably.
    static func delete(_ path: String, vfs vfsName: String?) throws(SQLiteError) {
        guard let vfs = sqlite3_vfs_find(vfsName) else { return }
        let code = vfs.pointee.xDelete(vfs, path, 1)
        // SQLITE_IOERR_DELETE_NOENT: no such file.
        if code != SQLITE_OK, code != SQLITE_IOERR | 23 << 8 {
            throw SQLiteError(code: code, message: "\(path) cannot be removed: \(systemError()) (SQLite \(code))")
        }
    }
}

/// The size of an open file of SQLite, bytes.
func fileSize(_ file: UnsafeMutablePointer<sqlite3_file>) throws(SQLiteError) -> Int {
    var size: Int64 = 0
    let code = file.pointee.pMethods.pointee.xFileSize(file, &size)
    if code != SQLITE_OK { throw SQLiteError(code, of: nil) }
    return Int(size)
}

/// Reads up to `count` bytes of an open file of SQLite; fewer at its end.
func readFile(
    _ file: UnsafeMutablePointer<sqlite3_file>, at offset: Int, count: Int
) throws(SQLiteError) -> [UInt8] {
    let wanted = min(count, max(0, try fileSize(file) - offset))
    guard wanted > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: wanted)
    for start in stride(from: 0, to: wanted, by: transferBytesMax) {
        let code = bytes.withUnsafeMutableBytes { target in
            file.pointee.pMethods.pointee.xRead(
                file, target.baseAddress?.advanced(by: start), Int32(min(transferBytesMax, wanted - start)),
                Int64(offset + start))
        }
        if code != SQLITE_OK { throw SQLiteError(code, of: nil) }
    }
    return bytes
}

/// Largest read in one call: SQLite's layer truncates lengths to 17 bits, so less than 128 KiB.
private let transferBytesMax = 65_536
