import Ledger
import LedgerFormat
import LedgerStore
import Policy
import Registry
import Settlement
import TestSupport

/// A settlement, a batch, a reversal and a settlement on top of it, what a year's end and a recognition book besides, and
/// what takes that back, each made durable before the next, with what was acknowledged of it: run over a disk that
/// crashes anywhere.
final class LedgerScript {
    /// What a person was told: the number, what the funds pay, what is reversed.
    struct Told: Equatable {
        var position: Position
        var funds: Fen
        var cash: Fen
        var isReversed = false
        /// What was booked on it besides: what funds pay more, by adjustments, second rounds and recognitions.
        var booked: Fen = 0
    }

    static let batch = 120

    /// The steps, with the ids that each tells of.
    enum Step: CaseIterable {
        case lone, batch, reversal, again, adjustment, secondRound, recognition, roundBack, adjustedReversal
    }

    private(set) var told: [String: Told] = [:]
    /// What the step that did not come to its end would have told.
    private(set) var underWay: [String: Told] = [:]
    private(set) var wasOpened = false
    let path: String

    init(_ directory: ScratchFolder) { path = directory.file("ledger.db") }

    /// - Parameter reached: called before every step, with the disk's operations counted by the caller.
    func run(vfs: String, reached: (Step) -> Void = { _ in }) throws {
        let store = try SQLiteStore(
            path: path, mode: .create, vfs: vfs, schema: .current, checkpointBytes: StoreScript.checkpointBytes)
        defer { store.close() }
        let world = try World(store: store)
        defer { world.ledger.abandon() }
        try world.registerIll()
        try world.commit()
        wasOpened = true
        for step in Step.allCases {
            reached(step)
            underWay = told
            try take(step, world)
            guard try world.commit() else { return }
            told = underWay
            store.maintain()
        }
    }

    private func take(_ step: Step, _ world: World) throws {
        switch step {
        case .lone: try settle("lone", Self.command("lone", world), world)
        case .batch:
            for index in 0..<Self.batch { try settle("b\(index)", Self.command("b\(index)", world), world) }
        case .reversal:
            try world.reverse(Self.reversed)
            underWay[Self.reversed]?.isReversed = true
        case .again: try settle("again", Self.command("again", world), world)
        case .adjustment:
            try world.adjust("again", by: -7, run: 1)
            underWay["again"]?.booked = -7
        case .secondRound:
            try world.payRound("again", 150, run: 1)
            underWay["again"]?.booked = 143
        case .recognition:
            try settle(Self.stay, Self.command(Self.stay, world), world)
            try world.recognise(.apply(on: CalendarDate(2024_06_15)))
            try world.recognise(.recognise(year: 2024, on: CalendarDate(2024_06_20), outside: []))
            underWay[Self.stay]?.booked = Self.recognised
        case .roundBack:
            try world.takeBackRound("again", 1)
            underWay["again"]?.booked = -7
        case .adjustedReversal:
            try world.reverse("again")
            underWay["again"]?.isReversed = true
        }
    }

    /// A stay of 14,000, which critical illness leaves to the person: a recognition pays 60 % of what is above 10,000.
    static let stay = "stay"
    static let recognised: Fen = 2_400_00

    /// The last of the batch, of a person who has nothing after it.
    static let reversed = "b\(batch - 1)"

    /// An id's claim follows from the id, so that it can be asked for again.
    static func command(_ id: String, _ world: World) -> SettleCommand {
        let number = Fen(id.utf8.reduce(7) { ($0 &* 31 &+ Int64($1)) % 9_973 })
        let persons = [World.retired, World.active, World.resident]
        if id == stay { return world.stay(14_000, basic: 0, of: World.ill, at: "Y2", on: 2024_06_01) }
        let total = 100_00 + number * 10
        guard id == "again" || id == reversed else {
            return world.outpatient(total, of: persons[Int(number % 3)], at: "H2")
        }
        return world.outpatient(total, of: World.destitute, at: "Y2")
    }

    private func settle(_ id: String, _ command: SettleCommand, _ world: World) throws {
        guard try world.settle(id, command).isNone else { fatalError("the script's claim \(id) is refused") }
        underWay[id] = Self.told(world.entry)
    }

    private static func told(_ entry: SettlementEntry) -> Told {
        Told(position: entry.position, funds: entry.outcome.pointee.fundTotal, cash: entry.outcome.pointee.cash)
    }

    // MARK: What a crash left

    /// What is wrong with the file, read on a sound disk.
    func violations() -> [String] {
        guard fileBytes(path) != nil else { return wasOpened ? ["the ledger is gone"] : [] }
        do {
            let store = try SQLiteStore(path: path, mode: .open)
            defer { store.close() }
            let world = try World(store: store)
            defer { world.ledger.abandon() }
            let found = try recorded(world)
            guard found == told || found == underWay else {
                return ["\(found.count) settlements; \(told.count) were told, \(underWay.count) under way"]
            }
            var problems = try retry(world, found)
            let verification = try Verifier(store: store, library: World.library).verify { _ in }
            problems += verification.differences
            return problems
        } catch {
            return ["\(error)"]
        }
    }

    /// Every settlement of the script that the ledger has.
    private func recorded(_ world: World) throws -> [String: Told] {
        var found: [String: Told] = [:]
        for id in underWay.keys {
            guard let isReversed = try world.standing(of: id) else { continue }
            found[id] = Self.told(world.entry)
            found[id]?.isReversed = isReversed
            found[id]?.booked = try booked(on: id, world)
        }
        return found
    }

    private func booked(on id: String, _ world: World) throws -> Fen {
        let position = world.entry.position
        var booked = try world.ledger.adjustments(of: id, position).reduce(0) { $0 + $1.fundTotal }
        booked += try world.ledger.secondRounds(of: id, position).reduce(0) { $0 + $1.amount }
        for payment in try world.ledger.recognitionParts(of: id, position) {
            booked += payment.parts.reduce(0) { $0 + $1.amount }
        }
        return booked
    }

    /// Asks for everything once more: what is there is told again, what is not is settled now.
    private func retry(_ world: World, _ found: [String: Told]) throws -> [String] {
        var problems: [String] = []
        for id in underWay.keys.sorted() where found[id]?.isReversed != true {
            guard try world.settle(id, Self.command(id, world)).isNone else {
                problems.append("\(id) is refused when it is sent again")
                continue
            }
            let entry = world.entry
            if entry.isDuplicate != (found[id] != nil) { problems.append("\(id) is settled twice, or not again") }
            // The answer is that of the settling, whatever was booked on it since.
            var again = Self.told(entry)
            again.booked = found[id]?.booked ?? 0
            if let known = found[id], known != again { problems.append("\(id) is answered otherwise") }
        }
        if try !world.commit() { problems.append("nothing can be settled after the crash") }
        return problems
    }
}
