import Records
import Registry
import Settlement

/// Values that the entries after a settlement share: adjustments, second rounds, recognitions' payments, reversals.
extension ByteWriter {
    mutating func fundChanges(_ changes: [AdjustmentEntry.FundChange]) {
        number(changes.count)
        for change in changes {
            byte(change.category.rawValue)
            text(change.fund)
            signed(change.amount)
        }
    }

    /// What accounts got back or lost again, with their entries before and balances after.
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
    /// Funds of one entry: those of the old pack and of the new one.
    static var fundsMax: Int { 64 }
    /// Longest reason and fund, in bytes.
    static var bookedTextBytesMax: Int { 256 }

    mutating func fundChanges() throws(DamagedBytes) -> [AdjustmentEntry.FundChange] {
        var changes: [AdjustmentEntry.FundChange] = []
        for _ in 0..<(try count(upTo: ByteReader.fundsMax)) {
            guard let category = FundCategory(rawValue: try byte()) else { throw DamagedBytes() }
            changes.append(AdjustmentEntry.FundChange(category, try bookedText(), try bookedAmount()))
        }
        return changes
    }

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

    mutating func bookedText() throws(DamagedBytes) -> String {
        let text = try text()
        guard text.utf8.count <= ByteReader.bookedTextBytesMax else { throw DamagedBytes() }
        return text
    }

    /// Bounded, so that no sum of a row's amounts overflows.
    mutating func bookedAmount() throws(DamagedBytes) -> Fen {
        let amount = try signed()
        guard amount.magnitude <= UInt64(AmountLimit.accumulatorMax) else { throw DamagedBytes() }
        return amount
    }

    mutating func year() throws(DamagedBytes) -> Int32 {
        guard let year = Int32(exactly: try signed()) else { throw DamagedBytes() }
        return year
    }

    mutating func number32() throws(DamagedBytes) -> UInt32 { UInt32(try count(upTo: Int(UInt32.max))) }
}
