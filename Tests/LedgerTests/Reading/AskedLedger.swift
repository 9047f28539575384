import Accounts
import Ledger
import LedgerFormat
import Records
import Registry
import Settlement
import Synchronization
import TestSupport

/// A ledger that one thread writes, and that others ask as they would ask a server's sequencer: piece by piece.
final class AskedLedger: @unchecked Sendable {
    // Safe to share: the world is touched by whoever has the lock.

    /// A question with what the sequencer itself answers at the moment when it is asked.
    enum Question: Sendable {
        case year(YearHeads, direct: [YearLine])
        case reconcile(InstitutionRecords, theirs: [ReconcileLine], direct: Reconciliation)
        case settlement(Position, id: String)
        case owed(OwedList, direct: [OwedEntry])
        case month(ClearingMonth, lines: [ClearingLine], counts: [ClearingCount])
        case statement(StatementQuery, AccountEnd, direct: AccountStatement)
    }

    static let kinds = 6
    private static let institutions = ["H1", "H2", "H3"]
    private static let persons = [World.retired, World.active, World.resident]

    private let world: World
    private let lock = Mutex(())
    private var ids: [String] = []
    private var runs: UInt64 = 0
    /// Which kinds of question were asked.
    private(set) var kinds: Set<Int> = []

    init(_ world: World) { self.world = world }

    // MARK: On the writing thread

    /// Writes a little, asks a question in the middle of it, and makes it durable.
    func writeAndAsk(_ random: inout SeededRandom) throws -> Question {
        var question: Question?
        var failure: (any Error)?
        lock.withLock { _ in
            do {
                for _ in 0..<Int.random(in: 1...12, using: &random) { try write(&random) }
                question = try ask(&random)
                try world.commit()
            } catch { failure = error }
        }
        if let failure { throw failure }
        return question!
    }

    private func write(_ random: inout SeededRandom) throws {
        let last = ids.randomElement(using: &random)
        runs += 1
        do {
            switch Int.random(in: 0..<14, using: &random) {
            case 0, 1: if let last = ids.last { try world.reverse(last) }
            case 2:
                // As a run does: nothing is booked on what was taken back.
                if let last, try world.standing(of: last) == false {
                    try world.adjust(last, by: .random(in: -50...50, using: &random), run: runs)
                }
            case 3:
                if let last, try world.standing(of: last) == false {
                    try world.payRound(last, .random(in: 1...90, using: &random), run: runs)
                }
            case 4:
                if world.clock.moment.date < CalendarDate(2024_07_10) {
                    world.clock.advance(milliseconds: 86_400_000)
                }
            case 5:
                _ = try world.ledger.credit(
                    "C\(runs)", CreditOrder(person: World.active, kind: .other(.correction), amount: 500_00, reason: "found"))
            default: try settle(&random)
            }
        } catch let refusal as DomainRefusal {
            // A later settlement stands, or the settlement was taken back.
            guard refusal.code != .storeUnavailable else { throw refusal }
        }
    }

    private func settle(_ random: inout SeededRandom) throws {
        let id = "S\(ids.count)"
        var command = world.outpatient(
            Fen.random(in: 1...5_000_00, using: &random), of: Self.persons.randomElement(using: &random)!,
            at: Self.institutions.randomElement(using: &random)!,
            on: 2024_06_01 + Int32.random(in: 0...29, using: &random))
        if Int.random(in: 0..<5, using: &random) == 0 {
            command.channel = .manual
            command.claim.accountUse = .none
            command.documents = ["identity", "receipt", "cost_list", "medical_record", "bank_account"]
        }
        if try world.settle(id, command).isNone { ids.append(id) }
    }

