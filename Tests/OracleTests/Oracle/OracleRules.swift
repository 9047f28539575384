import Settlement

// The general rules (G-1 … G-12), one function each.

/// Rule G-8: d = min(B, max(0, D − absorbed)).
func deductibleTaken(base: Fen, deductible: Fen, absorbed: Fen) -> Fen {
    min(base, max(0, deductible - absorbed))
}

/// Rule G-8: a yearly cap limits the year's payments, min(paid, max(0, cap − paid so far)).
func limited(_ paid: Fen, cap: Fen, paidSoFar: Fen) -> Fen {
    min(paid, max(0, cap - paidSoFar))
}

/// Rules G-2 and G-3: a ratio of what is payable, rounded once.
func ratioOf(_ payable: Fen, percent: Int128) -> Fen {
    (Rational(fen: payable) * Rational(percent: percent)).roundedHalfUp
}

/// Rule G-8, brackets by expense: the part of [low, high) that lies in [from, to).
func overlap(low: Fen, high: Fen, from: Fen, to: Fen?) -> Fen {
    let start = max(low, from)
    let end = min(high, to ?? high)
    return max(0, end - start)
}

/// Rule G-11: from the first day of the month after `given` to the last day of the month of `ended`; poverty through
/// illness is exempt and counts by its own days.
func identityCounts(_ record: DatedIdentity, on date: CalendarDate) -> Bool {
    func month(_ day: CalendarDate) -> Int { Int(day.number / 10_000) * 12 + Int(day.number / 100 % 100) }
    if record.identity == .illnessPoverty {
        return date >= record.given && (record.ended.number == 0 || date <= record.ended)
    }
    if month(date) <= month(record.given) { return false }
    if record.ended.number == 0 { return true }
    return month(date) <= month(record.ended)
}

/// Rule G-10: one identity counts for the whole settlement, the highest; the first record wins a tie.
func countingIdentity(_ records: [DatedIdentity], on date: CalendarDate, ranks: [Identity: Int]) -> Identity {
    var best: Identity = .none
    var bestRank = Int.max
    for record in records where identityCounts(record, on: date) {
        guard let rank = ranks[record.identity], rank < bestRank else { continue }
        best = record.identity
        bestRank = rank
    }
    return best
}

/// A date that may be left open: 0, or a day of the calendar.
func isOpenOrExists(_ date: CalendarDate) -> Bool {
    date.number == 0 || dateExists(date)
}

/// A day that the calendar has, years 1900 … 2999.
func dateExists(_ date: CalendarDate) -> Bool {
    let number = Int(date.number)
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100)
    guard number > 0, (1900...2999).contains(year), (1...12).contains(month), day >= 1 else { return false }
    let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= lengths[month - 1]
}

func contains(_ range: DateRange, _ date: CalendarDate) -> Bool {
    if range.from.number != 0, date.number < range.from.number { return false }
    if range.until.number != 0, date.number > range.until.number { return false }
    return true
}
