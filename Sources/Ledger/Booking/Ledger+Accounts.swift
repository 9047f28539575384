import Accounts
import LedgerFormat
import Records
import Registry
import Settlement

/// The ledger as the accounts' own requests see it.
extension Ledger: AccountLedger {
    package var facts: any AccountFacts { registry }

    package func accountRow(at position: UInt64) throws(DomainRefusal) -> AccountRow {
        do { return try journal.accounts(Position(number: position)) } catch { throw Self.unreadable(error) }
    }

    package func accountEntry(of owner: UInt64, at position: UInt64) throws(DomainRefusal) -> AccountEntry? {
        do throws(LedgerDamage) { return try reading.accountEntry(of: owner, at: Position(number: position)) } catch {
            throw Self.unreadable(error)
        }
    }
}
