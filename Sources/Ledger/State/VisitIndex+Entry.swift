import LedgerFormat
import LedgerIndex
import Policy
import Settlement

extension VisitIndex {
    /// Adds a settlement of the open block.
    ///
    /// - Parameter pack: the pack of the entry's number; evaluated at its first settlement.
    @inline(__always)
    func append(_ entry: SettlementEntry, _ pack: @autoclosure () -> PolicyPack?) {
        let row = VisitRow(
            position: entry.position.number, person: entry.person, total: entry.claim.cost.total,
            inPolicy: entry.claim.cost.inPolicy, borne: entry.accountTotal + entry.outcome.pointee.cash,
            serviceDate: entry.claim.serviceDate, pack: entry.pack, kind: entry.claim.kind.rawValue,
            level: entry.claim.institution.level.rawValue, disease: entry.claim.disease)
        append(row, entry.outcome, pack())
    }
}
