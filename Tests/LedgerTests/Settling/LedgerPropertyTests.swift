import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `Any interleaving of settling, reversing, failing and opening anew` {
    /// What was acknowledged: by id, its amounts, and whether it was reversed.
    private struct Acknowledged: Equatable {
        var command: SettleCommand
        var fund: Fen
        var position: Position
        var isReversed = false
    }

    private static func command(_ world: World, _ dice: inout SeededRandom) -> SettleCommand {
        let person = [World.retired, World.active, World.resident, World.destitute, World.poor].randomElement(using: &dice)!
        let place: String
        switch person {
        case World.destitute: place = "Y2"
        case World.poor: place = "S3"
        default: place = ["H1", "H2", "H3"].randomElement(using: &dice)!
        }
        let total = Fen.random(in: 0...20_000_00, using: &dice)
        var command = world.outpatient(
            total, of: person, at: place, on: person == World.poor ? 2020_05_05 : 2024_01_01 + Int32.random(in: 0...27, using: &dice))
        if Bool.random(using: &dice) { command.claim.kind = .inpatient }
        if person == World.destitute || person == World.poor { command.claim.externalBasic = total / 3 }
        return command
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `G-12, P1, P2: nothing acknowledged is lost, changed or doubled, and the books verify`(seed: UInt64) throws {
        var dice = SeededRandom(seed: seed)
        let store = MemoryStore()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(store: store, directory: folder)
        var known: [String: Acknowledged] = [:]
        var order: [String] = []
        var waiting: [String: Acknowledged] = [:]
        var reversing: [String] = []

        func commit() throws {
            let isDurable = try world.commit()
            if isDurable {
                for (id, entry) in waiting { known[id] = entry }
                for id in reversing { known[id]?.isReversed = true }
            }
            waiting = [:]
            reversing = []
            // What an unknown commit left behind is found by asking again.
            if !isDurable { world.clock.advance(milliseconds: 1_000) }
        }

        /// Nil while the store is down: then nothing that waits will be acknowledged.
        func unlessDown<Answer>(_ body: () throws -> Answer) throws -> Answer? {
            do {
                return try body()
            } catch let refusal as DomainRefusal where refusal.code == .storeUnavailable {
                waiting = [:]
                reversing = []
                _ = world.ledger.seal()
                world.clock.advance(milliseconds: 1_000)
                return nil
            }
        }

        for step in 0..<600 {
            switch Int.random(in: 0..<100, using: &dice) {
            case 0..<50:
                let id = "id-\(seed)-\(step)"
                let command = Self.command(world, &dice)
                guard let refusal = try unlessDown({ try world.settle(id, command) }) else { continue }
                if refusal.isNone {
                    order.append(id)
                    waiting[id] = Acknowledged(
                        command: command, fund: world.entry.outcome.pointee.fundTotal,
                        position: world.entry.position)
                }
            case 50..<65:
                guard let id = order.randomElement(using: &dice), let entry = known[id] else { continue }
                do {
                    guard let refusal = try unlessDown({ try world.settle(id, entry.command) }) else { continue }
                    #expect(refusal.isNone && world.entry.isDuplicate, "seed \(seed), step \(step)")
                    #expect(world.entry.outcome.pointee.fundTotal == entry.fund)
                    #expect(world.entry.position == entry.position)
                    #expect(!entry.isReversed)
                } catch let refusal as DomainRefusal {
                    #expect(refusal.code == .settlementReversed && (entry.isReversed || reversing.contains(id)))
                }
            case 65..<80:
                guard let id = order.suffix(8).randomElement(using: &dice), known[id] != nil else { continue }
                do {
                    guard try unlessDown({ try world.reverse(id) }) != nil else { continue }
                    reversing.append(id)
                } catch let refusal as DomainRefusal {
                    #expect(refusal.code == .laterSettlementStands)
                }
            case 80..<92: try commit()
            case 92..<94:
                try commit()
                _ = world.ledger.beginSnapshot()
            case 94..<97:
                try commit()
                try world.reopen()
            default:
                store.fail(append: 1, [.notWritten, .unknownAndLost].randomElement(using: &dice)!)
            }
        }
        try commit()
        try world.reopen()
        for (id, entry) in known {
            let refusal = Result { try world.settle(id, entry.command) }
            switch refusal {
            case .success(let refusal):
                #expect(refusal.isNone && world.entry.isDuplicate && !entry.isReversed, "seed \(seed), \(id)")
                #expect(world.entry.outcome.pointee.fundTotal == entry.fund)
            case .failure(let refusal):
                #expect((refusal as? DomainRefusal)?.code == .settlementReversed && entry.isReversed)
            }
        }
        let verifier = try Verifier(store: store, library: World.library)
        _ = try verifier.verify { _ in }
        let result = verifier.compare(with: world.ledger)
        #expect(result.isClean, "seed \(seed): \(result.differences.prefix(5))")
        #expect(result.settlements > 50 && result.reversals > 0)
        print("seed \(seed): \(result.settlements) settlements, \(result.reversals) reversals, \(result.blocks) blocks")
    }
}
