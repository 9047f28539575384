import Records
import Settlement

/// What is on record of a person.
extension PersonRegister {
    /// Everything that was ever recorded, the oldest first; empty: not registered.
    ///
    /// With `knownOn` only what was recorded by the end of that day, as it stood then: an entry that was corrected
    /// later stands in it uncorrected.
    package func history(of person: UInt64, knownOn day: CalendarDate = .none) -> [PersonEntry] {
        let row = row(of: person)
        guard row >= 0 else { return [] }
        let stored = persons.pointer(row).pointee
        var found: [PersonEntry] = []
        var next = stored.newest
        while next != 0 {
            let entry = entries.pointer(Int(next) - 1).pointee
            var fact = fact(entry.fact)
            if case .basics(var basics) = fact {
                basics.personNo = personNo(inRecord: entry.number, of: row)
                fact = .basics(basics)
            }
            found.append(
                PersonEntry(
                    number: entry.number, recorded: entry.recorded, fact: fact,
                    supersedes: entry.supersedes, supersededBy: entry.supersededBy))
            next = entry.previous
        }
        let basics = PersonBasics(
            region: names[stored.region], birthMonth: stored.birthMonth, area: areas[stored.area],
            personNo: personNo(inRecord: 1, of: row))
        found.append(
            PersonEntry(
                number: 1, recorded: stored.recorded, fact: .basics(basics), supersededBy: stored.supersededBy))
        found.reverse()
        return day == .none ? found : PersonRegister.known(on: day, found)
    }

    private static func known(on day: CalendarDate, _ entries: [PersonEntry]) -> [PersonEntry] {
        let end = Moment(startOf: day.next)
        let known = entries.prefix { $0.recorded < end }
        return known.map { entry in
            var entry = entry
            if Int(entry.supersededBy) > known.count { entry.supersededBy = 0 }
            return entry
        }
    }

    /// What stands now: everything that nothing superseded, the oldest first.
    package func standing(of person: UInt64, knownOn day: CalendarDate = .none) -> [PersonEntry] {
        history(of: person, knownOn: day).filter { entry in
            if case .withdrawn = entry.fact { return false }
            return entry.supersededBy == 0
        }
    }

    /// How many entries a person has, the registration included; 0: not registered.
    package func entryCount(of person: UInt64) -> Int {
        let row = row(of: person)
        return row < 0 ? 0 : Int(persons.pointer(row).pointee.entries)
    }

    // A snapshot is the history itself: applied again it gives the same records.

    private static var snapshotVersion: UInt8 { 1 }

    package func encodeSnapshot(of person: UInt64, to writer: inout ByteWriter) {
        let history = history(of: person)
        writer.byte(PersonRegister.snapshotVersion)
        writer.number(history.count)
        for entry in history {
            writer.moment(entry.recorded)
            PersonEvent(entry.fact, supersedes: entry.supersedes).encode(to: &writer)
        }
    }

    /// Takes over a person that is not registered yet.
    package func decodeSnapshot(of person: UInt64, from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == PersonRegister.snapshotVersion, !contains(person) else { throw DamagedBytes() }
        // The whole of it first: a damaged snapshot leaves nothing behind.
        var events: [(event: PersonEvent, recorded: Moment)] = []
        for _ in 0..<(try reader.count(upTo: min(reader.left, Int(UInt16.max)))) {
            let recorded = try reader.moment()
            events.append((try PersonEvent(from: &reader), recorded))
        }
        guard case .basics = events.first?.event.fact else { throw DamagedBytes() }
        for (event, recorded) in events { apply(event, to: person, recorded: recorded) }
    }
}
