import Dispatch
import Foundation
import Ledger
import LedgerIndex
import Records
import Registry
import Settlement
import Synchronization
import TestSupport
import Testing

@Suite struct `Reading registers and visits beside the sequencer` {
    private static let day = CalendarDate(2024_06_30)

    /// One after the other: a person is registered as poor, then settled for, and every tenth settlement is taken back.
    /// So at every moment all but the last person of the register has a visit, or had one that was taken back.
    ///
    /// - Parameter isEnough: asked after each person.
    private static func write(_ world: World, _ isEnough: (Int) -> Bool) throws -> Int {
        for number in 1... {
            let person = UInt64(10_000 + number)
            let poor = DatedIdentity(.registeredPoor, given: CalendarDate(2020_01_01))
            try world.ledger.record([
                .person(person, PersonEvent(.basics(PersonBasics(region: "yantai", birthMonth: 1970_01)))),
                .person(
                    person,
                    PersonEvent(.enrolment(Enrolment(.resident, covered: DateRange(from: CalendarDate(2020_01_01)))))),
                .person(person, PersonEvent(.identity(IdentityRecord(poor, department: .povertyAlleviation)))),
            ])
            let stay = world.stay(1_000 + Fen(number), basic: 50, of: person, at: "Y2", on: day.number)
            #expect(try world.settle("id-\(number)", stay).isNone)
            if number % 10 == 0 { try world.reverse("id-\(number)") }
            if number % 7 == 0 { try world.commit() }
            if isEnough(number) { return number }
        }
        return 0
    }

    /// What does not fit at one moment; nil: all does.
    private static func problem(_ registry: Registry, _ reader: SettledVisitReader) throws(DomainRefusal) -> String? {
        let registered = registry.people.persons(
            ofRegion: "yantai", on: day, areas: { _ in true }, with: .registeredPoor)
        var visited: Set<UInt64> = []
        var isTwice = false
        try reader.forEach(VisitQuestion(DateRange(from: day, until: day), region: "yantai", figures: .payments)) {
            if !visited.insert($0.person).inserted { isTwice = true }
        }
        if isTwice { return "a visit came twice" }
        for (place, person) in registered.enumerated() {
            let number = person - 10_000
            if Int(number) != place + 1 { return "person \(number) is the \(place + 1)st" }
            // The last one may be about to be settled, or to be taken back.
            if place == registered.count - 1 { break }
            if visited.contains(person) != (number % 10 != 0) { return "person \(number) of \(registered.count)" }
        }
        return visited.isSubset(of: registered) ? nil : "visits of persons who are not registered yet"
    }

    @Test func `each answer is what the ledger was at one moment, while it goes on`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("visits-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(directory: folder, visitsPerChunk: 16)
        nonisolated(unsafe) let registry = world.ledger.registry
        let (gate, source) = (world.ledger.registers, world.ledger.settledVisits)
        let found = Mutex((answers: 0, problems: [String]()))
        let isOver = Atomic(false)
        let readers = DispatchGroup()
        // Threads of its own: those of the queues may all wait in other tests.
        for _ in 0..<3 {
            readers.enter()
            Thread.detachNewThread {
                defer { readers.leave() }
                while !isOver.load(ordering: .relaxed) {
                    let problem: String?
                    do throws(DomainRefusal) {
                        problem = try gate.read { _ throws(DomainRefusal) in try Self.problem(registry, source.now) }
                    } catch { problem = error.line }
                    found.withLock {
                        $0.answers += 1
                        if let problem { $0.problems.append(problem) }
                    }
                }
            }
        }
        let persons = try Self.write(world) { number in
            // An answer at least for every twenty, however busy the machine is.
            while found.withLock({ $0.answers }) < number / 20 { usleep(200) }
            return number == 400
        }
        isOver.store(true, ordering: .relaxed)
        readers.wait(for: "the readers")
        #expect(found.withLock { $0.problems } == [])
        #expect(found.withLock { $0.answers } >= 20)
        #expect(try Self.problem(registry, source.now) == nil)
        // The check finds what does not fit: visits that are behind the register.
        let before = source.now
        try Self.registerMore(world, after: UInt64(10_000 + persons))
        #expect(try Self.problem(registry, before) != nil)
    }

    private static func registerMore(_ world: World, after last: UInt64) throws {
        for person in last + 1...last + 3 {
            let poor = DatedIdentity(.registeredPoor, given: CalendarDate(2020_01_01))
            try world.ledger.record([
                .person(person, PersonEvent(.basics(PersonBasics(region: "yantai", birthMonth: 1970_01)))),
                .person(person, PersonEvent(.identity(IdentityRecord(poor, department: .povertyAlleviation)))),
            ])
        }
    }

    @Test func `a reader that takes long is asked to give way to a change, and the change waits for it`() {
        let gate = RegisterGate()
        let (hasBegun, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let order = Mutex<[String]>([])
        Thread.detachNewThread {
            gate.read { reading in
                hasBegun.signal()
                #expect(!reading.mustGiveWay)
                while !reading.mustGiveWay { usleep(1_000) }
                order.withLock { $0.append("gives way") }
            }
            gate.read { _ in order.withLock { $0.append("reads again") } }
            isDone.signal()
        }
        hasBegun.wait(for: "the beginning of the reading")
        gate.change { order.withLock { $0.append("changes") } }
        isDone.wait(for: "the end of the reading")
        #expect(order.withLock { $0 } == ["gives way", "changes", "reads again"])
    }
}
