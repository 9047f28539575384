import Ledger
import LedgerFormat
import LedgerStore
import Records
import Registry
import Settlement
import TestSupport
import Testing

/// In whose name records were made: the caller and its operator (经办人).
@Suite struct `A record names who made it` {
    private static func origin(_ caller: String, _ code: String) -> RecordOrigin? {
        RecordOrigin(caller: caller, operatorCode: code)
    }

    /// The rows of a store's blocks.
    private static func rows(_ store: any LedgerStore) throws -> [[UInt8]] {
        try store.allBlocks().flatMap { block in
            try block.checked().read { view in (0..<view.rowCount).compactMap { view.row($0).map { Array($0) } } }
        }
    }

    /// What a walk through the whole journal says of each row that is in somebody's name.
    private static func walked(_ store: any LedgerStore) throws -> [UInt64: RecordOrigin] {
        var found: [UInt64: RecordOrigin] = [:]
        try LedgerRows(store: store).forEach(progress: { _ in }) { row in
            if case .recorded(let recorded) = row { found[recorded.position.number] = recorded.origin }
        }
        return found
    }

    @Test func `whoever records whatever in whatever order, each record has its own name, now and after a restart`() throws {
        var random = SeededRandom.printed()
        let scratch = ScratchFolder(inMemory: true)
        let store = try SQLiteStore(path: scratch.file("ledger.db"), mode: .create)
        let world = try World(store: store, directory: scratch.file("derived"))
        defer {
            world.ledger.abandon()
            store.close()
        }
        let names = [
            nil, Self.origin("H1", ""), Self.origin("H1", "0017"), Self.origin("H2", "0017"), Self.origin("", "ops/3"),
        ]
        var expected: [Position: RecordOrigin?] = [:]
        for number in 0..<400 {
            // A new object of equal content, as a new connection makes it.
            let name = names[random.number(0...4)].flatMap { Self.origin($0.caller, $0.operatorCode) }
            world.ledger.origin = name
            if number % 5 == 4 {
                let id = "s\(number - 1)"
                try world.reverse(id, reason: "again")
                expected[world.reversal.position] = name
            } else {
                #expect(try world.settle("s\(number)", world.outpatient(100_00)).isNone)
                expected[world.entry.position] = name
            }
            world.ledger.origin = nil
            if random.number(0...20) == 0 { #expect(try world.commit()) }
        }
        for (position, name) in expected { #expect(try world.ledger.origin(of: position) == name) }
        #expect(try world.commit())
        for withSnapshot in [false, true] {
            try world.reopen(withSnapshot: withSnapshot)
            for (position, name) in expected { #expect(try world.ledger.origin(of: position) == name) }
        }
        let walked = try Self.walked(store)
        #expect(walked == expected.compactMapValues(\.self).reduce(into: [:]) { $0[$1.key.number] = $1.value })
        let verification = try Verifier(store: store, library: World.library).verify { _ in }
        #expect(verification.isClean, "\(verification.differences)")
    }

    @Test func `another operator of the same institution who asks again has the recorded answer`() throws {
        let world = try World()
        world.ledger.origin = Self.origin("H2", "0017")
        #expect(try world.settle("a", world.outpatient(300_00)).isNone)
        let (position, paid) = (world.entry.position, world.entry.outcome.pointee.fundTotal)
        world.ledger.origin = Self.origin("H2", "0018")
        #expect(try world.settle("a", world.outpatient(300_00)).isNone)
        #expect(world.entry.isDuplicate && world.entry.position == position)
        #expect(world.entry.outcome.pointee.fundTotal == paid)
        try world.reverse("a")
        let reversal = world.reversal.position
        world.ledger.origin = Self.origin("H2", "0019")
        try world.reverse("a")
        #expect(world.reversal.isDuplicate)
        // Who did it first stays; who asked again made no record.
        #expect(try world.ledger.origin(of: position) == Self.origin("H2", "0017"))
        #expect(try world.ledger.origin(of: reversal) == Self.origin("H2", "0018"))
        try world.commit()
        #expect(try Self.rows(world.store).count { $0.first == RowKind.origin.rawValue } == 2)
    }

    @Test func `entries of the register are named too`() throws {
        let world = try World()
        let origin = Self.origin("office-1", "0020")
        world.ledger.origin = origin
        let place = InstitutionRecord(code: "H9", region: "chongqing", level: .one)
        try world.ledger.record([.institution(.registered(place))])
        try world.commit()
        #expect(Array(try Self.walked(world.store).values) == [origin])
    }

    @Test func `an origin's row is these bytes, and a block refers to it instead of saying it twice`() throws {
        let world = try World()
        for (id, code) in [("a", "0017"), ("b", "0018"), ("c", "0017"), ("d", "")] {
            world.ledger.origin = Self.origin(code.isEmpty ? "" : "H2", code)
            #expect(try world.settle(id, world.outpatient(100_00)).isNone)
        }
        try world.commit()
        let rows = try Self.rows(world.store).filter { $0.first == RowKind.origin.rawValue }
        let named: (String) -> [UInt8] = { [14, 1, 1, 2, 0x48, 0x32, 4] + Array($0.utf8) }
        // "c" is as row 0 of its block says, "d" is in nobody's name.
        #expect(rows == [named("0017"), named("0018"), [14, 1, 2], [14, 1, 0]])
    }

    @Test func `a ledger that nobody named has not a byte more`() throws {
        let world = try World()
        for number in 0..<50 { _ = try world.settle("s\(number)", world.outpatient(100_00)) }
        try world.commit()
        #expect(try Self.rows(world.store).count { $0.first == RowKind.origin.rawValue } == 0)
        #expect(world.entry.position.row == 49)
    }

    @Test func `settlements of sixty operators who take turns grow by a tenth at most`() throws {
        func bytes(_ isNamed: Bool) throws -> Int {
            var random = SeededRandom(seed: 7)
            let world = try World()
            let before = try world.store.allBlocks().reduce(0) { $0 + $1.bytes.count }
            for number in 0..<2_000 {
                world.ledger.origin = isNamed ? Self.origin("H2", "operator-\(random.number(0...59))") : nil
                _ = try world.settle("s\(number)", world.outpatient(Fen(280_000 + number % 7)))
            }
            try world.commit()
            return try world.store.allBlocks().reduce(0) { $0 + $1.bytes.count } - before
        }
        let (plain, named) = (try bytes(false), try bytes(true))
        #expect(named > plain && named * 10 <= plain * 11, "\(plain) bytes without, \(named) with")
    }

    @Test func `a clock's acceptance stays the first row of its block`() throws {
        let world = try World()
        world.clock.advance(milliseconds: 400 * 86_400_000)
        _ = try world.settle("ahead", world.outpatient(100_00))
        #expect(try world.commit())
        world.clock.set(milliseconds: -400 * 86_400_000)
        world.ledger.origin = Self.origin("H2", "0017")
        let era = try #require(try world.ledger.acceptClock())
        #expect(era.position.row == 0)
        #expect(try world.settle("after", world.outpatient(100_00)).isNone)
        #expect(try world.ledger.origin(of: world.entry.position) == Self.origin("H2", "0017"))
        try world.commit()
        let verification = try Verifier(store: world.store, library: World.library).verify { _ in }
        #expect(verification.isClean, "\(verification.differences)")
    }

    @Test func `a statement that refers to no statement is found`() throws {
        let world = try World()
        world.ledger.origin = Self.origin("H2", "0017")
        _ = try world.settle("a", world.outpatient(100_00))
        world.ledger.origin = Self.origin("H2", "0018")
        _ = try world.settle("b", world.outpatient(100_00))
        world.ledger.origin = Self.origin("H2", "0017")
        _ = try world.settle("c", world.outpatient(100_00))
        let position = world.entry.position
        try world.commit()
        // The third says "as row 1", which is a settlement.
        let spoilt = MemoryStore()
        for block in try world.store.allBlocks() {
            guard block.sequence == position.block else {
                try spoilt.append([block])
                continue
            }
            var bytes = block.bytes
            let row = try #require(bytes.firstRange(of: [14, 1, 2]))
            bytes[row.lowerBound + 2] = 3
            let body = bytes.count - BlockFormat.trailerBytes
            let checksum = bytes.withUnsafeBytes { BlockFormat.checksum(UnsafeRawBufferPointer(rebasing: $0[..<body])) }
            for index in 0..<4 { bytes[body + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index))) }
            try spoilt.append([SealedBlock(sequence: block.sequence, bytes: bytes)])
        }
        #expect(throws: (any Error).self) { try Self.walked(spoilt) }
        #expect(try Self.walked(world.store).count == 3)
    }
}
