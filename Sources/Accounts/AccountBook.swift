import Records
import Registry
import Settlement

/// The personal accounts: balances in fen, never below zero (CQ-30 … CQ-32).
///
/// The state is what the journal's records made of it; see `Registry`. An account begins with the first money that
/// comes in. Nothing happens to it at the year's end: the balance carries over (结转). A million accounts that were
/// credited the same each month take at most `bytesPerAccount` each = 112 MB; for what else one has, see
/// `AccountDetails`.
package final class AccountBook {
    /// Memory of an account: the record, in an array that is at least half full, and its row in the index, which is
    /// at least a quarter full.
    package static var bytesPerAccount: Int {
        2 * MemoryLayout<Account>.stride + 4 * MemoryLayout<UInt32>.stride
    }

    // Unchecked exclusivity: nothing that is handed a part of these reaches the book again.
    @exclusivity(unchecked) private var index = PersonIndex()
    @exclusivity(unchecked) private var records: ContiguousArray<Account> = []

    /// What did not fit the state that it was applied to; nil: everything did. A journal of which anything does not fit
    /// must not be served.
    package private(set) var mismatch: AccountMismatch?

    package init() {}

    package var count: Int { records.count }

    /// Accounts that have more than their record: see `AccountDetails`.
    package var detailCount: Int { records.count { $0.details != nil } }

    // MARK: Looking

    @inline(__always)
    private func find(_ owner: UInt64) -> Int? {
        let row = index.find(owner) { records[$0].owner }
        return row < 0 ? nil : row
    }

    /// What a settlement or another use may take of an account; 0 where there is none or it is closed.
    package func balance(of owner: UInt64) -> Fen {
        guard let row = find(owner), records[row].status == .open else { return 0 }
        return records[row].balance
    }

    /// Looks at what `balance` looks at for each of these; see `PersonRegister.prefetch`.
    package func prefetch(_ owners: UnsafeBufferPointer<UInt64>) -> Fen {
        var seen: Fen = 0
        for owner in owners {
            if let row = find(owner) { seen &+= records[row].balance }
        }
        return seen
    }

    /// What an account holds, closed or not: a reversal gives back to a closed account too. 0 where there is none.
    package func held(of owner: UInt64) -> Fen { account(of: owner)?.balance ?? 0 }

    /// The account with what it holds, closed or not; nil: there is none.
    package func account(of owner: UInt64) -> AccountView? {
        find(owner).map { records[$0].view }
    }

    /// What was credited for a month; nil: nothing.
    package func credited(_ month: CreditMonth, to owner: UInt64) -> Fen? {
        find(owner).flatMap { records[$0].credited(month) }
    }

    /// Whether what the account had before it was kept here is credited.
    func hasOpening(_ owner: UInt64) -> Bool { find(owner).map { records[$0].hasOpening } ?? false }

    /// Where requests stand whose ids have this hash; the newest first.
    func positions(ofRequest key: UInt64, of owner: UInt64) -> [UInt64] {
        guard let row = find(owner), let details = records[row].details else { return [] }
        return details.positions(of: key)
    }

    /// Where the account's requests after a position stand, in their order.
    func requests(of owner: UInt64, after position: UInt64) -> [UInt64] {
        guard let row = find(owner), let details = records[row].details else { return [] }
        return details.requests.map(\.position).filter { $0 > position }
    }

    /// Every owner's number, in the order in which the accounts began.
    package var owners: [UInt64] { records.map(\.owner) }

    /// The sum of all balances, closed accounts included.
    package var total: Fen { records.reduce(0) { $0 + $1.balance } }

    // MARK: Changing

    /// Takes over an event of the journal; `position` is where it stands there.
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
        // What a reversal gave back to a closed account may leave it once more; the account stays what it became first.
        if let closed = event.movement.closes, records[row].status == .open { records[row].status = closed }
        if let request = event.request { records[row].add(request.key, at: position) }
    }

    /// A settlement at `position` took `amount` (negative: a reversal gave it back, also to a closed account).
    ///
    /// Returns the position of the account's entry before this one, for the statement; 0: none.
    package func use(_ amount: Fen, of owner: UInt64, at position: UInt64) -> UInt64 {
        guard amount != 0 else { return account(of: owner)?.lastPosition ?? 0 }
        let row = row(of: owner)
        let previous = records[row].lastPosition
        if amount > 0, records[row].status != .open { note(owner, position, .closed) }
        move(row, by: -amount, at: position)
        return previous
    }

    private func move(_ row: Int, by amount: Fen, at position: UInt64) {
        // Wraps only in a journal that no rule has seen; then the balance is noted as wrong.
        records[row].balance &+= amount
        if records[row].balance < 0 { note(records[row].owner, position, .belowZero) }
        records[row].lastPosition = position
    }

    private func note(_ owner: UInt64, _ position: UInt64, _ kind: AccountMismatch.Kind) {
        if mismatch == nil { mismatch = AccountMismatch(owner: owner, position: position, kind: kind) }
    }

    /// The account's row; a new one where there is none.
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

    /// Puts what `encodeSnapshot` wrote instead of whatever the account is.
    package func decodeSnapshot(of owner: UInt64, from reader: inout ByteReader) throws(DamagedBytes) {
        let account = try Account(owner: owner, from: &reader)
        records[row(of: owner)] = account
    }
}

/// An account as it stands.
package struct AccountView: Equatable, Sendable {
    package var status: AccountStatus
    /// In fen. Of a closed account: what reversals gave back since; it leaves by inheritance, transfer or
    /// deregistration.
    package var balance: Fen
    /// Where the journal has the account's last entry; 0: none.
    package var lastPosition: UInt64
}

/// A record of the journal that does not fit what came before it.
package struct AccountMismatch: Equatable, Sendable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        case belowZero, balance, order, monthTwice, closed
    }
    package var owner: UInt64
    package var position: UInt64
    package var kind: Kind

    /// Without the owner's number, which belongs in no log (G-14).
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
