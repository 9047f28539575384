import Foundation
import Ledger
import LedgerStore
import Records
import Registry
import Settlement
import Testing

@Suite struct `When an index is found damaged at work` {
    /// A ledger with settlements whose indexes are in files, opened, one byte of a page turned meanwhile.
    private func damaged(_ kind: String) throws -> (World, String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID())").path
        let store = MemoryStore()
        let world = try World(store: store, directory: folder)
        for index in 0..<500 { #expect(try world.settle("s\(index)", world.outpatient(300_00)).isNone) }
        try world.commit()
        world.ledger.close()
        let run = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix(kind) && $0.hasSuffix(".run") })
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + run))
        // Behind the header's page: a page of entries.
        bytes[4096 + 200] ^= 1
        try bytes.write(to: URL(fileURLWithPath: folder + "/" + run))
        try world.reopen()
        return (world, folder)
    }

    private func code(_ body: () throws -> Void) -> DomainCode? {
        do { try body() } catch { return (error as? DomainRefusal)?.code }
        return nil
    }

    @Test func `the look-up is refused, and the next one is answered from indexes made anew`() throws {
        let (world, folder) = try damaged("ids")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var refused: [String] = []
        for index in 0..<500 {
            let code = code {
                let isReversed = try world.standing(of: "s\(index)")
                #expect(isReversed == false)
            }
            if code == .storeUnavailable { refused.append("s\(index)") } else { #expect(code == nil) }
            _ = world.ledger.seal()
        }
        #expect(refused.count == 1)
        for id in refused { #expect(try world.standing(of: id) == false) }
    }

    @Test func `P1, P2: an old id is not settled twice, and the books verify`() throws {
        let (world, folder) = try damaged("ids")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var refused = 0
        for index in 0..<500 {
            let id = "s\(index)"
            let isRefused = code { _ = try world.settle(id, world.outpatient(300_00)) } != nil
            try world.commit()
            if isRefused {
                refused += 1
                #expect(try world.settle(id, world.outpatient(300_00)).isNone)
            }
            #expect(world.entry.isDuplicate)
        }
        #expect(refused == 1)
        #expect(try world.settle("new", world.outpatient(300_00)).isNone && !world.entry.isDuplicate)
        try world.commit()
        let verifier = try Verifier(store: world.store, library: World.library)
        #expect(try verifier.verify { _ in }.isClean)
        #expect(verifier.compare(with: world.ledger).isClean)
        #expect(world.ledger.settlementCount == 501)
    }
}
