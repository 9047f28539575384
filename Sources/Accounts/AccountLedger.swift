import Policy
import Records
import Registry
import Settlement

/// A row of account events read from the journal.
package struct AccountRow: Equatable, Sendable {
    package var position: UInt64
    package var recorded: Moment
    package var events: [AccountEvent]

    package init(position: UInt64, recorded: Moment, events: [AccountEvent]) {
        self.position = position
        self.recorded = recorded
        self.events = events
    }
}

/// The accounts' interface to the ledger: its journal, its register, its time.
package protocol AccountLedger: AnyObject {
    var accounts: AccountBook { get }
    var facts: any AccountFacts { get }
    /// The time of the next record.
    var now: Moment { get }

    /// Upper bound of the moment at which a record was made, from its time and position: earlier than its time where a
    /// clock was wrong. Never decreases from one record to the next.
    var latest: @Sendable (_ recorded: Moment, _ position: UInt64) -> Moment { get }

    /// Called before every write: the state behind a decision must be the store's.
    func ready() throws(DomainRefusal)

    /// Called before every read; works also while writes are refused.
    func readyToRead() throws(DomainRefusal)

    /// Records events in one row, all or none, and applies them.
    func record(_ events: [AccountEvent]) throws(DomainRefusal)

    /// The row of account events at a position, durable or not.
    func accountRow(at position: UInt64) throws(DomainRefusal) -> AccountRow

    /// The effect of the row at a position, of any kind, on an account; nil: none.
    func accountEntry(of owner: UInt64, at position: UInt64) throws(DomainRefusal) -> AccountEntry?
}

extension AccountLedger {
    package var latest: @Sendable (_ recorded: Moment, _ position: UInt64) -> Moment { { recorded, _ in recorded } }
}

/// The accounts' interface to the register.
package protocol AccountFacts: AnyObject {
    var library: PolicyLibrary { get }
    /// Every person's number, in any order.
    var persons: [UInt64] { get }
    var personCount: Int { get }

    /// Name of the person's region on a day; nil: not registered.
    func region(of person: UInt64, on day: CalendarDate) -> String?

    /// The facts for the monthly credit of a day; without an enrolment not in force on it.
    func creditFacts(of person: UInt64, on day: CalendarDate) -> CreditFacts

    /// The relation of `person` to the owner of an account (CQ-31).
    func beneficiary(_ person: UInt64, of owner: UInt64, on day: CalendarDate) -> UseFacts.Beneficiary

    func isRetired(_ person: UInt64, on day: CalendarDate) -> Bool

    /// The kind of the institution with this code; empty code: none.
    func institution(_ code: String, on day: CalendarDate) -> UseFacts.Institution

    /// The end of the person's registration by that day, with its cause.
    func departure(of person: UInt64, on day: CalendarDate) -> AccountDeparture
}

/// Causes of the end of a registration that matter to accounts (CQ-31, CQ-32).
package enum AccountDeparture: Equatable, Sendable {
    case none
    /// 注销身份信息.
    case deregistered
    /// 死亡.
    case death
}
