import LedgerStore
import Policy

/// What a damaged row of a kept pack is restored from: its own columns, and packs that have its digest.
extension PackRow {
    /// The pack as it was kept; nil: what is left of the row does not say.
    ///
    /// - Parameter library: packs that a damaged text may be taken from, by its digest.
    func restored(number: UInt32, _ library: [PolicyPack]) -> KeptPack? {
        var row = pack
        row.number = number
        if !hasDigest, sha256(Array(row.yaml.utf8)) == row.digest { return row }
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
}
