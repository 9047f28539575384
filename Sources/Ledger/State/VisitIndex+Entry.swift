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
        append(
            position: entry.position.number, person: entry.person,
            borne: entry.accountTotal + entry.outcome.pointee.cash, packNumber: entry.pack, entry.claim, entry.outcome,
            pack())
    }
}
