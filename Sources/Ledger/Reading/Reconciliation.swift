import Accounts
import Registry
import Settlement

/// A row of an institution's own books, or of ours (对明细账); a reversal's amounts are those given back, positive.
///
/// Account use outside settlements is a row of its own, known by the request's id and the account's owner (CQ-31).
package struct ReconcileLine: Equatable, Sendable {
    package var id: String
    package var isReversal: Bool
    /// Owner of the account that paid outside a settlement; 0: the row is a settlement or its reversal.
    package var person: UInt64 = 0
    package var total: Fen
    package var fundTotal: Fen
    /// Part of `fundTotal` paid outside (G-9); in the institution's rows 0 means unknown.
    package var paidOutside: Fen = 0
    package var accountTotal: Fen
    package var cash: Fen

    package init(
        id: String, isReversal: Bool, person: UInt64 = 0, total: Fen, fundTotal: Fen, paidOutside: Fen = 0,
        accountTotal: Fen, cash: Fen
    ) {
        self.id = id
        self.isReversal = isReversal
        self.person = person
        self.total = total
        self.fundTotal = fundTotal
        self.paidOutside = paidOutside
        self.accountTotal = accountTotal
        self.cash = cash
    }

    init(_ entry: SettlementEntry, isReversal: Bool) {
        self.init(
            id: entry.idText, isReversal: isReversal, total: entry.outcome.pointee.total,
            fundTotal: entry.outcome.pointee.fundTotal, paidOutside: entry.claim.paidOutside,
            accountTotal: entry.accountTotal, cash: entry.outcome.pointee.cash)
    }

    /// A row of an account use at an institution, or of its refund.
    init(_ event: AccountEvent, _ use: InstitutionUse) {
        let amount = abs(event.amount)
        self.init(
            id: event.request?.id ?? "", isReversal: use.isRefund, person: event.owner, total: amount, fundTotal: 0,
            accountTotal: amount, cash: 0)
    }

    /// Whether an institution's row agrees with ours.
    func agrees(with ours: ReconcileLine) -> Bool {
        var theirs = self
        if theirs.paidOutside == 0 { theirs.paidOutside = ours.paidOutside }
        return theirs == ours
    }
}

/// How an institution's rows and ours agree.
package struct Reconciliation: Equatable, Sendable {
    package var equal = 0
    package var onlyThere: [ReconcileLine] = []
    package var onlyHere: [ReconcileLine] = []
    package var differing: [(theirs: ReconcileLine, ours: ReconcileLine)] = []
    package var isBalanced: Bool { onlyThere.isEmpty && onlyHere.isEmpty && differing.isEmpty }

    package init() {}

    package static func == (left: Reconciliation, right: Reconciliation) -> Bool {
        left.equal == right.equal && left.onlyThere == right.onlyThere && left.onlyHere == right.onlyHere
            && left.differing.map(\.theirs) == right.differing.map(\.theirs)
            && left.differing.map(\.ours) == right.differing.map(\.ours)
    }
}

// MARK: Comparing

extension Reconciliation {
    private struct Key: Hashable {
        let id: String
        let isReversal: Bool
        let person: UInt64

        init(_ line: ReconcileLine) {
            id = line.id
            isReversal = line.isReversal
            person = line.person
        }
    }

    /// Compares an institution's own rows with ours, by id. The second of two equal rows of theirs counts as only
    /// there.
    ///
    /// Some 0.5 µs a row of each side.
    package init(theirs: [ReconcileLine], ours: [ReconcileLine]) {
        // By key the indexes of their first and last row; the rows between are chained. A duplicate row means that the
        // institution booked twice, which the comparison must show.
        var expected: [Key: (first: Int, last: Int)] = Dictionary(minimumCapacity: theirs.count)
        var next = [Int](repeating: -1, count: theirs.count)
        for (index, line) in theirs.enumerated() {
            let key = Key(line)
            if let found = expected[key] {
                next[found.last] = index
                expected[key] = (found.first, index)
            } else {
                expected[key] = (index, index)
            }
        }
        var isMatched = [Bool](repeating: false, count: theirs.count)
        for line in ours {
            guard let found = expected.removeValue(forKey: Key(line)) else {
                onlyHere.append(line)
                continue
            }
            // Of several rows with the key the one that agrees, else the first.
            var index = found.first
            while index >= 0, !theirs[index].agrees(with: line) { index = next[index] }
            if index >= 0 {
                isMatched[index] = true
                equal += 1
            } else {
                isMatched[found.first] = true
                differing.append((theirs[found.first], line))
            }
        }
        onlyThere = theirs.indices.filter { !isMatched[$0] }.map { theirs[$0] }
    }
}
