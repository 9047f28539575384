import Policy
import Registry
import Settlement

extension Ledger {
    /// A person's recognitions of poverty through illness (因病致贫, YT-7).
    package func recognitions(of person: UInt64) -> RecognitionState {
        books.recognitions[person] ?? RecognitionState()
    }

    /// Records what happened to a person's recognition, and applies it.
    package func record(_ event: RecognitionEvent, of person: UInt64) throws(DomainRefusal) {
        try ready()
        journal.append { writer in
            writer.byte(RowKind.recognition.rawValue)
            writer.number(person)
            event.encode(to: &writer)
        }
        books.apply(event, to: person)
    }

    /// The person's settlements of the years of `window` that stand, as a recognition looks at them, in their order.
    package func burdens(of person: UInt64, in window: DateRange) throws(DomainRefusal) -> [SettledBurden] {
        try ready()
        var burdens: [SettledBurden] = []
        do throws(LedgerDamage) {
            for year in window.from.year...window.until.year {
                for place in books.years.places(of: person, in: year) {
                    burdens += try standing(ofYearAt: place, in: window)
                }
            }
        } catch {
            throw Self.unreadable(error)
        }
        return burdens
    }

    private func standing(ofYearAt place: Int, in window: DateRange) throws(LedgerDamage) -> [SettledBurden] {
        var burdens: [SettledBurden] = []
        var position = books.years.years[place].lastStanding
        while position != .none {
            try load(position, into: other)
            if let burden = books.layouts.pack(other.pack)?.burden(of: other.claim, other.outcome.pointee),
                window.contains(burden.serviceDate)
            {
                burdens.append(burden)
            }
            position = other.previousStanding
        }
        return burdens.reversed()
    }
}
