import Policy

/// A kept pack's row as it reads, whether it is sound or not.
struct PackRow {
    let pack: KeptPack
    let rowDigest: String

    /// All rows of the table, in their order.
    static func all(_ connection: SQLiteConnection, version: Int) throws(SQLiteError) -> [PackRow] {
        let hasDigest = version >= StoreSchema.marked
        let sql = "SELECT number, region, digest, yaml, fingerprint\(hasDigest ? ", row_digest" : ", ''") FROM pack"
        return try connection.run(sql) { (statement) throws(SQLiteError) in
            var rows: [PackRow] = []
            while try statement.step() {
                let pack = KeptPack(
                    number: UInt32(truncatingIfNeeded: statement.integer(0)), region: statement.text(1),
                    digest: statement.text(2), yaml: statement.text(3), fingerprint: statement.text(4))
                rows.append(PackRow(pack: pack, rowDigest: statement.text(5)))
            }
            return rows
        }
    }

    /// The pack as it was kept; nil: what is left of the row does not say.
    ///
    /// - Parameter library: packs that a damaged text may be taken from, by its digest.
    func restored(number: UInt32, _ library: [PolicyPack], version: Int) -> KeptPack? {
        var row = pack
        row.number = number
        // The first format had no digests of rows.
        if version < StoreSchema.marked, sha256(Array(row.yaml.utf8)) == row.digest { return row }
        if isSound(row) { return row }
        // One column is broken, and the digest of the row tells when it is right again.
        var again = row
        again.digest = sha256(Array(row.yaml.utf8))
        if isSound(again) { return again }
        for text in [row.yaml] + library.filter({ $0.digest == row.digest }).map(\.yaml) {
            guard
                let compiled = try? PolicyPack.read(
                    bytes: Array(text.utf8), file: "kept pack \(number)", isKept: true),
                compiled.digest == row.digest
            else { continue }
            again = KeptPack(
                number: number, region: compiled.region, digest: compiled.digest, yaml: text,
                fingerprint: PackArchive.fingerprint(compiled))
            // Where the row's own digest is what is broken, the text's digest stands for it.
            if isSound(again) || again.fingerprint == row.fingerprint && again.region == row.region { return again }
        }
        return nil
    }

    private func isSound(_ pack: KeptPack) -> Bool {
        pack.rowDigest == rowDigest && sha256(Array(pack.yaml.utf8)) == pack.digest
    }
}
