import Accounts
import Policy
import Records
import Registry
import Settlement

/// A ledger that keeps its journal in memory: rows of account events, and what settlements did to accounts.
final class MemoryLedger: AccountLedger {
    enum Row {
        case accounts([UInt8])
        case settlement(isReversal: Bool, id: String, [AccountEntry], owners: [UInt64])
    }

    private(set) var accounts = AccountBook()
    let register: MemoryRegister
    var facts: any AccountFacts { register }
    var now = Moment(startOf: CalendarDate(2024_03_01))
    private(set) var rows: [(recorded: Moment, row: Row)] = []
    /// `record` refuses after so many more calls.
    var recordsLeft = Int.max

    private static let library = Result { () throws(PolicyProblems) in try PolicyLibrary.load() }

    init() throws { register = MemoryRegister(library: try Self.library.get()) }

    var chongqing: AccountRules {
        get throws { try rules("chongqing") }
    }

    func rules(_ region: String) throws -> AccountRules {
        guard let pack = register.library[region] else { throw Missing() }
        return AccountRules(pack)
    }

    struct Missing: Error {}

    /// Positions are 1, 2, 3 …, so that 0 is none.
    private var next: UInt64 { UInt64(rows.count) + 1 }

    func ready() throws(DomainRefusal) {}
    func readyToRead() throws(DomainRefusal) {}

    func record(_ events: [AccountEvent]) throws(DomainRefusal) {
        guard recordsLeft > 0 else { throw DomainRefusal(.storeUnavailable, "", "", "the store is full") }
        recordsLeft -= 1
        var writer = ByteWriter()
        writer.number(events.count)
        for event in events { event.encode(to: &writer) }
        let position = next
        rows.append((now, .accounts([UInt8](writer.bytes))))
        for event in events { accounts.apply(event, at: position, recorded: now) }
    }

    /// A settlement that takes `amount` of an account, as far as it has it; negative: a reversal. What it took.
    @discardableResult
    func settle(_ id: String, _ amount: Fen, of owner: UInt64) -> Fen {
        let taken = amount < 0 ? amount : min(amount, accounts.balance(of: owner))
        guard taken != 0 else { return 0 }
        let position = next
        let previous = accounts.use(taken, of: owner, at: position)
        let entry = AccountEntry(
            position: position, recorded: now, kind: taken > 0 ? .settlement(id: id) : .reversal(id: id),
            amount: -taken, balance: accounts.account(of: owner)?.balance ?? -1, previous: previous)
        rows.append((now, .settlement(isReversal: taken < 0, id: id, [entry], owners: [owner])))
        return taken
    }

    func accountRow(at position: UInt64) throws(DomainRefusal) -> AccountRow {
        guard position >= 1, position <= UInt64(rows.count),
            case (let recorded, .accounts(let bytes)) = rows[Int(position) - 1], let events = MemoryLedger.events(bytes)
        else { throw DomainRefusal(.recordUnknown, "position", "\(position)", "there is no such row") }
        return AccountRow(position: position, recorded: recorded, events: events)
    }

    func accountEntry(of owner: UInt64, at position: UInt64) throws(DomainRefusal) -> AccountEntry? {
        guard position >= 1, position <= UInt64(rows.count) else { return nil }
        switch rows[Int(position) - 1].row {
        case .accounts: return AccountEntry(of: owner, in: try accountRow(at: position))
        case .settlement(_, _, let entries, let owners): return owners.firstIndex(of: owner).map { entries[$0] }
        }
    }

    static func events(_ bytes: [UInt8]) -> [AccountEvent]? {
        bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            guard let count = try? reader.count(upTo: bytes.count) else { return nil }
            var events: [AccountEvent] = []
            for _ in 0..<count {
                guard let event = try? AccountEvent(from: &reader) else { return nil }
                events.append(event)
            }
            return reader.isAtEnd ? events : nil
        }
    }

    /// The book that the journal makes when it is replayed.
    func replayed() -> AccountBook {
        let book = AccountBook()
        for (index, (recorded, row)) in rows.enumerated() {
            let position = UInt64(index) + 1
            switch row {
            case .accounts(let bytes):
                for event in MemoryLedger.events(bytes) ?? [] { book.apply(event, at: position, recorded: recorded) }
            case .settlement(_, _, let entries, let owners):
                for (entry, owner) in zip(entries, owners) { _ = book.use(-entry.amount, of: owner, at: position) }
            }
        }
        return book
    }
}

extension AccountBook {
    /// Every account's snapshot, by owner.
    var snapshots: [UInt64: [UInt8]] {
        var snapshots: [UInt64: [UInt8]] = [:]
        for owner in owners {
            var writer = ByteWriter()
            encodeSnapshot(of: owner, to: &writer)
            snapshots[owner] = [UInt8](writer.bytes)
        }
        return snapshots
    }

    /// The book that its snapshots make.
    func reread() throws -> AccountBook {
        let book = AccountBook()
        for owner in owners {
            var writer = ByteWriter()
            encodeSnapshot(of: owner, to: &writer)
            var reader = ByteReader(writer.bytes)
            try book.decodeSnapshot(of: owner, from: &reader)
            guard reader.isAtEnd else { throw DamagedBytes() }
        }
        return book
    }
}

/// The refusal of `body`; nil: it was done.
func refusal(_ body: () throws(DomainRefusal) -> Void) -> DomainRefusal? {
    do throws(DomainRefusal) {
        try body()
        return nil
    } catch {
        return error
    }
}

func month(_ yearMonth: Int32) -> CreditMonth { CreditMonth(yearMonth: yearMonth)! }
