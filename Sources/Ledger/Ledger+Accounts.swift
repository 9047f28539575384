import Accounts
import Registry
import Settlement

/// The ledger as the accounts' own requests see it.
extension Ledger: AccountLedger {
    package var facts: any AccountFacts { registry }

    package func accountRow(at position: UInt64) throws(DomainRefusal) -> AccountRow {
        do { return try readAccounts(Position(number: position)) } catch { throw Self.unreadable(error) }
    }

    func readAccounts(_ position: Position) throws(LedgerDamage) -> AccountRow {
        try journal.read(position) { row, time throws(LedgerDamage) in
            do throws(DamagedBytes) { return try AccountRow(row, at: position, time) } catch {
                throw LedgerDamage.row(position, "is no row of accounts")
            }
        }
    }

    package func accountEntry(of owner: UInt64, at position: UInt64) throws(DomainRefusal) -> AccountEntry? {
        let position = Position(number: position)
        do throws(LedgerDamage) {
            let kind = try journal.read(position) { row, _ throws(LedgerDamage) in row.first.flatMap(RowKind.init) }
            switch kind {
            case .settlement:
                try load(position, into: other)
                return UnsafeBufferPointer(start: other.accounts, count: other.accountCount)
                    .first { $0.owner == owner && $0.paid != 0 }
                    .map { $0.entry(.settlement(id: other.idText), at: position, other.settledAt, sign: -1) }
            case .reversal:
                try load(position, into: reversal)
                return reversal.accounts.first { $0.owner == owner && $0.paid != 0 }
                    .map { $0.entry(.reversal(id: reversal.id), at: position, reversal.reversedAt, sign: 1) }
            case .accounts: return AccountEntry(of: owner, in: try readAccounts(position))
            case .adjustment:
                guard case .adjustment(let adjustment) = try loadBooked(position) else { return nil }
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

extension AccountRow {
    fileprivate init(_ row: UnsafeRawBufferPointer, at position: Position, _ time: Moment) throws(DamagedBytes) {
        var reader = ByteReader(row)
        guard try reader.byte() == RowKind.accounts.rawValue else { throw DamagedBytes() }
        var events: [AccountEvent] = []
        for _ in 0..<(try reader.count(upTo: row.count)) { events.append(try AccountEvent(from: &reader)) }
        self.init(position: position.number, recorded: time, events: events)
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
