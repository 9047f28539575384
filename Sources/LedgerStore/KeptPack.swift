/// A policy pack as kept in the ledger, so that its settlements can be explained years later.
package struct KeptPack: Equatable, Sendable {
    /// 1, 2, 3 …; rows of the journal name the pack by it.
    package var number: UInt32
    package var region: String
    /// SHA-256 of `yaml`, hexadecimal.
    package var digest: String
    package var yaml: String
    /// Fingerprint of the compiled pack when it was kept, see `PackArchive`.
    package var fingerprint: String

    package init(number: UInt32, region: String, digest: String, yaml: String, fingerprint: String) {
        self.number = number
        self.region = region
        self.digest = digest
        self.yaml = yaml
        self.fingerprint = fingerprint
    }
}
