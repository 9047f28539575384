import Settlement

/// The result of one settled row: the columns of an outcome, in fen.
package struct RowOutcome: Equatable, Sendable, BitwiseCopyable {
    /// By `FundCategory`.
    package var funds: [6 of Fen] = [6 of Fen](repeating: 0)
    package var accountPaid: Fen = 0
    package var familyAccountPaid: Fen = 0
    package var cash: Fen = 0
    package var deductiblePaid: Fen = 0
    /// The part of the funds' payments that was paid outside (rule G-9).
    package var paidOutside: Fen = 0
    package var identity: Identity = .none
    package var hasNoRule = false

    package init() {}

    package init(_ outcome: borrowing Outcome) {
        funds = outcome.funds
        accountPaid = outcome.accountPaid
        familyAccountPaid = outcome.familyAccountPaid
        cash = outcome.cash
        deductiblePaid = outcome.deductiblePaid
        paidOutside = outcome.paidOutside
        identity = outcome.identity
        hasNoRule = outcome.hasNoRule
    }

    package subscript(fund: FundCategory) -> Fen { funds[Int(fund.rawValue)] }

    package var fundTotal: Fen { funds[0] + funds[1] + funds[2] + funds[3] + funds[4] + funds[5] }
    package var accountTotal: Fen { accountPaid + familyAccountPaid }

    /// Rule G-7: the payments sum up to the bill, and none is below 0.
    package func isConserving(total: Fen) -> Bool {
        var least = min(accountPaid, familyAccountPaid, cash)
        for index in 0..<CalculatorLimit.fundCategories { least = min(least, funds[index]) }
        return least >= 0 && fundTotal + accountTotal + cash == total
    }

    package static func == (left: RowOutcome, right: RowOutcome) -> Bool {
        for index in 0..<CalculatorLimit.fundCategories where left.funds[index] != right.funds[index] { return false }
        return left.accountPaid == right.accountPaid && left.familyAccountPaid == right.familyAccountPaid
            && left.cash == right.cash && left.deductiblePaid == right.deductiblePaid
            && left.paidOutside == right.paidOutside && left.identity == right.identity
            && left.hasNoRule == right.hasNoRule
    }
}

/// The result of one row: an outcome or a problem.
package enum RowResult: Equatable, Sendable {
    case settled(RowOutcome)
    case refused(RowProblem)
}

/// Settles rows in order, in process or at a server, and keeps the persons' years between calls.
package protocol RowSettler {
    /// Errors that end the whole run, such as a lost server.
    associatedtype Failure: Error
    /// One result for each row, in their order.
    mutating func settle(_ rows: [ClaimRow]) throws(Failure) -> [RowResult]
}
