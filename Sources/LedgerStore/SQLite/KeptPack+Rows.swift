import Policy

/// Kept packs as rows of the file.
extension KeptPack {
    /// SHA-256 of all columns, each behind its length, which detects any change.
    var rowDigest: String {
        var bytes: [UInt8] = []
        for text in ["\(number)", region, digest, yaml, fingerprint] {
            bytes += bigEndianBytes(UInt64(text.utf8.count)) + Array(text.utf8)
        }
        return sha256(bytes)
    }

    /// All kept packs of a file, by number.
    ///
    /// - Parameter version: version of the file's tables; the first had no digests of rows.
    /// - Throws: a damage error where a row does not match its digest.
    static func all(_ connection: SQLiteConnection, version: Int) throws(SQLiteError) -> [KeptPack] {
        let hasRowDigest = version >= StoreSchema.marked
        let sql =
            "SELECT number, region, digest, yaml, fingerprint\(hasRowDigest ? ", row_digest" : "") FROM pack "
            + "ORDER BY number"
        return try connection.run(sql) { (statement) throws(SQLiteError) in
            var packs: [KeptPack] = []
            while try statement.step() {
                let pack = KeptPack(
                    number: UInt32(truncatingIfNeeded: statement.integer(0)), region: statement.text(1),
                    digest: statement.text(2), yaml: statement.text(3), fingerprint: statement.text(4))
                // A lost page of the table loses whole rows.
                guard statement.integer(0) == packs.count + 1 else {
                    throw .damaged("the kept pack of number \(packs.count + 1) is missing")
                }
                guard !hasRowDigest || statement.text(5) == pack.rowDigest else {
                    throw .damaged(
                        "the kept pack of number \(pack.number) does not fit the digest of its row: "
                            + "its text, region or fingerprint is not what was kept")
                }
                packs.append(pack)
            }
            return packs
        }
    }

    /// Inserts the row.
    func insert(_ connection: SQLiteConnection) throws(SQLiteError) {
        let sql =
            "INSERT INTO pack(number, region, digest, yaml, fingerprint, row_digest) VALUES (?, ?, ?, ?, ?, ?)"
        try connection.run(sql) { (statement) throws(SQLiteError) in
            statement.bind(Int64(number), at: 1)
            for (index, text) in [region, digest, yaml, fingerprint, rowDigest].enumerated() {
                statement.bind(text, at: Int32(index) + 2)
            }
            _ = try statement.step()
        }
    }
}
