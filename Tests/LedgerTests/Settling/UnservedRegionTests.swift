import Foundation
import Ledger
import Policy
import Records
import Registry
import Settlement
import Testing

@Suite struct `A region that is served no longer` {
    private static let without = PolicyLibrary(packs: World.library.packs.filter { $0.region != "chongqing" })

    /// What a reader sees of a year: its lines, and the accumulators by name.
    private struct Year: Equatable {
        var lines: [YearLine]
        var amounts: [String: Fen]

        init(_ world: World, of person: UInt64) throws {
            lines = try world.ledger.listYear(person: person, year: 2024, limit: 100).lines
            let kept = try #require(world.ledger.yearAmounts(person: person, year: 2024, region: nil))
            let pack = world.ledger.presentPack(ofRegion: kept.region)
            amounts = Dictionary(uniqueKeysWithValues: zip(pack.accumulators.map(\.name), kept.amounts))
        }
    }

    @Test(arguments: [false, true])
    func `keeps its records readable and verified, and nothing new is settled (G-12)`(withSnapshot: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unserved-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let world = try World(directory: folder.path)
        #expect(try world.settle("c1", world.outpatient(2_800_00)).isNone)
        #expect(try world.settle("c2", world.outpatient(300_00)).isNone)
        #expect(try world.settle("y1", world.outpatient(500_00, of: World.destitute, at: "Y2")).isNone)
        #expect(try world.settle("c3", world.outpatient(40_00, of: World.active)).isNone)
        try world.reverse("c3")
        try world.commit()
        let people = [World.retired, World.active, World.destitute]
        let before = try people.map { try Year(world, of: $0) }
        #expect(before[0].amounts.values.contains { $0 != 0 })

        try world.reopen(Self.without, withSnapshot: withSnapshot)
        #expect(world.ledger.unservedRegions.map(\.region) == ["chongqing"])
        #expect(try people.map { try Year(world, of: $0) } == before)
        #expect(try world.standing(of: "c1") == false && world.standing(of: "c3") == true)
        #expect(world.entry.outcome.pointee.total == 40_00)

        // Nothing new, and the message says whose pack is missing.
        func refused(_ body: () throws -> Void) {
            #expect { try body() } throws: { error in
                let refusal = error as? DomainRefusal
                return refusal?.code == .policyNotInForce && "\(refusal?.line ?? "")".contains("'chongqing'")
            }
        }
        refused { _ = try world.settle("c4", world.outpatient(10_00)) }
        refused { try world.reverse("c2") }
        // The other regions go on.
        #expect(try world.settle("y2", world.outpatient(100_00, of: World.destitute, at: "Y2")).isNone)
        try world.commit()

        let verifier = try Verifier(store: world.store, library: Self.without)
        let found = try verifier.verify { _ in }
        #expect(found.differences == [] && found.settlements == 5)
        #expect(verifier.compare(with: world.ledger).differences == [])

        // With its pack back everything goes on where it was.
        try world.reopen(withSnapshot: withSnapshot)
        #expect(world.ledger.unservedRegions.isEmpty)
        #expect(try people.prefix(2).map { try Year(world, of: $0) } == Array(before.prefix(2)))
        try world.reverse("c2")
        #expect(try world.settle("c4", world.outpatient(10_00)).isNone)
        try world.commit()
        let again = try Verifier(store: world.store, library: World.library)
        #expect(try again.verify { _ in }.differences == [])
        #expect(again.compare(with: world.ledger).differences == [])
    }
}
