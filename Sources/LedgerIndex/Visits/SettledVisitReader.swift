import LedgerFormat
import Policy
import Records
import Registry
import Settlement

/// A point-in-time view of a ledger's settled visits, for lists and screenings. Readable by any thread while the ledger
/// changes.
package struct SettledVisitReader: Sendable {
    let view: VisitView
    /// The packs of the visits, by number.
    let packs: [UInt32: PolicyPack]

    /// Calls `body` with every settled claim in force of persons of the question's region, in order of settling.
    ///
    /// Reads the wanted columns, about 30 bytes a visit, of all chunks whose range of days overlaps: some 30 ms for a
    /// million visits.
    ///
    /// - Parameter isOver: checked every few thousand visits; true stops the read.
    /// - Throws: STORE_UNAVAILABLE where the index is damaged; it is then rebuilt.
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

    /// Number of visits, reversed ones included.
    package var count: Int { view.count }

    private static func columns(_ figures: VisitQuestion.Figures) -> [VisitColumn] {
        var columns: [VisitColumn] = [.serviceDate, .pack, .kind, .level, .disease, .person, .total]
        if figures.contains(.burden) { columns.append(.burden) }
        if figures.contains(.payments) { columns += [.inPolicy, .borne, .partsEnd, .parts] }
        return columns
    }

    /// The names behind the numbers in a pack's visits.
    fileprivate struct Words {
        /// Disease names by number, 0: none.
        var diseases: [String]
        /// The pack's funds, each with amount 0.
        var funds: [SettledVisit.FundPart]
    }

    /// The words of each pack by number; nil: a pack of another region.
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

/// The settled visits of a running ledger.
package struct SettledVisitSource: Sendable {
    private let shelf: VisitShelf
    private let packs: [UInt32: PolicyPack]

    /// - Parameter packs: all packs of the visits, by number.
    package init(_ visits: VisitIndex, packs: [UInt32: PolicyPack]) {
        shelf = visits.shelf
        self.packs = packs
    }

    /// A view of all visits settled so far, including ones not durable yet.
    package var now: SettledVisitReader { SettledVisitReader(view: shelf.view(), packs: packs) }
}

/// A pass over one chunk's visits for a question.
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

    /// The changes of a row's settlement; rows must be passed in order.
    private func changes(of row: Int, _ index: inout Int) -> Range<Int> {
        let position = columns.values(.position, as: UInt64.self)[row]
        while index < changes.endIndex, changes[index].settlement.number < position { index += 1 }
        let first = index
        while index < changes.endIndex, changes[index].settlement.number == position { index += 1 }
        return first..<index
    }

    /// Adds each fund's payment to the visit; 0 where it paid nothing.
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
    /// Adds the change of an adjustment or a second round; amounts to be recovered count as borne by the person.
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
