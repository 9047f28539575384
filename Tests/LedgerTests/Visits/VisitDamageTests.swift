import Foundation
import Ledger
import LedgerIndex
import LedgerStore
import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `Files of visits that are damaged` {
    /// A ledger with some hundred visits in a file, closed; and what the file must say.
    private static func make(_ store: MemoryStore, _ folder: String) throws -> [SettledVisit] {
        let world = try World(store: store, directory: folder, visitsPerChunk: 32)
        for number in 0..<200 {
            let day = 2024_06_01 + Int32(number % 28)
            #expect(try world.settle("id-\(number)", world.outpatient(10_000 + Fen(number), on: day)).isNone)
            if number % 9 == 8 { try world.commit() }
        }
        try world.reverse("id-199")
        let answer = try world.ledger.settledVisits.now.answer(question)
        world.ledger.close()
        return answer
    }

    private static var question: VisitQuestion {
        VisitQuestion(DateRange(), region: "chongqing", figures: [.burden, .payments])
    }

    private static func file(in folder: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return folder + "/" + (try #require(names.first { $0.hasSuffix(".vis") }))
    }

    /// Opens the ledger over a damaged file and asks: the right answer, or a refusal and the right answer after it.
    ///
    /// - Returns: whether the damage was met.
    private static func ask(_ store: MemoryStore, _ folder: String, _ expected: [SettledVisit]) throws -> Bool {
        let world = try World(store: store, directory: folder, visitsPerChunk: 32)
        var isMet = !world.incidents.all.isEmpty
        do throws(DomainRefusal) {
            let answer = try world.ledger.settledVisits.now.answer(question)
            #expect(answer == expected)
        } catch {
            #expect(error.code == .storeUnavailable)
            isMet = true
            try world.ledger.ready()
            #expect(try world.ledger.settledVisits.now.answer(question) == expected)
        }
        world.ledger.abandon()
        return isMet
    }

    @Test func `a flipped byte, a cut file and a missing one give the right answer or none, and are made anew`() throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("visits-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: home) }
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let store = MemoryStore()
        let expected = try Self.make(store, home + "/whole")
        #expect(expected.count == 199)
        var random = SeededRandom.printed()
        let bytes = try Data(contentsOf: URL(filePath: try Self.file(in: home + "/whole")))
        let places = Array(0..<16) + (0..<40).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
        var met = 0
        for (number, place) in places.enumerated() {
            let folder = home + "/\(number)"
            try FileManager.default.copyItem(atPath: home + "/whole", toPath: folder)
            var damaged = bytes
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            // Every fourth one is cut there.
            if number % 4 == 3 { damaged = damaged.prefix(place) }
            try damaged.write(to: URL(filePath: try Self.file(in: folder)))
            if try Self.ask(store, folder, expected) { met += 1 }
            try FileManager.default.removeItem(atPath: folder)
        }
        // What is not met is in a column that the question does not read: positions, where nothing was taken back.
        #expect(met > places.count / 2)
        try FileManager.default.removeItem(atPath: try Self.file(in: home + "/whole"))
        #expect(try Self.ask(store, home + "/whole", expected))
        // It is whole again when the ledger is closed.
        #expect(try Self.reopen(store, home + "/whole") == expected)
        #expect(try !Self.ask(store, home + "/whole", expected))
    }

    private static func reopen(_ store: MemoryStore, _ folder: String) throws -> [SettledVisit] {
        let world = try World(store: store, directory: folder, visitsPerChunk: 32)
        defer { world.ledger.close() }
        return try world.ledger.settledVisits.now.answer(question)
    }
}
