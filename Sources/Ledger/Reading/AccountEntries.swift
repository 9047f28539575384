import Accounts
import LedgerFormat
import Records
import Registry
import Settlement

extension RecordReading {
    /// The effect of the row at a position, of any kind, on an account; nil: it has none, or the row does not exist (a
    /// number that a caller made up).
    func accountEntry(of owner: UInt64, at position: Position) throws(LedgerDamage) -> AccountEntry? {
        let found: JournalRecord
        do throws(LedgerDamage) { found = try record(position) } catch {
            if case .noRow = error { return nil }
            throw error
        }
        switch found {
        case .settlement:
            return UnsafeBufferPointer(start: settlement.accounts, count: settlement.accountCount)
                .first { $0.owner == owner && $0.paid != 0 }
                .map { $0.entry(.settlement(id: settlement.idText), at: position, settlement.settledAt, sign: -1) }
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
        case .booked, .earlierRecognition, .other: return nil
        }
    }
}

extension LedgerReader {
    /// A page of an account's history: the answer of `AccountLedger.statement` as of the moment when `end` was taken.
    package func statement(
        _ query: StatementQuery, from end: AccountEnd, isOver: () -> Bool = { false }
    ) throws(ReadingFailure) -> AccountStatement {
        var seen = 0
        return try AccountStatement.read(query, from: end, refusing: ReadingFailure.refused) {
            position throws(ReadingFailure) in
            seen += 1
            if seen % Self.rowsPerCheck == 0, isOver() { throw ReadingFailure.stopped }
            do throws(LedgerDamage) {
                return try reading.accountEntry(of: query.owner, at: Position(number: position))
            } catch { throw ReadingFailure.damaged(error) }
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
