import LedgerStore
import Policy

/// Restores a damaged row of a kept pack from its own columns and from packs with the same digest.
extension PackRow {
    /// The pack as it was kept; nil: the row is too damaged to tell.
    ///
    /// - Parameter library: packs that may replace a damaged text, matched by digest.
    func restored(number: UInt32, _ library: [PolicyPack]) -> KeptPack? {
        var row = pack
        row.number = number
        if !hasDigest, sha256(Array(row.yaml.utf8)) == row.digest { return row }
        if isSound(row) { return row }
        // One column is damaged; the row's digest confirms the right candidate.
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
            // Where the row's digest itself is damaged, the text's digest confirms the pack.
            if isSound(again) || again.fingerprint == row.fingerprint && again.region == row.region { return again }
        }
        return nil
    }
}
