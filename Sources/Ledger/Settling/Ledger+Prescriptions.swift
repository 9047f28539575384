import LedgerFormat
import Records
import Registry
import Settlement

// A prescription is used while a settlement that named it stands (CQ-16, I-37). Which ones did is in the index of ids,
// under keys of their own: it derives from the journal's rows, is replayed with them, and costs memory only until it is
// written out.

extension Books {
    /// In place of a settlement's id.
    private static let prescriptionMark: UInt64 = 0x5052_4553_4352_4942

    /// Under which the settlements that named a prescription are found: its number is one of who wrote it.
    func prescriptionKey(_ prescribing: UInt32, _ number: String) -> (high: UInt64, low: UInt64) {
        var bytes = withUnsafeBytes(of: prescribing.littleEndian, Array.init)
        bytes += number.utf8
        let key = bytes.withUnsafeBytes { self.key($0) }
        return (key.high ^ Self.prescriptionMark, key.low)
    }
}

extension Ledger {
    /// Refuses a prescription that a standing settlement named already.
    ///
    /// - Throws: `PRESCRIPTION_USED` naming that settlement.
    func checkUnused(_ command: SettleCommand) throws(DomainRefusal) {
        let key = books.prescriptionKey(command.prescribing, command.prescription)
        var found: Position?
        // The newest: those before it were reversed, or it had been refused.
        try eachRecord(under: key) { position throws(LedgerDamage) in
            try load(position, into: other)
            if other.prescribing == command.prescribing, other.extras.prescription == command.prescription {
                found = position
            }
            return found == nil
        }
        guard let found, try reversal(of: other.id, found) == nil else { return }
        throw DomainRefusal(
            .prescriptionUsed, "prescription_number", command.prescription, rule: "I-37",
            "settlement \(other.idText) used this prescription and stands: reverse that one first, "
                + "or correct the number")
    }
}
