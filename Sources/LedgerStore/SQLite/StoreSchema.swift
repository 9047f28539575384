/// The tables of a store and the migrations from older ones.
///
/// The version is the number of applied migrations; a new file is made by running all of them.
package struct StoreSchema: Sendable {
    /// Statements of each migration; the one at index n migrates version n to n + 1.
    var migrations: [[String]]
    /// The oldest version that can be read without migration; opening for writing migrates the file.
    var readableFrom: Int

    /// "JSLG", in the header of every ledger file (`PRAGMA application_id`).
    static let applicationID: Int32 = 0x4A53_4C47

    /// The schema of this version of the program.
    package static let current = StoreSchema(migrations: [
        [
            // `epoch` counts recoveries after a failed append.
            "CREATE TABLE ledger(identity INTEGER NOT NULL, epoch INTEGER NOT NULL)",
            "CREATE TABLE block(sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
            """
            CREATE TABLE pack(
                number INTEGER PRIMARY KEY, region TEXT NOT NULL, digest TEXT NOT NULL, yaml TEXT NOT NULL,
                fingerprint TEXT NOT NULL)
            """,
        ],
        // The file's mark, see `StoreMark`, and a digest of each pack's row.
        [
            "ALTER TABLE ledger ADD COLUMN state INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE ledger ADD COLUMN round INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE ledger ADD COLUMN round_before INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE ledger ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE ledger ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE ledger ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE pack ADD COLUMN row_digest TEXT NOT NULL DEFAULT ''",
        ],
    ])

    /// The first version with a mark and a witness.
    static let marked = 2

    package var version: Int { migrations.count }

    /// A later schema, to test a newer version of the program.
    package func adding(_ migration: [String]) -> StoreSchema {
        StoreSchema(migrations: migrations + [migration], readableFrom: version + 1)
    }

    private init(migrations: [[String]], readableFrom: Int = 1) {
        self.migrations = migrations
        self.readableFrom = readableFrom
    }

    /// Migrates a file to this version within the open transaction.
    func migrate(_ connection: SQLiteConnection, from version: Int) throws(SQLiteError) {
        for statement in migrations[version...].joined() { try connection.execute(statement) }
        if version > 0, version < Self.marked { try mark(connection) }
        try connection.execute("PRAGMA user_version = \(self.version)")
    }

    /// Gives an older file its mark, and its packs the digests of their rows.
    private func mark(_ connection: SQLiteConnection) throws(SQLiteError) {
        let identity = UInt64(bitPattern: try connection.integer("SELECT identity FROM ledger"))
        let epoch = UInt64(bitPattern: try connection.integer("SELECT epoch FROM ledger"))
        try StoreMark(identity: identity, epoch: epoch, tip: StoreTip(connection)).write(connection)
        for pack in try KeptPack.all(connection, version: 1) {
            try connection.run("UPDATE pack SET row_digest = ? WHERE number = ?") { (statement) throws(SQLiteError) in
                statement.bind(pack.rowDigest, at: 1)
                statement.bind(Int64(pack.number), at: 2)
                _ = try statement.step()
            }
        }
        try useFreePages(connection)
    }

    /// Fills the free pages left by rewriting long rows with a table of their own, once: a ledger has no free pages, so
    /// that a header that counts some is known to be damaged.
    private func useFreePages(_ connection: SQLiteConnection) throws(SQLiteError) {
        guard try connection.integer("PRAGMA freelist_count") > 0 else { return }
        try connection.execute("CREATE TABLE spare(bytes BLOB NOT NULL)")
        // Each row is as long as a page, and so uses one of its own.
        while try connection.integer("PRAGMA freelist_count") > 0 {
            try connection.execute("INSERT INTO spare VALUES (zeroblob(\(SQLiteStore.pageBytes)))")
        }
    }
}
