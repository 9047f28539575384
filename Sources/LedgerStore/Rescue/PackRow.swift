import Policy

/// A kept pack's row as read, sound or not.
package struct PackRow {
    package let pack: KeptPack
    /// SHA-256 of all columns; nil in the first format.
    private let rowDigest: String?

    /// All rows of the table, in order.
    static func all(_ connection: SQLiteConnection, version: Int) throws(SQLiteError) -> [PackRow] {
        let hasDigest = version >= StoreSchema.marked
        let sql = "SELECT number, region, digest, yaml, fingerprint\(hasDigest ? ", row_digest" : "") FROM pack"
        return try connection.run(sql) { (statement) throws(SQLiteError) in
            var rows: [PackRow] = []
            while try statement.step() {
                let pack = KeptPack(
                    number: UInt32(truncatingIfNeeded: statement.integer(0)), region: statement.text(1),
                    digest: statement.text(2), yaml: statement.text(3), fingerprint: statement.text(4))
                rows.append(PackRow(pack: pack, rowDigest: hasDigest ? statement.text(5) : nil))
            }
            return rows
        }
    }

    package var hasDigest: Bool { rowDigest != nil }

    /// Whether `pack` is certainly the kept one: it matches the row's digest, and its text matches its own.
    package func isSound(_ pack: KeptPack) -> Bool {
        pack.rowDigest == rowDigest && sha256(Array(pack.yaml.utf8)) == pack.digest
    }
}
