import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// The settled visits of a ledger up to one moment, as lists and screenings ask for them. Any thread may ask, also
/// while the ledger goes on.
package struct SettledVisitReader: Sendable {
    let view: VisitView
    /// By number: the packs that visits were settled under.
    let packs: [UInt32: PolicyPack]

    /// Every settled claim that stands, of persons of the question's region, in the order of settling.
    ///
    /// Reads the columns that the question asks for, about 30 bytes a visit, of all chunks that may have its days: some
    /// 30 ms for a million visits.
    ///
    /// - Parameter isOver: asked every few thousand visits; where it is true, the rest is not read.
    /// - Throws: STORE_UNAVAILABLE where the index is damaged: it is made anew then.
    package func forEach(
        _ question: VisitQuestion, isOver: () -> Bool = { false }, _ body: (SettledVisit) -> Void
    ) throws(DomainRefusal) {
        let words = words(of: question.region)
        let wanted = Self.columns(question.figures)
        do throws(DerivedFailure) {
            try view.forEachChunk(question.days, wanted) { columns, changes, load throws(DerivedFailure) in
                if isOver() { return false }
                if !changes.isEmpty { try load([.position]) }
                Pass(question, words, columns, changes).forEach(body)
                return true
            }
        } catch {
            throw DomainRefusal(
                .storeUnavailable, "", "",
                "the index of visits is damaged (\(error)) and is being made anew from the journal; ask again")
        }
    }

    /// How many visits are in it, reversed ones included.
    package var count: Int { view.count }

    private static func columns(_ figures: VisitQuestion.Figures) -> [VisitColumn] {
        var columns: [VisitColumn] = [.serviceDate, .pack, .kind, .level, .disease, .person, .total]
        if figures.contains(.burden) { columns.append(.burden) }
        if figures.contains(.payments) { columns += [.inPolicy, .borne, .partsEnd, .parts] }
        return columns
    }

    /// What numbers of a pack's visits mean.
    fileprivate struct Words {
        /// By the number of a disease, 0 none.
        var diseases: [String]
        /// With 0 each.
        var funds: [SettledVisit.FundPart]
    }

    /// By the number of a pack; nil: it is of another region.
    private func words(of region: String) -> [Words?] {
        var words: [Words?] = Array(repeating: nil, count: 1 + Int(packs.keys.max() ?? 0))
        for (number, pack) in packs where pack.region == region {
            words[Int(number)] = Words(
                diseases: [""] + pack.diseases.map(\.code),
                funds: pack.funds.map { SettledVisit.FundPart(fund: $0.id, paid: 0) })
        }
        return words
    }
}

/// The settled visits of a ledger that goes on.
package struct SettledVisitSource: Sendable {
    private let shelf: VisitShelf
    private let packs: [UInt32: PolicyPack]

    /// - Parameter packs: by number, all that visits were settled under.
    package init(_ visits: VisitIndex, packs: [UInt32: PolicyPack]) {
        shelf = visits.shelf
        self.packs = packs
    }

    /// Everything that was settled up to now, also what is not durable yet.
    package var now: SettledVisitReader { SettledVisitReader(view: shelf.view(), packs: packs) }
}

/// One chunk's visits that a question asks for.
private struct Pass {
    private let question: VisitQuestion
    private let words: [SettledVisitReader.Words?]
    private let columns: VisitColumns
    private let changes: ArraySlice<VisitChange>

    init(
        _ question: VisitQuestion, _ words: [SettledVisitReader.Words?], _ columns: VisitColumns,
        _ changes: ArraySlice<VisitChange>
    ) {
        self.question = question
        self.words = words
        self.columns = columns
        self.changes = changes
    }

    func forEach(_ body: (SettledVisit) -> Void) {
        let dates = columns.values(.serviceDate, as: CalendarDate.self)
        let packs = columns.values(.pack, as: UInt32.self)
        let kinds = columns.values(.kind, as: UInt8.self)
        let levels = columns.values(.level, as: UInt8.self)
        let diseases = columns.values(.disease, as: UInt8.self)
        let persons = columns.values(.person, as: UInt64.self)
        let totals = columns.values(.total, as: Fen.self)
        let burdens = question.figures.contains(.burden) ? columns.values(.burden, as: Fen.self) : nil
        let (from, until) = (question.days.from, question.days.until == .none ? .max : question.days.until.number)
        var changed = changes.startIndex
        for row in dates.indices {
            let found = changes.isEmpty ? (changed..<changed) : changes(of: row, &changed)
            guard dates[row] >= from, dates[row].number <= until,
                question.kind.map({ $0.rawValue == kinds[row] }) ?? true,
                levels[row] >= question.levelFrom.rawValue, !question.hasDisease || diseases[row] != 0
            else { continue }
            let number = Int(packs[row])
            guard number < words.count, let words = words[number] else { continue }
            if changes[found].contains(where: \.isReversal) { continue }
            if let whose = question.whose, !whose(persons[row], dates[row]) { continue }
            var visit = SettledVisit(
                person: persons[row], disease: words.diseases[Int(diseases[row])],
                level: Level(rawValue: levels[row]) ?? .unspecified,
                kind: ClaimKind(rawValue: kinds[row]) ?? .unspecified, serviceDate: dates[row], total: totals[row])
            if let burdens { visit.burden = burdens[row] }
            if question.figures.contains(.payments) { count(row, words.funds, in: &visit) }
            for change in changes[found] { visit.count(change, question.figures) }
            body(visit)
        }
    }

    /// The changes of a row's settlement; rows are asked for one after the other.
    private func changes(of row: Int, _ index: inout Int) -> Range<Int> {
        let position = columns.values(.position, as: UInt64.self)[row]
        while index < changes.endIndex, changes[index].settlement.number < position { index += 1 }
        let first = index
        while index < changes.endIndex, changes[index].settlement.number == position { index += 1 }
        return first..<index
    }

    /// What each fund of the pack paid; where none did, 0.
    private func count(_ row: Int, _ funds: [SettledVisit.FundPart], in visit: inout SettledVisit) {
        visit.inPolicy = columns.values(.inPolicy, as: Fen.self)[row]
        visit.borne = columns.values(.borne, as: Fen.self)[row]
        visit.funds = funds
        let ends = columns.values(.partsEnd, as: UInt32.self)
        for part in columns.values(.parts, as: VisitPart.self)[(row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])] {
            visit.funds[part.fund].paid += part.paid
        }
    }
}

extension SettledVisit {
    /// What an adjustment or a second round changed; what is to be recovered the person bears.
    fileprivate mutating func count(_ change: VisitChange, _ figures: VisitQuestion.Figures) {
        if figures.contains(.burden) { burden -= change.ofBurden }
        guard figures.contains(.payments) else { return }
        borne -= change.total
        for part in change.funds {
            if let index = funds.firstIndex(where: { $0.fund == part.fund }) {
                funds[index].paid += part.amount
            } else {
                funds.append(FundPart(fund: part.fund, paid: part.amount))
            }
        }
    }
}
