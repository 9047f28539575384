import Settlement

/// Who bears how much of one settlement, with all adjustments since it was recorded; in fen.
///
/// Rule G-7: funds + accounts + cash + recoverable = total.
package struct CostShares: Sendable, BitwiseCopyable, Equatable {
    package var total: Fen = 0
    package var funds = FundAmounts()
    /// Paid by the person, less what was given back.
    package var cash: Fen = 0
    /// To be recovered from the person (应退); the person bears it as well.
    package var recoverable: Fen = 0
    /// Paid by each account in the order of use, less what was credited back.
    package var accounts = Accounts()

    package init() {}

    package var isConserving: Bool { funds.total + accounts.total + cash + recoverable == total }

    /// Amounts of the accounts of one settlement.
    package struct Accounts: Sendable, BitwiseCopyable, Equatable {
        private var values = [8 of Fen](repeating: 0)

        package init() {}

        package subscript(index: Int) -> Fen {
            get { values[index] }
            set { values[index] = newValue }
        }

        package static var countMax: Int { CalculatorLimit.accountsMax }

        package var total: Fen {
            var total: Fen = 0
            for index in 0..<Self.countMax { total += values[index] }
            return total
        }

        package static func == (left: Accounts, right: Accounts) -> Bool {
            for index in 0..<countMax where left.values[index] != right.values[index] { return false }
            return true
        }
    }
}

/// What the final facts change about one settlement (rules G-13, I-21); amounts in fen.
package struct Difference: Sendable, BitwiseCopyable, Equatable {
    /// What each fund pays more (positive) or less.
    package var funds = FundAmounts()
    /// Change of cash: 0 or less.
    package var cash: Fen = 0
    /// Change of what is to be recovered.
    package var recoverable: Fen = 0
    /// Credited back to each account: 0 or more.
    package var accounts = CostShares.Accounts()

    package var isNone: Bool { self == Difference() }

    /// What the funds pay more is what the person and the accounts bear less (G-7).
    package var isConserving: Bool { funds.total + cash + recoverable - accounts.total == 0 }
}

extension CostShares {
    /// The difference to what the funds pay finally.
    ///
    /// What they pay more first takes off what is still to be recovered, then cash, then the accounts in reverse order
    /// of use; what they pay less is booked as to be recovered and taken from nobody (I-21).
    /// - Precondition: the funds pay at most the total (G-7).
    package func difference(to final: FundAmounts) -> Difference {
        precondition(final.total <= total, "the funds pay more than the bill")
        var difference = Difference()
        difference.funds = final - funds
        var left = difference.funds.total
        if left < 0 {
            difference.recoverable = -left
            return difference
        }
        let released = min(left, max(0, recoverable))
        difference.recoverable = -released
        left -= released
        let refunded = min(left, max(0, cash))
        difference.cash = -refunded
        left -= refunded
        for index in (0..<Accounts.countMax).reversed() where left > 0 {
            let credited = min(left, max(0, accounts[index]))
            difference.accounts[index] = credited
            left -= credited
        }
        precondition(left == 0, "the settlement's parts are not its total")
        return difference
    }

    /// Books a difference.
    package mutating func add(_ difference: Difference) {
        funds += difference.funds
        cash += difference.cash
        recoverable += difference.recoverable
        for index in 0..<Accounts.countMax { accounts[index] -= difference.accounts[index] }
    }
}
