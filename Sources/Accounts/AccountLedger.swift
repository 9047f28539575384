import Policy
import Records
import Registry
import Settlement

/// A row of account events as it is read back from the journal.
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

/// What the accounts need of the ledger around them: its journal, its register, its time.
package protocol AccountLedger: AnyObject {
    var accounts: AccountBook { get }
    var facts: any AccountFacts { get }
    /// The time that the next record will bear.
    var now: Moment { get }

    /// When a record that bears a time, at a position, was made at the latest: earlier than it says where a clock was
    /// wrong. Never falls from one record to the next.
    var latest: @Sendable (_ recorded: Moment, _ position: UInt64) -> Moment { get }

    /// Comes before everything that is recorded: the state that a decision rests on must be the store's.
    func ready() throws(DomainRefusal)

    /// Comes before everything that is only answered; also while nothing can be recorded.
    func readyToRead() throws(DomainRefusal)

    /// Records events in one row, all or none, and applies them.
    func record(_ events: [AccountEvent]) throws(DomainRefusal)

    /// The row of account events at a position, also where it is not durable yet.
    func accountRow(at position: UInt64) throws(DomainRefusal) -> AccountRow

    /// What the row at a position, of whatever kind, did to an account; nil: nothing.
    func accountEntry(of owner: UInt64, at position: UInt64) throws(DomainRefusal) -> AccountEntry?
}

extension AccountLedger {
    package var latest: @Sendable (_ recorded: Moment, _ position: UInt64) -> Moment { { recorded, _ in recorded } }
}

/// What the accounts need of the register.
package protocol AccountFacts: AnyObject {
    var library: PolicyLibrary { get }
    /// Every person's number, in any order.
    var persons: [UInt64] { get }
    var personCount: Int { get }

    /// Name of the person's region on a day; nil: not registered.
    func region(of person: UInt64, on day: CalendarDate) -> String?

    /// What the monthly credit of that day looks at; an enrolment that does not hold on it is none.
    func creditFacts(of person: UInt64, on day: CalendarDate) -> CreditFacts

    /// What `person` is to the owner of an account (CQ-31).
    func beneficiary(_ person: UInt64, of owner: UInt64, on day: CalendarDate) -> UseFacts.Beneficiary

    func isRetired(_ person: UInt64, on day: CalendarDate) -> Bool

    /// What kind of institution has this code; empty: none.
    func institution(_ code: String, on day: CalendarDate) -> UseFacts.Institution

    /// Whether and why the person's registration ended by that day.
    func departure(of person: UInt64, on day: CalendarDate) -> AccountDeparture
}

/// Why a person is no longer registered, as far as accounts look at it (CQ-31, CQ-32).
package enum AccountDeparture: Equatable, Sendable {
    case none
    /// 注销身份信息.
    case deregistered
    /// 死亡.
    case death
}
