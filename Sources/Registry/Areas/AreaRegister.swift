import Records
import Settlement

/// The operator's table of areas (G-17) in the order of entering; every correction stays on record.
package final class AreaRegister {
    /// A record of an area as it was known from `recorded` on.
    package struct Version: Equatable, Sendable {
        package var recorded: Moment
        package var record: AreaRecord
    }

    /// Every version of each area, the oldest first; areas in the order of entering.
    private var areas: [[Version]] = []
    private var indexByCode: [String: Int] = [:]

    package init() {}

    package var count: Int { areas.count }

    /// What stands, in the order of entering, behind the first `after`; withdrawn ones included.
    package func records(after: Int = 0, limit: Int = .max) -> [AreaRecord] {
        areas.dropFirst(max(0, after)).prefix(limit).compactMap { $0.last?.record }
    }

    /// What stands under a code; nil: nothing was ever entered.
    package subscript(code: String) -> AreaRecord? { indexByCode[code].flatMap { areas[$0].last?.record } }

    /// Everything that was ever recorded of an area, the oldest first.
    package func history(_ code: String) -> [Version] { indexByCode[code].map { areas[$0] } ?? [] }

    /// Takes `moment` for the time of what was recorded at a later one.
    func limitTimes(to moment: Moment) {
        for index in areas.indices {
            for version in areas[index].indices where areas[index][version].recorded > moment {
                areas[index][version].recorded = moment
            }
        }
    }

    package func apply(_ event: AreaEvent, recorded: Moment) {
        switch event {
        case .registered(let record):
            let version = Version(recorded: recorded, record: record)
            if let index = indexByCode[record.code] {
                areas[index].append(version)
            } else {
                indexByCode[record.code] = areas.count
                areas.append([version])
            }
        }
    }

    // MARK: The two levels

    /// The county of an area, itself where it is one; nil: the code is empty or not in the table.
    package func county(of code: String) -> AreaRecord? {
        guard let record = self[code] else { return nil }
        return record.parent.isEmpty ? record : self[record.parent]
    }

    /// The township or street of that code; nil where it is a county's, empty or not in the table.
    package func township(of code: String) -> AreaRecord? { self[code].flatMap { $0.parent.isEmpty ? nil : $0 } }

    /// The pooling region that an area lies in; empty where it is not in the table.
    package func region(of code: String) -> String { county(of: code)?.region ?? "" }

    /// True for the area itself and for a county's townships; an empty `whole` holds everything.
    package func contains(_ whole: String, _ part: String) -> Bool {
        whole.isEmpty || whole == part || (!part.isEmpty && self[part]?.parent == whole)
    }

    // A snapshot is the history itself: applied again it gives the same table.

    private static var snapshotVersion: UInt8 { 1 }

    package func encodeSnapshot(to writer: inout ByteWriter) {
        writer.byte(AreaRegister.snapshotVersion)
        writer.number(areas.reduce(0) { $0 + $1.count })
        for version in areas.joined() {
            writer.moment(version.recorded)
            AreaEvent.registered(version.record).encode(to: &writer)
        }
    }

    /// Takes over a snapshot in place of everything.
    package func decodeSnapshot(from reader: inout ByteReader) throws(DamagedBytes) {
        guard try reader.byte() == AreaRegister.snapshotVersion else { throw DamagedBytes() }
        areas = []
        indexByCode = [:]
        for _ in 0..<(try reader.count(upTo: reader.left)) {
            let recorded = try reader.moment()
            apply(try AreaEvent(from: &reader), recorded: recorded)
        }
    }
}
