import LedgerFormat
import Records
import Registry
import Settlement

// A prescription is used while a settlement that named it is in force (CQ-16, I-37). The index of ids has these
// settlements under keys of their own: they derive from the journal's rows, are replayed with them, and cost memory
// only until they are written out.

extension Books {
    /// Marks keys of prescriptions, so that they differ from keys of settlements.
    private static let prescriptionMark: UInt64 = 0x5052_4553_4352_4942

    /// Index key of the settlements that named a prescription; its number is unique only for its prescribing
    /// institution.
    func prescriptionKey(_ prescribing: UInt32, _ number: String) -> (high: UInt64, low: UInt64) {
        var bytes = withUnsafeBytes(of: prescribing.littleEndian, Array.init)
        bytes += number.utf8
        let key = bytes.withUnsafeBytes { self.key($0) }
        return (key.high ^ Self.prescriptionMark, key.low)
    }
}

extension Ledger {
    /// Refuses a prescription already used by a settlement in force.
    ///
    /// - Throws: `PRESCRIPTION_USED` naming that settlement.
    func checkUnused(_ command: SettleCommand) throws(DomainRefusal) {
        let key = books.prescriptionKey(command.prescribing, command.prescription)
        var found: Position?
        // Only the newest counts: earlier ones were reversed, or it would have been refused.
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
