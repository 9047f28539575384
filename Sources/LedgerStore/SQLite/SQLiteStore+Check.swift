import CSQLite

extension SQLiteStore {
    /// Problems listed at most.
    private static let problemsMax = 100

    /// What to warn of where the disk of the ledger is nearly full; nil: it is not.
    ///
    /// - Parameter lowBytes: free bytes below which there is a warning; at least twice the log.
    package func diskWarning(lowBytes: Int = SQLiteStore.diskLowBytes) -> String? {
        let log = (try? StorePlace(path: path, vfs: vfs))?.logBytes ?? 0
        return DiskSpace.warning(for: path, log: log, lowBytes: lowBytes)
    }

    /// Free bytes of its disk below which a ledger's operator is warned.
    package static let diskLowBytes = DiskSpace.lowBytes

    /// Looks through the whole file, for `jiesuan ledger verify`: SQLite's own integrity check, and that no block is
    /// missing. Reads everything once, while others go on. Empty: it is sound, and can be written.
    package func check() throws(StoreFailure) -> [String] {
        // A connection of its own: this takes long, and reading of blocks goes on meanwhile.
        let connection = try StorePlace(path: path, vfs: vfs).readingConnection()
        do {
            var problems: [String] = []
            try connection.run("PRAGMA integrity_check(\(Self.problemsMax))") { (statement) throws(SQLiteError) in
                while try statement.step() {
                    let text = statement.text(0)
                    if text != "ok" { problems.append(text) }
                }
            }
            // One statement: it sees one state, also while blocks are appended.
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
