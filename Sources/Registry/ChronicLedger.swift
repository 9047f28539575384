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
    private var places: [UInt64: [Int]] = [:]

    /// The cards of `register`; `add` the claims, then read the rows.
    package init(_ register: FilingRegister, belongs: (UInt64) -> Bool = { _ in true }) {
        rows = register.cases.keys.filter(belongs).flatMap { register.cards(of: $0) }
            .sorted { $0.card.number < $1.card.number }
            .map { Row(card: $0, claims: ChronicClaims()) }
        for (place, row) in rows.enumerated() { places[row.card.person, default: []].append(place) }
    }

    /// Counts a settled special-disease claim of a day on which the card was in force.
    package mutating func add(_ visit: SettledVisit) {
        guard visit.kind == .special else { return }
        for place in places[visit.person] ?? [] {
            let card = rows[place].card
            let inForce = DateRange(from: card.card.since, until: card.until)
            guard !card.isWithdrawn, card.card.disease == visit.disease, inForce.contains(visit.serviceDate)
            else { continue }
            rows[place].claims.count += 1
            rows[place].claims.total += visit.total
        }
    }

    package static let header = "person,disease,disease_name,card,medium,way,since,until,withdrawn,claims,total_fen"

    /// The rows as CSV; `pack` names the diseases.
    package func csv(_ pack: PolicyPack) -> String {
        var text = ChronicLedger.header + "\n"
        for row in rows {
            let card = row.card.card
            let disease = pack.diseases.first { $0.code == card.disease }
            text += csvRow([
                "\(row.card.person)", card.disease, disease?.label.zh ?? "", "\(card.number)",
                "\(card.medium)".snakeCased, "\(card.way)".snakeCased, card.since.description,
                row.card.until == .none ? "" : row.card.until.description, row.card.isWithdrawn ? "yes" : "no",
                "\(row.claims.count)", "\(row.claims.total)",
            ])
        }
        return text
    }
}

/// One line of CSV: cells with a comma, a quotation mark or a line's end in quotation marks; a cell that a spreadsheet
/// would take for a formula gets an apostrophe before it.
func csvRow(_ cells: [String]) -> String {
    cells.map { cell in
        let safe = cell.first.map { "=+-@\t\r".contains($0) } ?? false ? "'" + cell : cell
        guard safe.contains(where: { "\",".contains($0) || $0.isNewline }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",") + "\n"
}
