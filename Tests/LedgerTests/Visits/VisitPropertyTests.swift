import Foundation
import Ledger
import LedgerIndex
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `The index of visits` {
    @Test(arguments: [true, false])
    func `says what the journal says, whatever was settled, booked and taken back, opened anew or not`(
        inFolder: Bool
    ) throws {
        var random = SeededRandom.printed()
        for _ in 0..<4 { try run(inFolder: inFolder, &random) }
    }

    private func run(inFolder: Bool, _ random: inout SeededRandom) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("visits-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(
            directory: inFolder ? folder : nil, visitsPerChunk: Int.random(in: 1...20, using: &random))
        try world.registerIll()
        var ids: [String] = []
        for step in 0..<160 {
            try act(world, step, &ids, &random)
            if step % 20 == 19 { try compare(world, &random) }
        }
        try world.reopen(withSnapshot: true)
        try compare(world, &random)
        try world.reopen()
        try compare(world, &random)
        #expect(ids.count > 30)
        // Whatever was opened was found as it had been left.
        #expect(world.incidents.kinds == [])
    }

    private func act(
        _ world: World, _ step: Int, _ ids: inout [String], _ random: inout SeededRandom
    ) throws {
        do {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<50:
                let id = "id-\(step)"
                if try world.settle(id, command(world, &random)).isNone { ids.append(id) }
            case 50..<60:
                guard let id = ids.randomElement(using: &random), try world.standing(of: id) == false else { return }
                try world.adjust(id, by: Fen.random(in: -50...50, using: &random), run: UInt64(step) + 1)
            case 60..<66:
                guard let id = ids.randomElement(using: &random), try world.standing(of: id) == false else { return }
                try world.payRound(id, Fen.random(in: 1...5_000, using: &random), run: UInt64(step) + 1)
            case 66..<70:
                guard let id = ids.randomElement(using: &random),
                    let round = try world.rounds(of: id).standing.last?.round
                else { return }
                try world.takeBackRound(id, round)
            case 70..<82:
                guard let id = ids.suffix(8).randomElement(using: &random) else { return }
                try world.reverse(id)
            case 82..<90: try world.commit()
            case 90..<94:
                try world.commit()
                world.ledger.beginSnapshot()
            default:
                try world.commit()
                try world.reopen(withSnapshot: Bool.random(using: &random))
            }
        } catch let refusal as DomainRefusal {
            #expect(refusal.code != .storeUnavailable && refusal.code != .recordConflict, "\(refusal.line)")
        }
    }

    private func command(_ world: World, _ random: inout SeededRandom) -> SettleCommand {
        let day = 2024_04_01 + Int32.random(in: 0...2, using: &random) * 100 + Int32.random(in: 0...27, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return world.stay(Fen.random(in: 100...9_000, using: &random), basic: 50, of: World.poor, at: "S3", on: day)
        case 1:
            return world.stay(Fen.random(in: 100...40_000, using: &random), basic: 50, of: World.ill, at: "Y2", on: day)
        case 2:
            return world.outpatient(
                Fen.random(in: 100_00...900_00, using: &random), of: World.destitute, at: "Y2", on: day)
        default:
            return world.outpatient(
                Fen.random(in: 100_00...900_00, using: &random), of: World.retired, at: "H2", on: day)
        }
    }

    private func compare(_ world: World, _ random: inout SeededRandom) throws {
        let model = try VisitModel(world.ledger)
        let reader = world.ledger.settledVisits.now
        for region in ["chongqing", "yantai", "shenyang", "anhui", "nowhere"] {
            let from = 2024_04_01 + Int32.random(in: 0...2, using: &random) * 100
            let days = [DateRange(), DateRange(from: CalendarDate(from), until: CalendarDate(from + 20))]
            for days in days {
                var question = VisitQuestion(days, region: region, figures: [.burden, .payments])
                #expect(try reader.answer(question) == model.answer(question))
                question.figures = .burden
                question.kind = .inpatient
                #expect(try reader.answer(question) == model.answer(question))
                question.figures = []
                (question.kind, question.levelFrom) = (nil, .three)
                question.whose = { person, _ in person != World.ill }
                #expect(try reader.answer(question) == model.answer(question))
                question.hasDisease = true
                #expect(try reader.answer(question) == model.answer(question))
            }
        }
    }
}
