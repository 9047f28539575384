/// The tables of a store and how older ones become them.
///
/// The version is the number of migrations a file has seen; a file is made by running all of them.
package struct StoreSchema: Sendable {
    /// Statements of each migration; the one at index n makes version n + 1 of version n.
    var migrations: [[String]]

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
        ]
    ])

    package var version: Int { migrations.count }

    /// A later schema, as a later version of the program would bring it.
    package func adding(_ migration: [String]) -> StoreSchema {
        StoreSchema(migrations: migrations + [migration])
    }

    /// Brings a file to this version within the transaction that is open.
    func migrate(_ connection: SQLiteConnection, from version: Int) throws(SQLiteError) {
        for statement in migrations[version...].joined() { try connection.execute(statement) }
        try connection.execute("PRAGMA user_version = \(self.version)")
    }
}
