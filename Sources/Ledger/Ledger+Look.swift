import Registry
import Settlement

/// One line of a person's year: a settlement, a reversal, or what was booked besides.
package struct YearLine: Equatable, Sendable {
    /// The settlement's id; empty: a recognition's payment, which is about no single one.
    package var id: String
    package var position: Position
    package var at: Moment
    package var isReversal: Bool
    package var isReversed: Bool
    /// Booked by a year's end (G-13): amounts are what it changes, `total` is 0.
    package var isAdjustment = false
    /// Number of a second-round entry (SY-4): amounts are what it changes, `total` is 0; 0: it is none.
    package var round: UInt32 = 0
    /// A recognition's payment beside settlements (YT-7): amounts are what it changes, `total` is 0.
    package var isRecognition = false
    /// It takes a second-round entry or a recognition back.
    package var isTakenBack = false
    package var kind: ClaimKind
    package var serviceDate: CalendarDate
    package var institution: UInt32
    package var total: Fen
    package var fundTotal: Fen
    package var accountTotal: Fen
    package var cash: Fen
    /// What the person has to pay back (应退), in fen; of what was booked besides.
    package var recoverable: Fen = 0
}

extension Ledger {
    /// Lines of one call to `listYear` at most, and where the caller says none.
    package static let yearLinesMax = 1_000
    package static let yearLinesUsual = 100

    /// Reads the settlement of an id into `entry`.
    @discardableResult
    package func get(_ id: UnsafeRawBufferPointer) throws(DomainRefusal) -> Position {
        try ready()
        try Self.check(id)
        guard let position = try find(id, books.key(id)) else {
            throw DomainRefusal(
                .settlementUnknown, "settlement_id", String(decoding: id, as: UTF8.self),
                "no settlement of this id is recorded; nothing was settled under it")
        }
        entry.isDuplicate = false
        return position
    }

    /// Whether `entry` was reversed; `reversal` then has it.
    package func isReversed() throws(DomainRefusal) -> Bool {
        try readReversal(of: entry.id, entry.position)
    }

    /// A person's settlements, reversals and what was booked besides, of a year, in their order: the latest ones before
    /// `before`.
    package func listYear(
        person: UInt64, year: Int32, before: Position = .none, limit: Int
    ) throws(DomainRefusal) -> (lines: [YearLine], more: Bool) {
        try ready()
        var lines: [YearLine] = []
        var reversed: Set<UInt64> = []
        // The last records, of each region that the person had in the year; the newest of all comes first.
        var heads: [Position] = []
        for place in books.years.places(of: person, in: year) { heads.append(books.years.years[place].lastRecord) }
        do throws(LedgerDamage) {
            while let head = heads.indices.max(by: { heads[$0] < heads[$1] }), heads[head] != .none {
                if lines.count == limit { return (lines.reversed(), true) }
                let position = heads[head]
                let (line, previous) = try line(position, &reversed)
                if before == .none || position < before { lines.append(line) }
                heads[head] = previous
            }
        } catch {
            throw Self.unreadable(error)
        }
        return (lines.reversed(), false)
    }

    /// The line at `position`, and the record before it.
    ///
    /// Newest first, so reversals come before what they reverse.
    private func line(
        _ position: Position, _ reversed: inout Set<UInt64>
    ) throws(LedgerDamage) -> (YearLine, Position) {
        switch try loadBooked(position) {
        case .adjustment(let adjustment):
            try load(adjustment.settlement, into: other)
            return (YearLine(adjustment, of: other), adjustment.previousRecord)
        case .secondRound(let payment):
            try load(payment.settlement, into: other)
            return (YearLine(payment, of: other), payment.previousRecord)
        case .recognition(let payment): return (YearLine(payment), payment.previousRecord)
        case nil: break
        }
        let kind = try journal.read(position) { row, _ throws(LedgerDamage) in row.first.flatMap(RowKind.init) }
        if kind == .reversal {
            try load(position, into: reversal)
            reversed.insert(reversal.settlement.number)
            try load(reversal.settlement, into: other)
            var line = YearLine(other)
            line.position = position
            line.at = reversal.reversedAt
            line.isReversal = true
            // Of what the year's end had booked, the opposite is the reversal's too; its amounts are positive.
            line.fundTotal -= reversal.adjusted.funds.reduce(0) { $0 + $1.amount }
            line.accountTotal -= reversal.adjusted.accountTotal
            line.cash -= reversal.adjusted.cash
            line.recoverable = -reversal.adjusted.recoverable
            return (line, reversal.previousRecord)
        }
        try load(position, into: other)
        var line = YearLine(other)
        line.isReversed = reversed.contains(position.number)
        return (line, other.previousRecord)
    }

    /// A person's accumulators of a year by slot of the region's present pack: of `region`, or where nothing was
    /// settled there of the one where something was settled last; nil: nothing was.
    package func yearAmounts(person: UInt64, year: Int32, region: Int?) -> (region: Int, amounts: [Fen])? {
        let years = books.years
        let places = years.places(of: person, in: year)
        let asked = places.first { Int(years.years[$0].region) == region }
        guard let place = asked ?? places.max(by: { years.years[$0].lastRecord < years.years[$1].lastRecord })
        else { return nil }
        return (Int(books.years.years[place].region), books.years.amounts(of: place))
    }

    /// How many settlements are recorded, reversed ones included.
    package var settlementCount: Int { books.settlementCount }
}

extension YearLine {
    init(_ payment: SecondRoundPayment, of settlement: SettlementEntry) {
        self.init(settlement)
        position = payment.position
        at = payment.paidAt
        round = payment.round
        isTakenBack = payment.takesBack != .none
        total = 0
        fundTotal = payment.amount
        accountTotal = 0
        cash = payment.cash
        recoverable = payment.recoverable
    }

    init(_ payment: RecognitionPayment) {
        id = ""
        position = payment.position
        at = payment.paidAt
        isReversal = false
        isReversed = false
        isRecognition = true
        if case .takenBack = payment.event { isTakenBack = true }
        kind = .unspecified
        serviceDate = .none
        institution = 0
        total = 0
        fundTotal = payment.amount
        accountTotal = 0
        cash = payment.cash
        recoverable = payment.recoverable
    }

    init(_ adjustment: AdjustmentEntry, of settlement: SettlementEntry) {
        self.init(settlement)
        position = adjustment.position
        at = adjustment.adjustedAt
        isAdjustment = true
        total = 0
        fundTotal = adjustment.fundTotal
        accountTotal = -adjustment.accountTotal
        cash = adjustment.cash
        recoverable = adjustment.recoverable
    }

    init(_ entry: SettlementEntry) {
        id = entry.idText
        position = entry.position
        at = entry.settledAt
        isReversal = false
        isReversed = false
        kind = entry.claim.kind
        serviceDate = entry.claim.serviceDate
        institution = entry.institution
        total = entry.outcome.pointee.total
        fundTotal = entry.outcome.pointee.fundTotal
        accountTotal = entry.accountTotal
        cash = entry.outcome.pointee.cash
    }
}
