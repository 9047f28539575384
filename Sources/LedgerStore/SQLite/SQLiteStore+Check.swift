import CSQLite

extension SQLiteStore {
    /// Problems listed at most.
    private static let problemsMax = 100

    /// The warning for a nearly full disk of the ledger; nil: none.
    ///
    /// - Parameter lowBytes: free bytes below which there is a warning; at least twice the log.
    package func diskWarning(lowBytes: Int = SQLiteStore.diskLowBytes) -> String? {
        let log = (try? StoreFiles(path: path, vfs: vfs))?.logBytes ?? 0
        return DiskSpace.warning(for: path, log: log, lowBytes: lowBytes)
    }

    /// Free bytes of the disk below which the operator is warned.
    package static let diskLowBytes = DiskSpace.lowBytes

    /// Checks the whole file, for `jiesuan ledger verify`: SQLite's integrity check, and that no block is missing.
    /// Reads everything once, concurrently with the writer. Empty: the file is sound.
    package func check() throws(StoreFailure) -> [String] {
        // Uses a connection of its own: the check takes long, and reads of blocks go on meanwhile.
        let connection = try StoreFiles(path: path, vfs: vfs).readingConnection()
        do {
            var problems: [String] = []
            try connection.run("PRAGMA integrity_check(\(Self.problemsMax))") { (statement) throws(SQLiteError) in
                while try statement.step() {
                    let text = statement.text(0)
                    if text != "ok" { problems.append(text) }
                }
            }
            // A single statement sees one state, also while blocks are appended.
            try connection.run("SELECT count(*), min(sequence), max(sequence) FROM block") {
                (statement) throws(SQLiteError) in
                guard try statement.step(), statement.integer(0) > 0 else { return }
                let count = statement.integer(0)
                if statement.integer(1) != 1 || statement.integer(2) != count {
                    problems.append(
                        "\(count) blocks, numbered from \(statement.integer(1)) to \(statement.integer(2)): "
                            + "some are missing")
                }
            }
            let suspended = status().suspended
            return problems + (suspended.map { ["nothing can be written: \($0)"] } ?? [])
        } catch {
            throw error.asUnavailable
        }
    }
}
