import Policy
import Records
import Settlement

/// A step of a recognition (YT-7).
package enum RecognitionCommand: Equatable, Sendable {
    case apply(on: CalendarDate)
    case refuse(year: Int32, on: CalendarDate, reason: String)
    /// `outside`: burdens of the window that were settled before the pack came into force.
    case recognise(year: Int32, on: CalendarDate, outside: [SettledBurden])
    /// Pays what a reversal left outstanding.
    case payOutstanding(year: Int32)
    /// Takes the recognition back; what it paid beside settlements is taken back along with it.
    case takeBack(year: Int32, on: CalendarDate, reason: String)
}

extension RecognitionState {
    /// Decides a command; the closures are called only for the steps that need their values.
    ///
    /// - Parameters:
    ///   - identity: what counts for the person on the day of the recognition.
    ///   - past: the person's settlements that stand and that the pack's kinds cover, at least those of the days given.
    ///   - carrier: id of a standing settlement of the days given that carries a part of a recognition; empty: none.
    package func decide(
        _ command: RecognitionCommand, _ pack: PolicyPack, today: CalendarDate,
        identity: (CalendarDate) -> Identity,
        past: (DateRange) throws(DomainRefusal) -> [SettledBurden],
        carrier: (DateRange) throws(DomainRefusal) -> String = { _ in "" }
    ) throws(DomainRefusal) -> RecognitionEvent {
        if pack.recognition == nil {
            throw DomainRefusal(
                .noRule, "region", pack.region, rule: pack.cites("YT-7"),
                "the pack has no recognition of poverty through illness")
        }
        switch command {
        case .apply(let day): return try apply(on: day, today: today)
        case .refuse(let year, let day, let reason):
            return try refuse(year: year, on: day, reason: reason, today: today)
        case .recognise(let year, let day, let outside):
            let window = window(year, pack)
            return try recognise(
                year: year, on: day, identity: identity(day), past: try past(window), outside: outside, pack,
                today: today)
        case .payOutstanding(let year):
            if let event = payOutstanding(year: year) { return event }
            throw DomainRefusal(
                .recordUnknown, "year", "\(year)", rule: "YT-7", "nothing is outstanding in that natural year")
        case .takeBack(let year, let day, let reason):
            return try takeBack(year: year, on: day, reason: reason, today: today, carrier: carrier)
        }
    }

    /// The days that a recognition of `year` would look at; none where nobody applied, which is refused later.
    private func window(_ year: Int32, _ pack: PolicyPack) -> DateRange {
        guard var recognition = self[year], let terms = pack.recognition else {
            return DateRange(from: CalendarDate(1), until: CalendarDate(1))
        }
        recognition.terms = terms
        return recognition.window
    }
}
