/// The first 100 bytes of an SQLite file, checked before SQLite opens it, because opening could write to a foreign file
/// or leave files beside it.
enum StoreHeader {
    private static let byteCount = 100

    /// - Returns: the size of a page and the number of pages.
    /// - Throws: `.damaged` for a file that is no ledger, `.newer` for a schema after `schema`.
    static func check(
        path: String, vfs: String?, schema: StoreSchema, hasLog: Bool
    ) throws(StoreFailure) -> (pageBytes: Int, pages: Int) {
        let bytes: [UInt8]
        let size: Int
        do {
            let file = try RawFile(path: path, kind: .databaseForReading, vfs: vfs)
            bytes = try file.read(at: 0, count: Self.byteCount)
            size = try file.size()
        } catch {
            throw .unavailable(error.message)
        }
        guard bytes.count == Self.byteCount, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
            // A crash during a checkpoint may have damaged the header: then the log has it.
            if hasLog { return (SQLiteStore.pageBytes, size / SQLiteStore.pageBytes) }
            throw .damaged("\(path) is no ledger: it does not begin as an SQLite file does")
        }
        func number(_ offset: Int) -> UInt32 {
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard Int32(bitPattern: number(68)) == StoreSchema.applicationID else {
            throw .damaged("\(path) is an SQLite file, but no ledger: its application id is \(number(68))")
        }
        // 1 means 65,536, which does not fit two bytes.
        let pages = Int(bytes[16]) << 8 | Int(bytes[17])
        let pageBytes = pages == 1 ? 65_536 : pages
        let version = Int(number(60))
        guard version <= schema.version else {
            throw .newer(
                "\(path) has version \(version) of the ledger's tables, this program knows up to \(schema.version); "
                    + "open it with a newer one")
        }
        guard pageBytes >= 512, pageBytes & (pageBytes - 1) == 0, bytes[18] == 2, bytes[19] == 2 else {
            throw .damaged("\(path): its header is not that of a ledger")
        }
        // While there is a log, pages may be only in it.
        let counted = Int(number(28)) * pageBytes
        guard hasLog || size >= counted else {
            throw .damaged("\(path) is cut off: it has \(size) bytes of \(counted)")
        }
        return (pageBytes, size / pageBytes)
    }
}
