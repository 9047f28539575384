import Records
import Registry
import Settlement

/// One entry of an account's statement (个人账户收支明细).
package struct AccountEntry: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case movement(AccountMovement)
        /// Payment of a settlement (结算), with the caller's id.
        case settlement(id: String)
        /// Credit of a reversal (冲正).
        case reversal(id: String)
    }
    /// Number of the entry, ascending.
    package var position: UInt64
    package var recorded: Moment
    package var kind: Kind
    /// Amount in fen; negative for a debit.
    package var amount: Fen
    /// The balance afterwards.
    package var balance: Fen
    /// Position of the account's previous entry; 0: this is the first.
    package var previous: UInt64

    package init(
        position: UInt64, recorded: Moment, kind: Kind, amount: Fen, balance: Fen, previous: UInt64
    ) {
        self.position = position
        self.recorded = recorded
        self.kind = kind
        self.amount = amount
        self.balance = balance
        self.previous = previous
    }

    /// The effect of a row of account events on `owner`'s account; nil: none.
    package init?(of owner: UInt64, in row: AccountRow) {
        guard let event = row.events.first(where: { $0.owner == owner }) else { return nil }
        self.init(
            position: row.position, recorded: row.recorded, kind: .movement(event.movement), amount: event.amount,
            balance: event.balance, previous: event.previous)
    }
}

/// A page of an account's history: entries in order, and their sums.
package struct AccountStatement: Equatable, Sendable {
    package var entries: [AccountEntry] = []
    /// The balance before the first entry.
    package var opening: Fen = 0
    /// Sum of credits: monthly and other credits, transfers in, inheritances, refunds.
    package var credits: Fen = 0
    /// Sum of debits, as a positive amount.
    package var uses: Fen = 0
    /// The balance after the last entry: opening + credits − uses.
    package var closing: Fen = 0
    /// Cursor of the previous page; 0: there is none in the requested days.
    package var before: UInt64 = 0

    package init() {}
}

/// The requested part of an account's history.
package struct StatementQuery: Equatable, Sendable {
    package var owner: UInt64
    /// Days on which entries were recorded, both included; a year's for its statement (CQ-32).
    package var days: DateRange
    /// Only entries before this one; 0: from the newest.
    package var before: UInt64
    /// Maximal number of entries, the newest ones: 1 … `AccountLimit.statementEntriesMax`.
    package var limit: Int

    package init(
        owner: UInt64, days: DateRange = DateRange(), before: UInt64 = 0,
        limit: Int = AccountLimit.statementEntriesMax
    ) {
        self.owner = owner
        self.days = days
        self.before = before
        self.limit = limit
    }
}

extension AccountLedger {
    /// Walks an account's entries backwards from the newest, and returns the requested ones in order.
    ///
    /// One call scans `AccountLimit.statementEntriesMax` entries at most: a page may be empty and still have a previous
    /// one.
    package func statement(_ query: StatementQuery) throws(DomainRefusal) -> AccountStatement {
        try readyToRead()
        var end = try accounts.end(of: query.owner)
        end.latest = latest
        return try AccountStatement.read(query, from: end, refusing: { $0 }) { position throws(DomainRefusal) in
            try accountEntry(of: query.owner, at: position)
        }
    }
}

extension AccountBook {
    /// The present end of an account's entries.
    package func end(of owner: UInt64) throws(DomainRefusal) -> AccountEnd {
        guard let account = account(of: owner) else { throw Self.unknown("person", owner) }
        return AccountEnd(lastPosition: account.lastPosition, balance: account.balance)
    }
}

/// The end of an account's entries, as of one moment.
package struct AccountEnd: Sendable {
    /// Position of the newest entry; 0: none.
    package let lastPosition: UInt64
    /// Balance after it, in fen.
    package let balance: Fen
    /// See `AccountLedger.latest`.
    package var latest: @Sendable (Moment, UInt64) -> Moment = { time, _ in time }
}

extension AccountStatement {
    /// Walks an account's entries backwards from `end`; `entry` reads the one at a position, nil: none of the account;
    /// `refusing` converts a refusal to the caller's error. See `AccountLedger.statement`.
    package static func read<Failure: Error>(
        _ query: StatementQuery, from end: AccountEnd, refusing: (DomainRefusal) -> Failure,
        _ entry: (UInt64) throws(Failure) -> AccountEntry?
    ) throws(Failure) -> AccountStatement {
        let limit = min(max(1, query.limit), AccountLimit.statementEntriesMax)
        var statement = AccountStatement()
        var next = end.lastPosition
        // The balance after the entry at `next`.
        var balance = end.balance
        if query.before != 0 {
            guard let entry = try entry(query.before) else {
                throw refusing(
                    DomainRefusal(
                        .recordUnknown, "before", "\(query.before)",
                        "this is no entry of the account: take the number from the part after it"))
            }
            next = entry.previous
            balance = entry.balance - entry.amount
        }
        statement.closing = balance
        var oldest: UInt64 = 0
        var seen = 0
        while next != 0 {
            guard statement.entries.count < limit, seen < AccountLimit.statementEntriesMax else {
                statement.before = oldest
                break
            }
            guard let entry = try entry(next), entry.balance == balance else {
                throw refusing(
                    DomainRefusal(
                        .storeUnavailable, "", "",
                        "number \(next) does not fit the account: run 'jiesuan ledger verify'"))
            }
            let day = end.latest(entry.recorded, next).date
            if day < query.days.from { break }
            seen += 1
            oldest = next
            next = entry.previous
            balance = entry.balance - entry.amount
            if query.days.until == .none || day <= query.days.until {
                statement.add(entry)
            } else {
                statement.closing = balance
            }
        }
        statement.opening = statement.closing - statement.credits + statement.uses
        statement.entries.reverse()
        return statement
    }

    private mutating func add(_ entry: AccountEntry) {
        entries.append(entry)
        if entry.amount >= 0 { credits += entry.amount } else { uses -= entry.amount }
    }
}