    private func ask(_ random: inout SeededRandom) throws -> Question {
        let kind = ids.isEmpty ? 0 : Int.random(in: 0..<Self.kinds, using: &random)
        kinds.insert(kind)
        let ledger = world.ledger
        let person = Self.persons.randomElement(using: &random)!
        switch kind {
        case 0:
            return .year(
                ledger.yearHeads(person: person, year: 2024),
                direct: try ledger.listYear(person: person, year: 2024, limit: 10_000).lines)
        case 1: return try reconcile(&random)
        case 2:
            let id = ids.randomElement(using: &random)!
            _ = try world.standing(of: id)
            return .settlement(world.entry.position, id: id)
        case 3:
            let filter = ClearingFilter()
            return .owed(
                try ledger.owedList(month: 0, filter, after: 0, limit: 10_000),
                direct: try ledger.owed(month: 0, filter, after: 0, limit: 10_000).entries)
        case 4:
            let direct = try ledger.clearing(ofMonth: 2024_07, ClearingFilter())
            return .month(
                try ledger.clearingMonth(2024_07, ClearingFilter()), lines: direct.lines, counts: direct.counts)
        default:
            let query = StatementQuery(owner: World.active)
            guard ledger.accounts.account(of: World.active) != nil else { return try ask(&random) }
            return .statement(
                query, try ledger.accounts.end(of: World.active), direct: try ledger.statement(query))
        }
    }

    /// Their books: ours with some rows missing, some doubled, some changed.
    private func reconcile(_ random: inout SeededRandom) throws -> Question {
        let place = world.institution(Self.institutions.randomElement(using: &random)!)
        let from = CalendarDate(2024_07_01)
        let until = CalendarDate(2024_07_01 + Int32.random(in: 0...9, using: &random))
        var theirs: [ReconcileLine] = []
        for line in try world.ledger.lines(place, from, until, nil) {
            var other = line
            switch Int.random(in: 0..<10, using: &random) {
            case 0: break
            case 1: theirs += [line, line]
            case 2:
                other.cash += 1
                theirs += [other, line]
            case 3:
                other.fundTotal -= 1
                theirs.append(other)
            default: theirs.append(line)
            }
        }
        theirs.shuffle(using: &random)
        return .reconcile(
            try world.ledger.records(of: place, from: from, until: until), theirs: theirs,
            direct: try world.ledger.reconcile(
                institution: place, from: from, until: until, type: nil, theirs: theirs))
    }

    // MARK: On a reading thread

    /// How a reader's answer differs from the sequencer's; nil: it does not.
    func difference(_ question: Question, _ readers: LedgerReaders) -> String? {
        do throws(ReadingFailure) {
            if case .owed(let list, let direct) = question { return try difference(list, direct, readers) }
            let isSame =
                switch question {
                case .year(let heads, let direct):
                    try readers.read { (reader) throws(ReadingFailure) in
                        try reader.listYear(heads, limit: 10_000).lines
                    } == direct
                case .reconcile(let records, let theirs, let direct):
                    try readers.read { (reader) throws(ReadingFailure) in
                        try reader.reconcile(records, type: nil, theirs: theirs)
                    } == direct
                case .settlement(let position, let id):
                    try readers.read { (reader) throws(ReadingFailure) in
                        try reader.settlement(at: position).idText
                    } == id
                case .owed: true
                case .month(let month, let lines, let counts): month.lines() == (lines, counts)
                case .statement(let query, let end, let direct):
                    try readers.read { (reader) throws(ReadingFailure) in
                        try reader.statement(query, from: end)
                    } == direct
                }
            return isSame ? nil : "\(question)"
        } catch { return "\(error)" }
    }

    private func difference(
        _ list: OwedList, _ direct: [OwedEntry], _ readers: LedgerReaders
    ) throws(ReadingFailure) -> String? {
        try readers.read { (reader) throws(ReadingFailure) -> String? in
            var found = try reader.owed(list)
            // Of reversed settlements the sequencer knows where the adjustments stand, also later.
            let ids = found.reversals.map(\.id)
            let positions = lock.withLock { _ in Result { try world.ledger.adjustmentPositions(ids) } }
            guard case .success(let positions) = positions else { return "adjustments of \(ids): \(positions)" }
            try reader.complete(&found, positions)
            guard found.entries != direct else { return nil }
            let different = zip(found.entries, direct).filter { $0 != $1 }
            return "\(found.entries.count) entries of \(direct.count); read and direct: \(different.prefix(3))"
        }
    }
}
