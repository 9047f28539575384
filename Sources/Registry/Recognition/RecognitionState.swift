import Policy
import Settlement

/// The recognitions of one person, and how settlements move them (YT-7).
///
/// A settlement counts in the first recognition whose window holds its service date, whether it was settled before the
/// recognition or after; in no other. So windows may overlap, and nothing has to be remembered with the settlement.
package struct RecognitionState: Equatable, Sendable {
    /// By year of application, one a year.
    package private(set) var recognitions: [Recognition] = []

    package init() {}

    package var isEmpty: Bool { recognitions.isEmpty }

    /// The recognition or application of a natural year.
    package subscript(year: Int32) -> Recognition? { recognitions.first { $0.year == year } }

    /// 因病致贫 from the recognition to 31 December of its year, itself (G-11 does not apply).
    package var identities: [DatedIdentity] {
        recognitions.filter(\.isRecognised).map { recognition in
            DatedIdentity(.illnessPoverty, given: recognition.recognised, ended: recognition.window.until)
        }
    }

    /// Takes over an event; one that does not fit, which the rules never give, changes nothing.
    package mutating func apply(_ event: RecognitionEvent) {
        switch event {
        case .applied(let day):
            guard self[day.year] == nil else { return }
            let index = recognitions.firstIndex { $0.year > day.year } ?? recognitions.count
            recognitions.insert(Recognition(applied: day), at: index)
        case .refused(let year, let day, let reason):
            change(year) { recognition in
                recognition.refused = day
                recognition.reason = reason
            }
        case .recognised(let year, let day, let terms, let burden, let outside, let paid):
            change(year) { recognition in
                recognition.recognised = day
                recognition.terms = terms
                recognition.burden = burden
                recognition.outside = outside
                recognition.paid = paid
                recognition.beside = paid
                recognition.recoverable = 0
                recognition.takenBack = .none
            }
        case .paidOutstanding(let year, let amount):
            change(year) { recognition in
                recognition.paid += amount
                recognition.beside += amount
            }
        case .settledUp(let year, let amount, let recoverable):
            change(year) { recognition in
                recognition.paid += amount
                recognition.beside += amount
                recognition.recoverable += recoverable
            }
        case .takenBack(let year, let day, let reason, _):
            change(year) { recognition in
                recognition = Recognition(applied: recognition.applied)
                recognition.takenBack = day
                recognition.reason = reason
            }
        }
    }

    private mutating func change(_ year: Int32, _ body: (inout Recognition) -> Void) {
        guard let index = recognitions.firstIndex(where: { $0.year == year }) else { return }
        body(&recognitions[index])
    }

    /// For reading: the next one, of a later year.
    mutating func append(_ recognition: Recognition) { recognitions.append(recognition) }

    /// Where a settlement counts; nil: nowhere.
    func index(of settled: SettledBurden) -> Int? {
        settled.isAssisted ? nil : index(on: settled.serviceDate)
    }

    private func index(on day: CalendarDate) -> Int? {
        recognitions.firstIndex { $0.isRecognised && $0.window.contains(day) }
    }

    /// The recognition in whose window a day counts, the first of several; nil: none.
    package func counting(on day: CalendarDate) -> Recognition? { index(on: day).map { recognitions[$0] } }

    /// What a recognition pays with this settlement, as a row of its outcome; nil: it counts in none.
    ///
    /// - Parameter layer: the pack's `recognitionLayer`.
    package func result(of settled: SettledBurden, layer: UInt32) -> LayerResult? {
        guard let index = index(of: settled) else { return nil }
        let recognition = recognitions[index]
        var result = LayerResult(beside: layer)
        result.base = settled.burden
        result.measureBefore = recognition.burden
        result.deductible = min(settled.burden, max(0, recognition.terms.threshold - recognition.burden))
        // No more than its base (G-7): what a reversal left outstanding may be more than one settlement's burden.
        let entitled = recognition.terms.entitlement(recognition.burden + settled.burden)
        result.computed = min(settled.burden, max(0, entitled - recognition.paid))
        result.quotaLeft = max(0, recognition.terms.limit - recognition.paid)
        result.paidFirst = min(result.computed, result.quotaLeft)
        return result
    }

    /// A settlement was recorded; returns its own part, in fen (`result(of:layer:)` says how it came about).
    @discardableResult
    package mutating func settled(_ settled: SettledBurden) -> Fen {
        guard let index = index(of: settled), let part = result(of: settled, layer: 0)?.paid else { return 0 }
        recognitions[index].burden += settled.burden
        recognitions[index].paid += part
        return part
    }

    /// A settlement that carried `part` was reversed (G-12); `outstanding` and `overpaid` tell what that leaves.
    package mutating func reversed(_ settled: SettledBurden, part: Fen) {
        if settled.isAssisted { return }
        changed(on: settled.serviceDate, counted: -settled.burden, part: -part)
    }

    /// What counts of a settlement of a day, and the part that it carries, changed: by an adjustment (G-13), or by a
    /// reversal of one that was adjusted (G-12).
    package mutating func changed(on day: CalendarDate, counted: Fen, part: Fen) {
        guard let index = index(on: day) else { return }
        recognitions[index].burden += counted
        recognitions[index].paid += part
    }

    /// The recognition that would have paid more than is due without a settlement of `day` of which `counted` fen
    /// count, and `part` fen of which it carries; nil: none, so it may be reversed.
    package func overpaid(without counted: Fen, part: Fen, on day: CalendarDate) -> Recognition? {
        guard var recognition = counting(on: day), counted != 0 || part != 0 else { return nil }
        recognition.burden -= counted
        recognition.paid -= part
        return recognition.overpaid > 0 ? recognition : nil
    }
}
