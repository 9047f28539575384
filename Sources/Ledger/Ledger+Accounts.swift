import Accounts
import Registry
import Settlement

/// The ledger as the accounts' own requests see it.
extension Ledger: AccountLedger {
    package var facts: any AccountFacts { registry }

    package func accountRow(at position: UInt64) throws(DomainRefusal) -> AccountRow {
        do { return try journal.accounts(Position(number: position)) } catch { throw Self.unreadable(error) }
    }

    package func accountEntry(of owner: UInt64, at position: UInt64) throws(DomainRefusal) -> AccountEntry? {
        let position = Position(number: position)
        do throws(LedgerDamage) {
            switch try journal.record(position, other, reversal) {
            case .settlement:
                return UnsafeBufferPointer(start: other.accounts, count: other.accountCount)
                    .first { $0.owner == owner && $0.paid != 0 }
                    .map { $0.entry(.settlement(id: other.idText), at: position, other.settledAt, sign: -1) }
            case .reversal:
                return reversal.accounts.first { $0.owner == owner && $0.paid != 0 }
                    .map { $0.entry(.reversal(id: reversal.id), at: position, reversal.reversedAt, sign: 1) }
            case .accounts(let row): return AccountEntry(of: owner, in: row)
            case .booked(.adjustment(let adjustment)):
                return adjustment.accounts.first { $0.owner == owner && $0.paid != 0 }
                    .map {
                        $0.entry(
                            .movement(.credit(.correction, reason: adjustment.id)), at: position,
                            adjustment.adjustedAt, sign: 1)
                    }
            default: return nil
            }
        } catch {
            // A number that callers made up.
            if case .noRow = error { return nil }
            throw Self.unreadable(error)
        }
    }
}

extension SettlementEntry.Account {
    fileprivate func entry(
        _ kind: AccountEntry.Kind, at position: Position, _ time: Moment, sign: Fen
    ) -> AccountEntry {
        AccountEntry(
            position: position.number, recorded: time, kind: kind, amount: sign * paid, balance: balanceAfter,
            previous: previous)
    }
}
