import Policy
import Settlement

/// A person's application for recognition as poor through illness (因病致贫重病患者), and what it gave (YT-7).
package struct Recognition: Equatable, Sendable {
    /// 申请日期; its year is the natural year that the recognition belongs to.
    package var applied: CalendarDate
    /// 认定日期; `none`: not recognised.
    package var recognised = CalendarDate.none
    /// Day on which it was refused; `none`: it was not.
    package var refused = CalendarDate.none
    /// Day on which a recognition was taken back; `none`: it was not. The application is then to be decided anew.
    package var takenBack = CalendarDate.none
    /// Why it was refused, or taken back.
    package var reason = ""
    /// As they stood at the recognition.
    package var terms = RecognitionTerms(threshold: 0, ratio: 0, limit: 0, monthsBefore: 0)
    /// W: burden of the window that counts so far, in fen.
    package var burden: Fen = 0
    /// The part of W that was settled before this ledger began, in fen.
    package var outside: Fen = 0
    /// Paid so far: at the recognition for the past, with settlements since, and by year's ends; in fen.
    package var paid: Fen = 0
    /// The part of `paid` that stands beside settlements, as entries of its own; the rest is carried by settlements.
    package var beside: Fen = 0
    /// Booked by year's ends as to be recovered from the person (应退), in fen; no part of `paid`.
    package var recoverable: Fen = 0

    package init(applied: CalendarDate) { self.applied = applied }

    package var year: Int32 { applied.year }
    package var isRecognised: Bool { recognised != .none }
    package var isPending: Bool { !isRecognised && refused == .none }

    /// From the first day of the month `terms.monthsBefore` before the application's to 31 December of its year (I-11).
    package var window: DateRange {
        let first = applied.monthIndex - terms.monthsBefore
        return DateRange(
            from: CalendarDate(year: first / 12, month: first % 12 + 1, day: 1),
            until: CalendarDate(year: year, month: 12, day: 31))
    }

    /// What W entitles to altogether, in fen.
    package var entitled: Fen { min(terms.limit, terms.entitlement(burden)) }
    /// What settlements after the recognition carry, in fen.
    package var carried: Fen { paid - beside }

    /// Due and not paid yet, in fen: 0, but after a reversal out of the window's order.
    package var outstanding: Fen { max(0, entitled - paid) }
    /// Paid above what W entitles to after a reversal, in fen: to be recovered, never taken by itself (I-21).
    package var overpaid: Fen { max(0, paid - entitled) }
}

/// What happens to recognitions; settlements and reversals move them besides.
package enum RecognitionEvent: Equatable, Sendable {
    case applied(on: CalendarDate)
    case refused(year: Int32, on: CalendarDate, reason: String)
    /// `burden` is W with `outside`; `paid` is what is due for the past.
    case recognised(
        year: Int32, on: CalendarDate, RecognitionTerms, burden: Fen, outside: Fen, paid: Fen)
    /// What a reversal left outstanding was paid.
    case paidOutstanding(year: Int32, Fen)
    /// A year's end computed anew what is due: the fund pays `amount` more (or less), and `recoverable` more (or less)
    /// is to be recovered from the person.
    case settledUp(year: Int32, amount: Fen, recoverable: Fen)
    /// The office took the recognition back: with `amount`, below 0, everything that was paid beside settlements.
    case takenBack(year: Int32, on: CalendarDate, reason: String, amount: Fen)
}

extension RecognitionEvent {
    /// The natural year of the application that it is about.
    package var year: Int32 {
        switch self {
        case .applied(let day): day.year
        case .refused(let year, _, _), .recognised(let year, _, _, _, _, _), .paidOutstanding(let year, _),
            .settledUp(let year, _, _), .takenBack(let year, _, _, _):
            year
        }
    }

    /// What the fund pays with it beside settlements, in fen; below 0: what it gets back.
    package var paid: Fen {
        switch self {
        case .applied, .refused: 0
        case .recognised(_, _, _, _, _, let paid): paid
        case .paidOutstanding(_, let amount), .settledUp(_, let amount, _), .takenBack(_, _, _, let amount): amount
        }
    }

    /// The natural year that a recognition without later steps is charged to: of the day of recognition (I-11).
    package var chargedYear: Int32 {
        if case .recognised(_, let day, _, _, _, _) = self { return day.year }
        return year
    }
}
