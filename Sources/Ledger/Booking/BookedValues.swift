import Records
import Registry
import Settlement

/// Values that the entries after a settlement share: adjustments, second rounds, recognitions' payments, reversals.
extension ByteWriter {
    /// Amounts credited back to accounts, or taken again, with the accounts' entries before and balances after.
    mutating func accountChanges(_ accounts: [SettlementEntry.Account]) {
        number(accounts.count)
        for account in accounts {
            byte(account.relation)
            number(account.owner)
            number(UInt64(account.paid))
            signed(account.balanceAfter)
            number(account.previous)
        }
    }
}

extension ByteReader {
    mutating func accountChanges() throws(DamagedBytes) -> [SettlementEntry.Account] {
        var accounts: [SettlementEntry.Account] = []
        for _ in 0..<(try count(upTo: CalculatorLimit.accountsMax)) {
            var account = SettlementEntry.Account()
            account.relation = try byte()
            account.owner = try number()
            account.paid = Fen(try count(upTo: Int(AmountLimit.accumulatorMax)))
            account.balanceAfter = try signed()
            account.previous = try number()
            accounts.append(account)
        }
        return accounts
    }

    mutating func year() throws(DamagedBytes) -> Int32 {
        guard let year = Int32(exactly: try signed()) else { throw DamagedBytes() }
        return year
    }

    mutating func number32() throws(DamagedBytes) -> UInt32 { UInt32(try count(upTo: Int(UInt32.max))) }
}
