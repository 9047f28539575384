import Records
import Registry
import Settlement

/// The personal accounts: balances in fen, never below zero (CQ-30 … CQ-32).
///
/// The state is made by the journal's records; see `Registry`. An account begins with its first credit. Its balance
/// carries over at the year's end (结转). A million accounts with the same credit each month take at most
/// `bytesPerAccount` each = 112 MB; for further data see `AccountDetails`.
package final class AccountBook {
    /// Memory of an account: the record, in an array that is at least half full, and its row in the index, which is
    /// at least a quarter full.
    package static var bytesPerAccount: Int {
        2 * MemoryLayout<Account>.stride + 4 * MemoryLayout<UInt32>.stride
    }

    // Unchecked exclusivity: no function that is passed a part of these accesses the book again.
    @exclusivity(unchecked) private var index = PersonIndex()
    @exclusivity(unchecked) private var records: ContiguousArray<Account> = []

    /// The first event that contradicted the state; nil: none. A journal with a contradiction must not be served.
    package private(set) var mismatch: AccountMismatch?

    package init() {}

    package var count: Int { records.count }

    /// Details of the accounts that have any, see `AccountDetails`.
    package var detailCount: Int { records.count { $0.details != nil } }

    // MARK: Looking

    @inline(__always)
    private func find(_ owner: UInt64) -> Int? {
        let row = index.find(owner) { records[$0].owner }
        return row < 0 ? nil : row
    }

    /// The balance available to a settlement or another use; 0 where there is no account or it is closed.
    package func balance(of owner: UInt64) -> Fen {
        guard let row = find(owner), records[row].status == .open else { return 0 }
        return records[row].balance
    }

    /// Prefetches the memory that `balance` reads for each person; see `PersonRegister.prefetch`.
    package func prefetch(_ owners: UnsafeBufferPointer<UInt64>) -> Fen {
        var seen: Fen = 0
        for owner in owners {
            if let row = find(owner) { seen &+= records[row].balance }
        }
        return seen
    }

    /// The balance of an account, closed or not, since a reversal credits a closed account too. 0 where there is none.
    package func held(of owner: UInt64) -> Fen { account(of: owner)?.balance ?? 0 }

    /// The account, closed or not; nil: none.
    package func account(of owner: UInt64) -> AccountView? {
        find(owner).map { records[$0].view }
    }

    /// The amount credited for a month; nil: none.
    package func credited(_ month: CreditMonth, to owner: UInt64) -> Fen? {
        find(owner).flatMap { records[$0].credited(month) }
    }

    /// Whether the opening balance is credited.
    func hasOpening(_ owner: UInt64) -> Bool { find(owner).map { records[$0].hasOpening } ?? false }

    /// Positions of the requests whose ids have this hash; the newest first.
    func positions(ofRequest key: UInt64, of owner: UInt64) -> [UInt64] {
        guard let row = find(owner), let details = records[row].details else { return [] }
        return details.positions(of: key)
    }

    /// Positions of the account's requests after a position, in order.
    func requests(of owner: UInt64, after position: UInt64) -> [UInt64] {
        guard let row = find(owner), let details = records[row].details else { return [] }
        return details.requests.map(\.position).filter { $0 > position }
    }

    /// The owners' numbers, in order of the accounts' creation.
    package var owners: [UInt64] { records.map(\.owner) }

    /// The sum of all balances, closed accounts included.
    package var total: Fen { records.reduce(0) { $0 + $1.balance } }

    // MARK: Changing

    /// Applies an event of the journal at `position`.
    package func apply(_ event: AccountEvent, at position: UInt64, recorded: Moment) {
        let row = row(of: event.owner)
        if records[row].lastPosition != event.previous { note(event.owner, position, .order) }
        move(row, by: event.amount, at: position)
        if records[row].balance != event.balance { note(event.owner, position, .balance) }
        switch event.movement {
        case .monthlyCredit(let month, _):
            if !records[row].credit(month, event.amount) { note(event.owner, position, .monthTwice) }
        case .credit(.openingBalance, _): records[row].hasOpening = true
        case .transferredIn:
            if records[row].status == .transferredOut { records[row].status = .open }
        default: break
        }
        // A reversal's credit to a closed account may leave it once more; the account keeps its first closing status.
        if let closed = event.movement.closes, records[row].status == .open { records[row].status = closed }
        if let request = event.request { records[row].add(request.key, at: position) }
    }

    /// Debits a settlement's `amount` at `position` (negative: a reversal's credit, also to a closed account).
    ///
    /// Returns the position of the account's previous entry, for the statement; 0: none.
    package func use(_ amount: Fen, of owner: UInt64, at position: UInt64) -> UInt64 {
        guard amount != 0 else { return account(of: owner)?.lastPosition ?? 0 }
        let row = row(of: owner)
        let previous = records[row].lastPosition
        if amount > 0, records[row].status != .open { note(owner, position, .closed) }
        move(row, by: -amount, at: position)
        return previous
    }

    private func move(_ row: Int, by amount: Fen, at position: UInt64) {
        // Overflows only in a journal that bypassed the rules; the balance is then recorded as wrong.
        records[row].balance &+= amount
        if records[row].balance < 0 { note(records[row].owner, position, .belowZero) }
        records[row].lastPosition = position
    }

    private func note(_ owner: UInt64, _ position: UInt64, _ kind: AccountMismatch.Kind) {
        if mismatch == nil { mismatch = AccountMismatch(owner: owner, position: position, kind: kind) }
    }

    /// The index of the account's row, created where there is none.
    private func row(of owner: UInt64) -> Int {
        if let row = find(owner) { return row }
        records.append(Account(owner: owner))
        index.add(owner, row: records.count - 1) { records[$0].owner }
        return records.count - 1
    }

    // MARK: Snapshots

    package func encodeSnapshot(of owner: UInt64, to writer: inout ByteWriter) {
        guard let row = find(owner) else { return }
        records[row].encode(to: &writer)
    }

    /// Replaces the account by one written by `encodeSnapshot`.
    package func decodeSnapshot(of owner: UInt64, from reader: inout ByteReader) throws(DamagedBytes) {
        let account = try Account(owner: owner, from: &reader)
        records[row(of: owner)] = account
    }
}

/// The state of an account.
package struct AccountView: Equatable, Sendable {
    package var status: AccountStatus
    /// Balance in fen. A closed account has only reversals' credits since its closing, which leave by inheritance,
    /// transfer or deregistration.
    package var balance: Fen
    /// Position of the account's last entry in the journal; 0: none.
    package var lastPosition: UInt64
}

/// A record of the journal that contradicts earlier ones.
package struct AccountMismatch: Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        case belowZero, balance, order, monthTwice, closed
    }
    package var owner: UInt64
    package var position: UInt64
    package var kind: Kind

    /// The text leaves out the owner's number, which belongs in no log (G-14).
    package var description: String {
        let what =
            switch kind {
            case .belowZero: "takes more than an account has"
            case .balance: "says another balance than its account has"
            case .order: "names another entry before it than its account has"
            case .monthTwice: "credits a month that its account was credited"
            case .closed: "uses a closed account"
            }
        return "row \(position & 0xffff) of block \(position >> 16) \(what)"
    }
}
