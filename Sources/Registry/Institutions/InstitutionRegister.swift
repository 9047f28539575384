import Records
import Settlement

/// The institutions, numbered 1, 2, … in the order of registering; every change stays on record with its date.
package final class InstitutionRegister {
    /// A record of an institution as it was known from `recorded` on.
    package struct Version: Equatable, Sendable {
        package var recorded: Moment
        package var record: InstitutionRecord
        /// The version recorded before it; −1: none.
        fileprivate var previous: Int32
    }

    // Unchecked exclusivity: see `PersonRegister`.
    @exclusivity(unchecked) private var versions: [Version] = []
    /// By number − 1: the version recorded last.
    @exclusivity(unchecked) private var latest: [Int32] = []
    private var index = CodeIndex()

    package init() {}

    /// How many there are: the numbers 1 … `count`.
    package var count: Int { latest.count }

    package func apply(_ event: InstitutionEvent, recorded: Moment) {
        switch event {
        case .registered(let record):
            let next = Int32(versions.count)
            if let number = number(ofCode: record.code) {
                versions.append(Version(recorded: recorded, record: record, previous: latest[Int(number) - 1]))
                latest[Int(number) - 1] = next
            } else {
                versions.append(Version(recorded: recorded, record: record, previous: -1))
                latest.append(next)
                index.add(record.code, number: UInt32(latest.count))
            }
        }
    }

    /// Takes `moment` for the time of what was recorded at a later one.
    func limitTimes(to moment: Moment) {
        for index in versions.indices { versions[index].recorded = min(versions[index].recorded, moment) }
    }

    /// The number of an institution; nil: it is not registered.
    package func number(ofCode code: String) -> UInt32? {
        var code = code
        return code.withUTF8 { number(ofCode: UnsafeRawBufferPointer($0)) }
    }

    /// The same for a code as it came over the wire; allocates nothing.
    package func number(ofCode bytes: UnsafeRawBufferPointer) -> UInt32? {
        let number = index.number(of: bytes)
        return number == 0 ? nil : number
    }

    /// The codes as they are now, for another thread; taken without copying, and the register copies some 100 bytes an
    /// institution when it changes while they are kept.
    package var codes: InstitutionCodes { InstitutionCodes(versions: versions, latest: latest) }

    /// The record that was registered last; nil: there is no such number.
    package subscript(number: UInt32) -> InstitutionRecord? {
        guard number >= 1, Int(number) <= latest.count else { return nil }
        return versions[Int(latest[Int(number) - 1])].record
    }

    /// The record that holds on `date` (CQ-44: the level as of the service date): of those that began by then the
    /// one that began last, of several of one day the one recorded last. nil: none held yet.
    package func record(_ number: UInt32, on date: CalendarDate) -> InstitutionRecord? {
        let found = version(number, on: date)
        return found < 0 ? nil : versions[found].record
    }

    private func version(_ number: UInt32, on date: CalendarDate) -> Int {
        guard number >= 1, Int(number) <= latest.count else { return -1 }
        var found = -1
        var index = Int(latest[Int(number) - 1])
        while index >= 0 {
            let since = versions[index].record.since
            if since <= date, found < 0 || since > versions[found].record.since { found = index }
            index = Int(versions[index].previous)
        }
        return found
    }

    /// Everything that was ever recorded of an institution, the oldest first.
    package func history(_ number: UInt32) -> [Version] {
        guard number >= 1, Int(number) <= latest.count else { return [] }
        var found: [Version] = []
        var index = Int(latest[Int(number) - 1])
        while index >= 0 {
            found.append(versions[index])
            index = Int(versions[index].previous)
        }
        return found.reversed()
    }

    // A snapshot is the history itself: applied again it gives the same register.

    private static var snapshotVersion: UInt8 { 1 }

    package func encodeSnapshot(to writer: inout ByteWriter) {
        writer.byte(InstitutionRegister.snapshotVersion)
        writer.number(versions.count)
        for version in versions {
            writer.moment(version.recorded)
            InstitutionEvent.registered(version.record).encode(to: &writer)
        }
    }

    /// Takes over a snapshot in place of everything.
    package func decodeSnapshot(from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == InstitutionRegister.snapshotVersion else { throw DamagedBytes() }
        versions = []
        latest = []
        index = CodeIndex()
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let recorded = try reader.moment()
            apply(try InstitutionEvent(from: &reader), recorded: recorded)
        }
    }
}
