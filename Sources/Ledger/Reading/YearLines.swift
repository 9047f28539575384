import LedgerFormat
import Records
import Registry
import Settlement

/// One line of a person's year: a settlement, a reversal, or another booking.
package struct YearLine: Equatable, Sendable {
    /// The settlement's id; empty for a recognition's payment, which belongs to no single settlement.
    package var id: String
    package var position: Position
    package var at: Moment
    package var isReversal: Bool
    package var isReversed: Bool
    /// A year-end adjustment (G-13): amounts are changes, `total` is 0.
    package var isAdjustment = false
    /// Number of a second-round entry (SY-4): amounts are changes, `total` is 0. 0 for other lines.
    package var round: UInt32 = 0
    /// A recognition's payment beside settlements (YT-7): amounts are changes, `total` is 0.
    package var isRecognition = false
    /// Takes back a second-round entry or a recognition.
    package var isTakenBack = false
    package var kind: ClaimKind
    package var serviceDate: CalendarDate
    package var institution: UInt32
    package var total: Fen
    package var fundTotal: Fen
    package var accountTotal: Fen
    package var cash: Fen
    /// Amount that the person has to pay back (应退), in fen; of bookings other than settlements.
    package var recoverable: Fen = 0
}

extension RecordReading {
    /// A person's settlements, reversals and other bookings of a year, in order: the latest ones before `before`.
    /// Follows the linked records backwards from the year's last ones (`heads`, one of each region); nil: stopped,
    /// because `isOver` returned true.
    func yearLines(
        _ heads: [Position], before: Position, limit: Int, isOver: () -> Bool = { false }
    ) throws(LedgerDamage) -> (lines: [YearLine], more: Bool)? {
        var heads = heads
        var seen = 0
        var lines: [YearLine] = []
        var reversed: Set<UInt64> = []
        // The newest of all comes first.
        while let head = heads.indices.max(by: { heads[$0] < heads[$1] }), heads[head] != .none {
            if lines.count == limit { return (lines.reversed(), true) }
            seen += 1
            if seen % LedgerReader.rowsPerCheck == 0, isOver() { return nil }
            let position = heads[head]
            let (line, previous) = try yearLine(position, &reversed)
            if before == .none || position < before { lines.append(line) }
            heads[head] = previous
        }
        return (lines.reversed(), false)
    }

    /// The line at `position`, and the record before it.
    ///
    /// Newest first, so reversals come before what they reverse.
    private func yearLine(
        _ position: Position, _ reversed: inout Set<UInt64>
    ) throws(LedgerDamage) -> (YearLine, Position) {
        switch try record(position) {
        case .settlement:
            var line = YearLine(settlement)
            line.isReversed = reversed.contains(position.number)
            return (line, settlement.previousRecord)
        case .reversal:
            reversed.insert(reversal.settlement.number)
            try load(reversal.settlement)
            var line = YearLine(settlement)
            line.position = position
            line.at = reversal.reversedAt
            line.isReversal = true
            // The reversal also takes back the year's end's bookings, with the opposite sign; its own amounts are
            // positive.
            line.fundTotal -= reversal.adjusted.funds.reduce(0) { $0 + $1.amount }
            line.accountTotal -= reversal.adjusted.accountTotal
            line.cash -= reversal.adjusted.cash
            line.recoverable = -reversal.adjusted.recoverable
            return (line, reversal.previousRecord)
        case .booked(.adjustment(let adjustment)):
            try load(adjustment.settlement)
            return (YearLine(adjustment, of: settlement), adjustment.previousRecord)
        case .booked(.secondRound(let payment)):
            try load(payment.settlement)
            return (YearLine(payment, of: settlement), payment.previousRecord)
        case .booked(.recognition(let payment)): return (YearLine(payment), payment.previousRecord)
        case .accounts, .earlierRecognition, .other:
            throw LedgerDamage.row(position, "is no settlement, and nothing that was booked on one")
        }
    }
}

/// The last records of a person's year as of one moment.
package struct YearHeads: Sendable {
    let last: [Position]
}

extension LedgerReader {
    /// A person's settlements, reversals and other bookings of a year, in order: the latest ones before `before`. The
    /// answer of `Ledger.listYear` as of the moment when `heads` were taken.
    package func listYear(
        _ heads: YearHeads, before: Position = .none, limit: Int, isOver: () -> Bool = { false }
    ) throws(ReadingFailure) -> (lines: [YearLine], more: Bool) {
        do throws(LedgerDamage) {
            let found = try reading.yearLines(heads.last, before: before, limit: limit, isOver: isOver)
            if let found { return found }
        } catch { throw .damaged(error) }
        throw .stopped
    }
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
