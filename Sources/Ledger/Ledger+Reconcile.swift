import Registry
import Settlement

/// A row of an institution's own books, or of ours (对明细账); a reversal's amounts are those given back, positive.
package struct ReconcileLine: Equatable, Sendable {
    package var id: String
    package var isReversal: Bool
    package var total: Fen
    package var fundTotal: Fen
    package var accountTotal: Fen
    package var cash: Fen

    package init(id: String, isReversal: Bool, total: Fen, fundTotal: Fen, accountTotal: Fen, cash: Fen) {
        self.id = id
        self.isReversal = isReversal
        self.total = total
        self.fundTotal = fundTotal
        self.accountTotal = accountTotal
        self.cash = cash
    }

    init(_ entry: SettlementEntry, isReversal: Bool) {
        self.init(
            id: entry.idText, isReversal: isReversal, total: entry.outcome.pointee.total,
            fundTotal: entry.outcome.pointee.fundTotal, accountTotal: entry.accountTotal,
            cash: entry.outcome.pointee.cash)
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
        return books.clearing.total(institution, from.number...until.number, type)
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
        }
        var result = Reconciliation()
        // By key the places of their rows: one that stands twice was booked twice, which is what they want to know.
        var expected: [Key: [Int]] = [:]
        for (place, line) in theirs.enumerated() {
            expected[Key(id: line.id, isReversal: line.isReversal), default: []].append(place)
        }
        var isMatched = [Bool](repeating: false, count: theirs.count)
        for line in try lines(institution, from, until, type) {
            guard let places = expected.removeValue(forKey: Key(id: line.id, isReversal: line.isReversal)) else {
                result.onlyHere.append(line)
                continue
            }
            // Of several the one that agrees, else the first.
            let place = places.first { theirs[$0] == line } ?? places[0]
            isMatched[place] = true
            if theirs[place] == line { result.equal += 1 } else { result.differing.append((theirs[place], line)) }
        }
        result.onlyThere = theirs.indices.filter { !isMatched[$0] }.map { theirs[$0] }
        return result
    }

    /// Our rows of an institution and period, in the order in which they were made.
    package func lines(
        _ institution: UInt32, _ from: CalendarDate, _ until: CalendarDate, _ type: ClearingType?
    ) throws(DomainRefusal) -> [ReconcileLine] {
        var lines: [ReconcileLine] = []
        try forEachRecord(institution: institution, from: from, until: until) { entry, isReversal in
            if type == nil || type == ClearingType(entry.claim.kind) {
                lines.append(ReconcileLine(entry, isReversal: isReversal))
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
        var damage: LedgerDamage?
        let first = IndexKey(high: Books.institutionKey(institution, from), low: 0)
        let last = IndexKey(high: Books.institutionKey(institution, until), low: .max)
        do throws(DerivedTrouble) {
            try books.institutions.scan(from: first, to: last) { found in
                do throws(LedgerDamage) {
                    let isReversal = try loadRecord(Position(number: found.value))
                    return body(other, isReversal)
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

    /// Reads the settlement at `position`, or the one that the reversal there takes back, into `other`; true: a
    /// reversal.
    private func loadRecord(_ position: Position) throws(LedgerDamage) -> Bool {
        let isReversal = try journal.read(position) { row, _ throws(LedgerDamage) in
            row.first == RowKind.reversal.rawValue
        }
        if isReversal {
            try load(position, into: reversal)
            try load(reversal.settlement, into: other)
        } else {
            try load(position, into: other)
        }
        return isReversal
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
