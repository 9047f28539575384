import Records
import Registry
import Settlement
import TestSupport
import Testing

@Suite struct `Events keep their values in the journal` {
    static let seed: UInt64 = 20_241_122

    private func bytes(_ event: RegistryEvent) -> [UInt8] {
        var writer = ByteWriter()
        event.encode(to: &writer)
        return Array(writer.bytes)
    }

    private func read(_ bytes: [UInt8]) throws(DamagedBytes) -> RegistryEvent {
        try bytes.withUnsafeBytes { raw -> Result<RegistryEvent, DamagedBytes> in
            var reader = ByteReader(raw)
            do throws(DamagedBytes) {
                let event = try RegistryEvent(from: &reader)
                if !reader.isAtEnd { throw DamagedBytes() }
                return .success(event)
            } catch { return .failure(error) }
        }.get()
    }

    @Test func `an event comes back as it was written`() throws {
        print("seed \(Self.seed)")
        var random = SeededRandom(seed: Self.seed)
        for _ in 0..<20_000 {
            let event = random.event()
            #expect(try read(bytes(event)) == event)
        }
    }

    @Test func `an event that is cut short anywhere is damaged`() throws {
        print("seed \(Self.seed)")
        var random = SeededRandom(seed: Self.seed + 1)
        for _ in 0..<500 {
            let whole = bytes(random.event())
            for count in 0..<whole.count {
                #expect(throws: DamagedBytes.self) { try read(Array(whole[..<count])) }
            }
        }
    }

    @Test func `garbled bytes are damaged or another event, never a crash`() throws {
        print("seed \(Self.seed)")
        var random = SeededRandom(seed: Self.seed + 2)
        var damaged = 0
        for _ in 0..<20_000 {
            var garbled = bytes(random.event())
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                garbled[.random(in: garbled.indices, using: &random)] = .random(in: 0...255, using: &random)
            }
            do throws(DamagedBytes) {
                // What reads must be an event that is written and read again.
                let event = try read(garbled)
                #expect(try read(bytes(event)) == event)
            } catch { damaged += 1 }
        }
        #expect(damaged > 100)
    }
}

@Suite struct `A snapshot is the history` {
    @Test func `a register that was written and read again has the same persons and records`() throws {
        let seed: UInt64 = 7
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        var office = try Office()
        for person in 1...300 as ClosedRange<UInt64> {
            office.person(person &* 0x9e37_79b9_7f4a_7c15)
            for number in 0..<Int.random(in: 0..<12, using: &random) {
                office.now.milliseconds += 1_000
                office.put(
                    random.fact(), of: person &* 0x9e37_79b9_7f4a_7c15,
                    supersedes: .random(in: 0...UInt16(number + 1), using: &random))
            }
        }
        let copy = try Office()
        for person in office.registry.people.numbers {
            var writer = ByteWriter()
            office.registry.people.encodeSnapshot(of: person, to: &writer)
            var reader = ByteReader(writer.bytes)
            try copy.registry.people.decodeSnapshot(of: person, from: &reader)
            #expect(reader.isAtEnd)
        }
        #expect(copy.registry.people.numbers == office.registry.people.numbers)
        for person in office.registry.people.numbers {
            #expect(copy.registry.people.history(of: person) == office.registry.people.history(of: person))
        }
    }

    @Test func `a damaged snapshot of a person leaves nothing behind`() throws {
        let office = try Office()
        office.insured(7)
        var writer = ByteWriter()
        office.registry.people.encodeSnapshot(of: 7, to: &writer)
        let whole = Array(writer.bytes)
        for count in 0..<whole.count {
            let copy = try Office()
            _ = whole[..<count].withUnsafeBytes { raw in
                #expect(throws: DamagedBytes()) {
                    var reader = ByteReader(raw)
                    try copy.registry.people.decodeSnapshot(of: 7, from: &reader)
                }
            }
            #expect(!copy.registry.people.contains(7))
        }
    }

    @Test func `the institutions of a snapshot have their numbers, codes and history`() throws {
        let seed: UInt64 = 11
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        let office = try Office()
        for index in 0..<2_000 {
            var record = random.institutionRecord()
            record.code = "H\(index % 700)"
            office.institution(record)
        }
        var writer = ByteWriter()
        office.registry.institutions.encodeSnapshot(to: &writer)
        let copy = try Office()
        var reader = ByteReader(writer.bytes)
        try copy.registry.institutions.decodeSnapshot(from: &reader)
        #expect(reader.isAtEnd)
        #expect(copy.registry.institutions.count == 700)
        for number in 1...700 as ClosedRange<UInt32> {
            #expect(copy.registry.institutions.number(ofCode: "H\(number - 1)") == number)
            let history = office.registry.institutions.history(number)
            #expect(copy.registry.institutions.history(number) == history)
        }
        #expect(copy.registry.institutions.number(ofCode: "H700") == nil)
    }
}
