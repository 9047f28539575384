import Policy
import Settlement

/// What a card holder has claimed so far for the card's disease.
package struct ChronicClaims: Equatable, Sendable {
    package var count = 0
    /// 医疗费总额, in fen.
    package var total: Fen = 0

    package init() {}
}

/// The ledger of chronic outpatients (贫困人口慢性病门诊台账, AH-4): every card with what was claimed for its disease.
package struct ChronicLedger {
    package struct Row: Equatable, Sendable {
        package var card: ListedCard
        package var claims: ChronicClaims
    }

    /// By card number.
    package private(set) var rows: [Row] = []
    private var rowsByPerson: [UInt64: [Int]] = [:]

    /// The cards of `register`; `add` the claims, then read the rows.
    package init(_ register: FilingRegister, belongs: (UInt64) -> Bool = { _ in true }) {
        rows = register.cases.keys.filter(belongs).flatMap { register.cards(of: $0) }
            .sorted { $0.card.number < $1.card.number }
            .map { Row(card: $0, claims: ChronicClaims()) }
        for (index, row) in rows.enumerated() { rowsByPerson[row.card.person, default: []].append(index) }
    }

    /// The visits that are counted, of a region up to a day.
    package static func visits(of region: String, until day: CalendarDate) -> VisitQuestion {
        VisitQuestion(DateRange(until: day), region: region, kind: .special, hasDisease: true)
    }

    /// Counts a settled special-disease claim of a day on which the card was in force.
    package mutating func add(_ visit: SettledVisit) {
        guard visit.kind == .special else { return }
        for index in rowsByPerson[visit.person] ?? [] {
            let card = rows[index].card
            let inForce = DateRange(from: card.card.since, until: card.until)
            guard !card.isWithdrawn, card.card.disease == visit.disease, inForce.contains(visit.serviceDate)
            else { continue }
            rows[index].claims.count += 1
            rows[index].claims.total += visit.total
        }
    }
}
