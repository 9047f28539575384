import Ledger
import Settlement

/// Whom a fund's year is owed to (G-18); amounts in fen.
///
/// institutions + persons + accounts + both outside − recoverable is what the fund pays finally.
package struct FundPayees: Codable, Equatable, Sendable {
    /// Online settlements, less reversals, without what was paid outside.
    package var institutions: Fen = 0
    /// Claims that the person had paid in advance, and what lowers a person's cash.
    package var persons: Fen = 0
    /// Credited back to accounts: owed to the account fund.
    package var accounts: Fen = 0
    /// Paid outside, owed to nobody (G-9): of the institutions' claims, and of those that persons had paid in advance.
    package var outside: Fen = 0
    package var outsideOfPersons: Fen = 0
    /// To be recovered from persons (应退).
    package var recoverable: Fen = 0

    package init() {}

    package var total: Fen { institutions + persons + accounts + paidOutside - recoverable }
    package var paidOutside: Fen { outside + outsideOfPersons }

    package static func += (left: inout FundPayees, right: FundPayees) {
        left.institutions += right.institutions
        left.persons += right.persons
        left.accounts += right.accounts
        left.outside += right.outside
        left.outsideOfPersons += right.outsideOfPersons
        left.recoverable += right.recoverable
    }
}

/// Whom the account fund's year is owed to (G-18); amounts in fen.
package struct AccountPayees: Codable, Equatable, Sendable {
    /// What accounts pay of online settlements, less reversals.
    package var institutions: Fen = 0
    /// Of claims that the person had paid in advance: only in old records, since cash does not leave an account
    /// (CQ-31).
    package var persons: Fen = 0
    /// Account use at institutions outside settlements, less refunds (CQ-31).
    package var uses: Fen = 0

    package init() {}

    package static func += (left: inout AccountPayees, right: AccountPayees) {
        left.institutions += right.institutions
        left.persons += right.persons
        left.uses += right.uses
    }
}

/// What is to be recovered from persons (应退), each for itself; amounts in fen.
package struct RecoverySums: Codable, Equatable, Sendable {
    /// Persons with anything to pay back, and those who have even against what is owed to them.
    package var persons = 0
    package var netPersons = 0
    /// 应退 of all settlements: gross.
    package var due: Fen = 0
    /// Owed to the same persons by adjustments, and not handed over yet.
    package var owed: Fen = 0
    /// What remains of `due` person by person, where it is more than `owed`.
    package var net: Fen = 0

    package init() {}

    package static func += (left: inout RecoverySums, right: RecoverySums) {
        left.persons += right.persons
        left.netPersons += right.netPersons
        left.due += right.due
        left.owed += right.owed
        left.net += right.net
    }
}

extension OwedKind {
    /// Booked beside settlements: no part of what a settlement comes to (SY-4, YT-7).
    var isBesideSettlements: Bool {
        switch self {
        case .recognition, .recognitionReversed, .secondRound, .secondRoundReversed: true
        case .manual, .manualReversed, .adjustment, .adjustmentReversed: false
        }
    }
}

/// What one entry of the year owes to a person or accounts, fund by fund.
struct OwedItem {
    var kind = OwedKind.manual
    /// 0: the run found it, and has not posted it.
    var sequence: UInt64 = 0
    /// YYYYMM in which it was made; 0: not yet.
    var month: Int32 = 0
    var shares: [FundShare] = []
    var toPerson: Fen { shares.reduce(0) { $0 + $1.toPerson } }
    var toAccounts: Fen { shares.reduce(0) { $0 + $1.toAccounts } }
    var recoverable: Fen { shares.reduce(0) { $0 + $1.recoverable } }
}
