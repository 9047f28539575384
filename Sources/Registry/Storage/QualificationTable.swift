import Records
import Settlement

/// The qualifications of every person: rows of 40 bytes, linked per person, the newest first. A person with any costs
/// about 25 bytes more, one without none.
///
/// A million persons with one and a half each: 60 MB of rows and some 37 MB of the index of persons.
struct QualificationTable: ~Copyable {
    private struct Row: BitwiseCopyable {
        var recorded: Int64
        /// 1 + index of the person's row before this one; 0: it is the first.
        var previous: UInt32
        /// Index into `codes`.
        var code: UInt32
        var from: CalendarDate
        var until: CalendarDate
        var institution: UInt32
        var number: UInt16
        var corrects: UInt16
        var supersededBy: UInt16
        var way: FilingWay
        var isWithdrawn: Bool
    }

    /// Memory of each.
    static var bytesPerRow: Int { MemoryLayout<Row>.stride }

    private var rows = Pool<Row>()
    /// 1 + index of the person's newest row.
    private var newest: [UInt64: UInt32] = [:]
    /// Codes of diseases; packs bound them.
    private(set) var codes: [String] = []
    private var codeIndexes: [String: UInt32] = [:]

    init() {}

    var persons: Dictionary<UInt64, UInt32>.Keys { newest.keys }

    /// How many qualifications a person has, corrections included: the number of the newest.
    func count(of person: UInt64) -> UInt32 {
        guard let link = newest[person] else { return 0 }
        return UInt32(rows.pointer(Int(link) - 1).pointee.number)
    }

    /// What stands on file for a person: index of the disease's code, and the days; without allocation.
    @inline(__always)
    func forEachCurrent(of person: UInt64, _ body: (_ code: UInt32, _ inForce: DateRange) -> Void) {
        var link = newest[person] ?? 0
        while link > 0 {
            let row = rows.pointer(Int(link) - 1).pointee
            if row.supersededBy == 0, !row.isWithdrawn {
                body(row.code, DateRange(from: row.from, until: row.until))
            }
            link = row.previous
        }
    }

    /// Everything on file for a person in the order of recording, as it was known at `moment`.
    func all(of person: UInt64, knownAt moment: Moment? = nil) -> [KnownQualification] {
        var list: [KnownQualification] = []
        var link = newest[person] ?? 0
        while link > 0 {
            let row = rows.pointer(Int(link) - 1).pointee
            if moment.map({ row.recorded <= $0.milliseconds }) ?? true { list.append(known(row)) }
            link = row.previous
        }
        list.reverse()
        let last = UInt32(list.last?.qualification.number ?? 0)
        for index in list.indices where list[index].supersededBy > last { list[index].supersededBy = 0 }
        return list
    }

    private func known(_ row: Row) -> KnownQualification {
        KnownQualification(
            qualification: Qualification(
                number: UInt32(row.number), disease: codes[Int(row.code)],
                inForce: DateRange(from: row.from, until: row.until), institution: row.institution, way: row.way,
                corrects: UInt32(row.corrects), isWithdrawn: row.isWithdrawn),
            recorded: Moment(milliseconds: row.recorded), supersededBy: UInt32(row.supersededBy))
    }

    /// Takes `moment` for the time of what was recorded at a later one, of the persons that are meant.
    func limitTimes(to moment: Moment, of isMeant: (UInt64) -> Bool) {
        for (person, first) in newest where isMeant(person) {
            var link = first
            while link > 0 {
                let row = rows.pointer(Int(link) - 1)
                row.pointee.recorded = min(row.pointee.recorded, moment.milliseconds)
                link = row.pointee.previous
            }
        }
    }

    mutating func append(_ qualification: Qualification, of person: UInt64, recorded: Moment) {
        let previous = newest[person] ?? 0
        let index = rows.append(
            Row(
                recorded: recorded.milliseconds, previous: previous, code: index(ofCode: qualification.disease),
                from: qualification.inForce.from, until: qualification.inForce.until,
                institution: qualification.institution, number: UInt16(qualification.number),
                corrects: UInt16(qualification.corrects), supersededBy: 0, way: qualification.way,
                isWithdrawn: qualification.isWithdrawn))
        newest[person] = UInt32(index + 1)
        if qualification.corrects > 0 { supersede(qualification, from: previous) }
    }

    private mutating func supersede(_ correction: Qualification, from newest: UInt32) {
        var link = newest
        while link > 0 {
            let row = rows.pointer(Int(link) - 1)
            if UInt32(row.pointee.number) == correction.corrects {
                row.pointee.supersededBy = UInt16(correction.number)
            }
            link = row.pointee.previous
        }
    }

    private mutating func index(ofCode code: String) -> UInt32 {
        if let index = codeIndexes[code] { return index }
        let index = UInt32(codes.count)
        codes.append(code)
        codeIndexes[code] = index
        return index
    }

    /// Forgets a person, before another state of the same person is read.
    mutating func forget(_ person: UInt64) { newest[person] = nil }
}
