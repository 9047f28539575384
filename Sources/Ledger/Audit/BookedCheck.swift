import LedgerFormat
import Registry
import Settlement

/// The verification's checks of entries beside settlements: each returns the faults of an entry, judged by the entries
/// booked before it.
enum BookedCheck {
    /// Faults of a second-round payment (SY-4). `earlier`: the entries booked before under the same settlement's id.
    static func secondRound(_ payment: SecondRoundPayment, _ earlier: [BookedRow]) -> [String] {
        var problems: [String] = []
        if !payment.isConserving { problems.append("fund, cash and recoverable do not add up (G-7)") }
        let earlier = secondRounds(earlier, of: payment.settlement)
        if payment.takesBack == .none {
            if payment.round != (earlier.map(\.round).max() ?? 0) + 1 {
                problems.append("round \(payment.round) does not follow the entries before it (SY-4)")
            }
        } else if let last = earlier.standing.last, last.position == payment.takesBack {
            if last.amount + payment.amount != 0 || last.cash + payment.cash != 0
                || last.recoverable + payment.recoverable != 0
            {
                problems.append("it takes back other amounts than were paid (SY-4)")
            }
        } else {
            problems.append("what it takes back is not the latest entry that stands (SY-4)")
        }
        return problems
    }

    /// Faults of a recognition's payment (YT-7). `state`: the person's recognitions; `earlier`: their payments beside
    /// settlements before this one.
    static func recognition(
        _ payment: RecognitionPayment, _ state: RecognitionState, _ earlier: [BookedRow]
    ) -> [String] {
        var problems: [String] = []
        if !payment.isConserving || payment.event.paid != payment.amount {
            problems.append("fund, cash and recoverable do not add up (G-7)")
        }
        let parts = payment.parts.reduce(0) { $0 + $1.amount }
        if parts.magnitude > payment.cash.magnitude || parts != 0 && (parts < 0) == (payment.cash < 0) {
            problems.append("its parts are not of what it pays (I-39)")
        }
        guard case .takenBack(let year, _, _, _) = payment.event else { return problems }
        if state[year]?.beside != -payment.amount {
            problems.append("it takes back another amount than was paid (YT-7)")
        }
        var (amount, cash, recoverable) = (payment.amount, payment.cash, payment.recoverable)
        for case .recognition(let entry) in earlier
        where entry.person == payment.person && entry.event.year == year {
            amount += entry.amount
            cash += entry.cash
            recoverable += entry.recoverable
        }
        // A sum below 0 is possible: older ledgers have payments without an entry.
        if amount == 0, (cash, recoverable) != (0, 0) {
            problems.append("it leaves cash or 应退 of the recognition (YT-7)")
        }
        return problems
    }

    /// Faults of a reversal (G-12, SY-4). `booked`: the entries booked before under the settlement's id.
    static func reversal(_ reversal: ReversalEntry, _ booked: [BookedRow]) -> [String] {
        var problems: [String] = []
        let adjustments = booked.compactMap { row -> AdjustmentEntry? in
            guard case .adjustment(let entry) = row, entry.settlement == reversal.settlement else { return nil }
            return entry
        }
        if ReversalEntry.Adjusted(adjustments) != reversal.adjusted {
            problems.append("it does not take back the settlement's adjustments (G-12)")
        }
        if !secondRounds(booked, of: reversal.settlement).standing.isEmpty {
            problems.append("second-round entries of the settlement stood (SY-4)")
        }
        return problems
    }

    private static func secondRounds(_ booked: [BookedRow], of settlement: Position) -> [SecondRoundPayment] {
        booked.compactMap { row in
            guard case .secondRound(let payment) = row, payment.settlement == settlement else { return nil }
            return payment
        }
    }
}
