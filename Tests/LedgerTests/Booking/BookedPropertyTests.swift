import Foundation
import Ledger
import LedgerStore
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `Any interleaving of what is booked beside settlements` {
    @Test func `G-7, G-12, SY-4, YT-7: what is booked, taken back and reversed in any order verifies, opened anew or not`()
        throws
    {
        var random = SeededRandom.printed()
        for _ in 0..<8 { try run(&random) }
    }

    private func run(_ random: inout SeededRandom) throws {
        let store = MemoryStore()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(store: store, directory: folder)
        try world.registerIll()
        try world.recognise(.apply(on: CalendarDate(2024_03_01)))
        var ids: [String] = []
        var refused = 0
        for step in 0..<150 {
            do {
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<30:
                    let id = "id-\(step)"
                    if try world.settle(id, command(world, &random)).isNone { ids.append(id) }
                case 30..<45:
                    // What a run reads as reversed it books nothing on.
                    guard let id = ids.randomElement(using: &random), try world.standing(of: id) == false else {
                        continue
                    }
                    try world.adjust(id, by: Fen.random(in: -50...50, using: &random), run: UInt64(step) + 1)
                case 45..<58:
                    guard let id = ids.randomElement(using: &random), try world.standing(of: id) == false else {
                        continue
                    }
                    let amount = Fen.random(in: -1_000...5_000, using: &random)
                    if amount != 0 { try world.payRound(id, amount, run: UInt64(step) + 1) }
                case 58..<66:
                    guard let id = ids.randomElement(using: &random),
                        let round = try world.rounds(of: id).standing.last?.round
                    else { continue }
                    try world.takeBackRound(id, round)
                case 66..<74:
                    let day = CalendarDate(2024_06_01)
                    try world.recognise(
                        Bool.random(using: &random)
                            ? .recognise(year: 2024, on: day, outside: [])
                            : .takeBack(year: 2024, on: day, reason: "assets found"))
                case 74..<90:
                    guard let id = ids.suffix(10).randomElement(using: &random) else { continue }
                    try world.reverse(id)
                case 90..<94: try world.commit()
                case 94..<97:
                    try world.commit()
                    world.ledger.beginSnapshot()
                default:
                    try world.commit()
                    try world.reopen()
                }
            } catch let refusal as DomainRefusal {
                refused += 1
                #expect(refusal.code != .storeUnavailable && refusal.code != .recordConflict, "step \(step): \(refusal.line)")
            }
        }
        #expect(try world.differences() == [])
        try world.reopen()
        #expect(try world.differences() == [])
        #expect(ids.count > 20 && refused < 120)
    }

    private func command(_ world: World, _ random: inout SeededRandom) -> SettleCommand {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return world.stay(
                Fen.random(in: 100...9_000, using: &random), basic: 50, of: World.poor, at: "S3",
                on: 2020_05_01 + Int32.random(in: 0...27, using: &random))
        case 1, 2:
            return world.stay(
                Fen.random(in: 100...40_000, using: &random), basic: 50, of: World.ill, at: "Y2",
                on: (Bool.random(using: &random) ? 2024_05_01 : 2023_08_01) + Int32.random(in: 0...27, using: &random))
        default:
            return world.outpatient(
                Fen.random(in: 100_00...900_00, using: &random), of: World.retired, at: "H2",
                on: 2024_05_01 + Int32.random(in: 0...27, using: &random))
        }
    }
}
