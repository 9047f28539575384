import Foundation
import Ledger
import LedgerFormat
import LedgerIndex
import Records
import Registry
import Settlement
import Testing

/// A folder of indexes of an earlier version of the program.
@Suite struct `A manifest of an earlier version` {
    /// The manifest's second version, which knew no visits, of one of the third.
    private static func second(of bytes: [UInt8]) throws -> [UInt8] {
        let content = try bytes.withUnsafeBytes { whole in
            var reader = ByteReader(whole)
            _ = try reader.fixed64()
            #expect(try reader.byte() == 3)
            _ = try reader.fixed64()
            _ = try reader.number()
            for _ in 0..<(try reader.number()) {
                _ = try reader.byte()
                for _ in 0..<4 { _ = try reader.number() }
                _ = try reader.fixed64()
                _ = try reader.number()
            }
            if try reader.flag() {
                for _ in 0..<4 { _ = try reader.number() }
                _ = try reader.fixed64()
                for _ in 0..<2 { _ = try reader.number() }
            }
            // What follows are the visits, and the checksum.
            #expect(reader.left > 9)
            return Array(whole[..<(whole.count - reader.left)])
        }
        var older = content
        older[8] = 2
        let seed = older[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let sum = older.withUnsafeBytes { Checksum.of($0, seed: seed) }
        for byte in 0..<8 { older.append(UInt8(truncatingIfNeeded: sum >> (8 * UInt64(byte)))) }
        return older
    }

    @Test func `its indexes are read, the visits are made anew, and it is of this version then`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("manifest-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let world = try World(directory: folder)
        for number in 0..<60 {
            #expect(try world.settle("m-\(number)", world.outpatient(100_00 + Fen(number))).isNone)
            if number % 8 == 7 { try world.commit() }
        }
        try world.reverse("m-59")
        try world.commit()
        world.ledger.close()
        let file = URL(fileURLWithPath: folder + "/manifest")
        let third = [UInt8](try Data(contentsOf: file))
        let second = try Self.second(of: third)
        #expect(second.count < third.count)
        try Data(second).write(to: file)
        for _ in 0..<2 {
            try world.reopen()
            #expect(world.incidents.kinds == [])
            #expect(world.ledger.settlementCount == 60 && world.ledger.settledVisits.now.count == 60)
            #expect(try world.standing(of: "m-59") == true && world.standing(of: "m-7") == false)
            let verifier = try Verifier(store: world.store, library: World.library)
            #expect(try verifier.verify { _ in }.isClean)
            #expect(verifier.compare(with: world.ledger).differences == [])
        }
        world.ledger.close()
        #expect(try Data(contentsOf: file)[8] == 3)
        // A version that is newer than the program is not guessed at: everything is made anew.
        var newer = third
        newer[8] = 4
        try Data(newer).write(to: file)
        try world.reopen()
        #expect(world.incidents.kinds == [.derivedUnusable])
        #expect(world.ledger.settledVisits.now.count == 60)
    }
}
