/// The tables of a store and how older ones become them.
///
/// The version is the number of migrations a file has seen; a file is made by running all of them.
package struct StoreSchema: Sendable {
    /// Statements of each migration; the one at index n makes version n + 1 of version n.
    var migrations: [[String]]
    /// Files from this version on can be read as they are; they are brought forward when they are opened for writing.
    var readableFrom: Int

    /// "JSLG", in the header of every ledger file (`PRAGMA application_id`).
    static let applicationID: Int32 = 0x4A53_4C47

    /// What this version of the program writes.
    package static let current = StoreSchema(migrations: [
        [
            // `epoch` counts how often the ledger was taken up again after a failed append.
            "CREATE TABLE ledger(identity INTEGER NOT NULL, epoch INTEGER NOT NULL)",
            "CREATE TABLE block(sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
            """
            CREATE TABLE pack(
                number INTEGER PRIMARY KEY, region TEXT NOT NULL, digest TEXT NOT NULL, yaml TEXT NOT NULL,
                fingerprint TEXT NOT NULL)
            """,
        ],
        // What a file says of itself, see `StoreMark`, and a digest of each pack's row.
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

    /// From this version on a file says how it stands, and has a witness.
    static let marked = 2

    package var version: Int { migrations.count }

    /// A later schema, as a later version of the program would bring it.
    package func adding(_ migration: [String]) -> StoreSchema {
        StoreSchema(migrations: migrations + [migration], readableFrom: version + 1)
    }

    private init(migrations: [[String]], readableFrom: Int = 1) {
        self.migrations = migrations
        self.readableFrom = readableFrom
    }

    /// Brings a file to this version within the transaction that is open.
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

    /// Rewriting long rows leaves pages that SQLite would write to next. A ledger has none, so that a header that
    /// counts some is known to be damaged: a table of their own takes them, once.
    private func useFreePages(_ connection: SQLiteConnection) throws(SQLiteError) {
        guard try connection.integer("PRAGMA freelist_count") > 0 else { return }
        try connection.execute("CREATE TABLE spare(bytes BLOB NOT NULL)")
        // Each row is as long as a page, and so has one of its own.
        while try connection.integer("PRAGMA freelist_count") > 0 {
            try connection.execute("INSERT INTO spare VALUES (zeroblob(\(SQLiteStore.pageBytes)))")
        }
    }
}
