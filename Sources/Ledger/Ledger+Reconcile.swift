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
    /// Within `fundTotal`: paid outside (G-9); of theirs 0 says nothing.
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

    /// Account use at an institution, or what was given back of it.
    init(_ event: AccountEvent, _ use: InstitutionUse) {
        let amount = abs(event.amount)
        self.init(
            id: event.request?.id ?? "", isReversal: use.isRefund, person: event.owner, total: amount, fundTotal: 0,
            accountTotal: amount, cash: 0)
    }

    /// Whether an institution's row says what ours says.
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

extension Ledger {
    /// Rows of ours that one reconciliation may read: a large hospital's month.
    package static let reconcileRowsMax = 100_000

    /// What we settled at an institution in a period, less reversals, each counted on the day it was made.
    package func totals(
        institution: UInt32, from: CalendarDate, until: CalendarDate, type: ClearingType?
    ) throws(DomainRefusal) -> ClearingSums {
        try ready()
        try Self.check(from, until)
        return books.payees.totals.total(institution, from.number...until.number, type)
    }

    /// Compares an institution's own rows of a period with ours, by id. Of a row that stands twice in theirs the second
    /// is only there.
    package func reconcile(
        institution: UInt32, from: CalendarDate, until: CalendarDate, type: ClearingType?, theirs: [ReconcileLine]
    ) throws(DomainRefusal) -> Reconciliation {
        try ready()
        try Self.check(from, until)
        struct Key: Hashable {
            var id: String
            var isReversal: Bool
            var person: UInt64

            init(_ line: ReconcileLine) {
                id = line.id
                isReversal = line.isReversal
                person = line.person
            }
        }
        var result = Reconciliation()
        // By key the places of their rows: one that stands twice was booked twice, which is what they want to know.
        var expected: [Key: [Int]] = [:]
        for (place, line) in theirs.enumerated() {
            expected[Key(line), default: []].append(place)
        }
        var isMatched = [Bool](repeating: false, count: theirs.count)
        for line in try lines(institution, from, until, type) {
            guard let places = expected.removeValue(forKey: Key(line)) else {
                result.onlyHere.append(line)
                continue
            }
            // Of several the one that agrees, else the first.
            let place = places.first { theirs[$0].agrees(with: line) } ?? places[0]
            isMatched[place] = true
            if theirs[place].agrees(with: line) {
                result.equal += 1
            } else {
                result.differing.append((theirs[place], line))
            }
        }
        result.onlyThere = theirs.indices.filter { !isMatched[$0] }.map { theirs[$0] }
        return result
    }

    /// Our rows of an institution and period, in the order in which they were made; claims of channel `manual` are the
    /// person's and none of them (G-18).
    package func lines(
        _ institution: UInt32, _ from: CalendarDate, _ until: CalendarDate, _ type: ClearingType?
    ) throws(DomainRefusal) -> [ReconcileLine] {
        var lines: [ReconcileLine] = []
        func add(_ line: ReconcileLine, _ ofType: ClearingType) {
            if type == nil || type == ofType { lines.append(line) }
        }
        try forEachPosition(institution, from, until) { position throws(LedgerDamage) in
            switch try loadRecord(position) {
            case .settlement(let isReversal):
                if other.channel == .manual { break }
                add(ReconcileLine(other, isReversal: isReversal), ClearingType(other.claim.kind))
            case .use(let event, let use): add(ReconcileLine(event, use), ClearingType(use))
            case .none: break
            }
            return lines.count <= Self.reconcileRowsMax
        }
        guard lines.count <= Self.reconcileRowsMax else {
            throw DomainRefusal(
                .reconcilePeriodInvalid, "until", "\(until.number)",
                "the period has more than \(Self.reconcileRowsMax) rows here: ask for fewer days")
        }
        return lines
    }

    /// Calls `body` for every settlement and reversal that was made at an institution from `from` to `until` (days of
    /// China Standard Time), in that order, until it returns false; of a reversal with the settlement taken back.
    package func forEachRecord(
        institution: UInt32, from: CalendarDate, until: CalendarDate, _ body: (SettlementEntry, Bool) -> Bool
    ) throws(DomainRefusal) {
        try ready()
        try forEachPosition(institution, from, until) { position throws(LedgerDamage) in
            guard case .settlement(let isReversal) = try loadRecord(position) else { return true }
            return body(other, isReversal)
        }
    }

    /// Positions of an institution's records in their order, until `body` returns false.
    private func forEachPosition(
        _ institution: UInt32, _ from: CalendarDate, _ until: CalendarDate,
        _ body: (Position) throws(LedgerDamage) -> Bool
    ) throws(DomainRefusal) {
        var damage: LedgerDamage?
        let first = IndexKey(high: Books.institutionKey(institution, from), low: 0)
        let last = IndexKey(high: Books.institutionKey(institution, until), low: .max)
        do throws(DerivedTrouble) {
            try books.institutions.scan(from: first, to: last) { found in
                do throws(LedgerDamage) {
                    return try body(Position(number: found.value))
                } catch {
                    damage = error
                    return false
                }
            }
        } catch {
            damage = .index(error)
        }
        if let damage { throw Self.unreadable(damage) }
    }

    /// The same at every institution, one after the other.
    package func forEachRecord(
        from: CalendarDate, until: CalendarDate, _ body: (SettlementEntry, Bool) -> Void
    ) throws(DomainRefusal) {
        for number in 0..<UInt32(registry.institutions.count) {
            try forEachRecord(institution: number + 1, from: from, until: until) { entry, isReversal in
                body(entry, isReversal)
                return true
            }
        }
    }

    /// A record of an institution.
    private enum InstitutionRecord {
        /// In `other`: the settlement, or the one that a reversal takes back.
        case settlement(isReversal: Bool)
        case use(AccountEvent, InstitutionUse)
        case none
    }

    /// Reads the record at `position`; a settlement, or the one that the reversal there takes back, into `other`.
    private func loadRecord(_ position: Position) throws(LedgerDamage) -> InstitutionRecord {
        switch try reading.record(position) {
        case .settlement: return .settlement(isReversal: false)
        case .reversal:
            try load(reversal.settlement, into: other)
            return .settlement(isReversal: true)
        case .accounts(let row):
            for event in row.events {
                if let use = event.movement.atInstitution { return .use(event, use) }
            }
            return .none
        case .booked, .earlierRecognition, .other:
            throw LedgerDamage.row(position, "is nothing that an institution made")
        }
    }

    /// A day, or the days of at most one month.
    private static func check(_ from: CalendarDate, _ until: CalendarDate) throws(DomainRefusal) {
        for (field, day) in [("from", from), ("until", until)] where !day.exists {
            throw DomainRefusal(.dateInvalid, field, "\(day.number)", "the day does not exist")
        }
        guard from <= until, from.monthIndex == until.monthIndex else {
            throw DomainRefusal(
                .reconcilePeriodInvalid, "until", "\(until.number)",
                "a period is a day or several days of one month, the first one first")
        }
    }
}
