import Foundation
import Ledger
import LedgerFormat
import LedgerStore
import Lists
import Policy
import Population
import Records
import Registry
import Settlement

/// The results of the first stage, stored with the spool.
struct Collected: Codable, Equatable {
    /// Settlements of the year, reversed ones included, and their reversals and earlier adjustments.
    var settlements = 0
    var reversals = 0
    var adjustments = 0
    /// Rows of a file that are of another year; that are an earlier row once more.
    var otherYears = 0
    var repeated = 0
    /// Rows of a file that are refused as they are read, by code.
    var refused: [String: Int] = [:]
    var accounts = AccountTotals()
    /// Account use at institutions in the year, by institution, month and region (CQ-31).
    var uses: [UseCell] = []
    /// How many threads collected, each into a part of the spool.
    var parts = 1
    /// Whether rows of accounts end with `person_no`; nil: they do not.
    var hasPersonNos: Bool?
    /// Of the spool's files.
    var marks: [String: FileChecksum] = [:]

    static func += (left: inout Collected, right: Collected) {
        left.settlements += right.settlements
        left.reversals += right.reversals
        left.adjustments += right.adjustments
        left.marks.merge(right.marks) { first, _ in first }
    }
}

/// The input of a run: a year of a ledger, or of files.
protocol YearSource: AnyObject {
    var packs: YearPacks { get }
    /// Identifies the input; compared when a run is resumed.
    func fingerprint() throws -> [String: String]
    /// Reads the facts; called first, also when a run is resumed.
    func loadFacts(_ progress: (Double) -> Void) throws
    /// Writes the year's records into the folder's spool, and rows that are no claims to `problems`.
    func collect(into folder: String, _ problems: AtomicFileWriter, _ progress: (Int, Double) -> Void) throws
        -> Collected
    func makeGroup(refused: @escaping (RowProblem) -> Void) -> any YearGroup
    /// Code of an institution as reports name it.
    func institution(_ number: UInt32) -> String
    /// Whether an institution has this code (`institution`).
    func knows(_ code: String) -> Bool
    /// Nil: the claims come from files.
    var facts: YearFacts? { get }
    /// Index of the region of a recognition's payment; nil: it is not served here.
    func region(of payment: RecognitionPayment) -> Int?
    /// Index of the region that a person is registered in; nil: there is none.
    func region(ofPerson person: UInt64) -> Int?
    /// Learns again what `collect` learnt, where that was done before.
    func takeUp(_ folder: String) throws
    /// A person as the input names one.
    func text(ofPerson person: UInt64) -> String
}

extension YearSource {
    /// The last column of files that name persons: `person_no`, where anybody in the register has one.
    var personNoColumn: [TableColumn] { hasPersonNos == true ? [.personNo] : [] }

    /// Whether rows have that column, as finished work notes it down: what an earlier program left has none.
    var hasPersonNos: Bool? { facts?.hasPersonNos == true ? true : nil }

    /// The cell of that column: the person's number in the region, else the one recorded last; nil: no such column.
    func personNo(of person: UInt64, in region: String = "") -> String? { facts?.personNo(of: person, in: region) }
}

/// A year of a ledger, read beside whoever writes it.
final class LedgerSource: YearSource {
    let packs: YearPacks
    let facts: YearFacts?
    private let register: YearFacts
    private let scan: JournalScan
    private let store: any LedgerStore
    private let year: Int32

    init(_ store: any LedgerStore, _ library: PolicyLibrary, year: Int32, end: UInt64) throws {
        self.store = store
        self.year = year
        packs = try YearPacks(library, archive: try PackArchive(reading: store))
        scan = JournalScan(store: store, end: end)
        register = YearFacts(library, year: year)
        facts = register
    }

    func fingerprint() throws -> [String: String] {
        [
            "ledger": String(store.identity, radix: 16), "end": "\(scan.end)",
            "checksum": String(try scan.checksum(), radix: 16),
        ]
    }

    func loadFacts(_ progress: (Double) -> Void) throws {
        let all = Double(max(1, scan.end))
        try scan.forEach(progress: { progress(Double($0) / all) }) { row in try register.apply(row) }
        register.prepare()
    }

    func makeGroup(refused: @escaping (RowProblem) -> Void) -> any YearGroup {
        LedgerGroup(packs, register, year: year)
    }

    func region(of payment: RecognitionPayment) -> Int? {
        payment.pack == 0 ? region(ofPerson: payment.person) : packs[payment.pack]?.region
    }

    func region(ofPerson person: UInt64) -> Int? {
        let last = CalendarDate(year: year, month: 12, day: 31)
        guard let basics = register.registry.people.basics(of: person, on: last) else { return nil }
        return packs.regions.firstIndex { $0.pack.region == basics.region }
    }

    func institution(_ number: UInt32) -> String { register.registry.institutions[number]?.code ?? "" }
    func takeUp(_ folder: String) throws {}
    func text(ofPerson person: UInt64) -> String { "\(person)" }
    func knows(_ code: String) -> Bool { register.registry.institutions.number(ofCode: code) != nil }

    func collect(into folder: String, _ problems: AtomicFileWriter, _ progress: (Int, Double) -> Void) throws
        -> Collected
    {
        let parts = max(1, min(Self.collectorsMax, ProcessInfo.processInfo.activeProcessorCount))
        let work = CollectWork(
            year: year, windows: register.windows(ofRecognitionsIn: year), folder: folder, parts: parts, register,
            packs)
        let all = Double(max(1, scan.end))
        return try work.run { hand throws(StoreFailure) in
            try scan.forEachBlock { block in
                progress(work.settlements, Double(block.sequence) / all)
                return hand(block)
            }
        }
    }

    /// Decoding threads beside the one that reads: more would wait for it, and each has account sums of its own.
    private static let collectorsMax = 2
}

/// A year of a claims file, with the final facts of a persons file where there is one.
final class ClaimFileSource: YearSource {
    let packs: YearPacks
    var facts: YearFacts? { nil }
    /// Positions of claims are their lines above this, so that a person's facts come before them.
    static let claimBase: UInt64 = 1 << 40
    /// And of what says that a claim does not count.
    static let repeatedBase: UInt64 = 1 << 39

    private let claims: String
    private let persons: String?
    private let year: Int32
    /// Who is named by the platform's number. Kept beside the spool, for a run that is taken up again.
    private var numbers = PersonNumbers()

    init(claims: String, persons: String?, _ library: PolicyLibrary, year: Int32) throws {
        packs = try YearPacks(library, archive: nil)
        self.claims = claims
        self.persons = persons
        self.year = year
    }

    func fingerprint() throws -> [String: String] {
        var print = ["claims": try Self.mark(claims)]
        if let persons { print["persons"] = try Self.mark(persons) }
        return print
    }

    /// Size and time of change of a file.
    private static func mark(_ path: String) throws -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { throw RunProblem.file(path, "open") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw RunProblem("\(path): is not a file; a run that is taken up may have to read it again")
        }
        return "\(status.st_size) bytes of \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    func loadFacts(_ progress: (Double) -> Void) throws {}

    func makeGroup(refused: @escaping (RowProblem) -> Void) -> any YearGroup {
        ClaimGroup(packs, year: year) { [numbers] problem in
            var problem = problem
            // The spool has the number that stands for a text.
            if problem.column == ClaimColumn.person.rawValue, let number = UInt64(problem.value) {
                problem.value = numbers.text(of: number)
            }
            refused(problem)
        }
    }

    func region(of payment: RecognitionPayment) -> Int? { nil }
    func region(ofPerson person: UInt64) -> Int? { nil }

    /// A claims file names no institutions, only their levels.
    func institution(_ number: UInt32) -> String { number == 0 ? "" : "level \(number)" }
    func knows(_ code: String) -> Bool { Level.allCases.contains { institution(UInt32($0.rawValue)) == code } }

    func collect(into folder: String, _ problems: AtomicFileWriter, _ progress: (Int, Double) -> Void) throws
        -> Collected
    {
        let spool = try SpoolWriter(folder: folder)
        var collected = Collected()
        numbers = PersonNumbers()
        if let persons { try collectPersons(persons, spool, problems, &collected) }
        let repeated = RepeatedRows(folder: folder, name: "ids")
        let source = try FileSource(path: claims)
        let size = Double(max(1, source.size ?? 1))
        var reader = try ClaimFileReader(source, persons: numbers)
        var row = WorkedExamples.all[0]
        var writer = ByteWriter()
        reading: while true {
            switch try reader.next(&row) {
            case .end: break reading
            case .bad(let problem): try refuse(problem, problems, &collected)
            case .row:
                if !row.id.isEmpty {
                    try repeated.add(
                        id: Array(row.id.utf8), line: row.line, values: RowValuesDigest(reader.cells),
                        mark: row.person.number)
                }
                guard row.claim.claim.serviceDate.year == year else {
                    collected.otherYears += 1
                    continue
                }
                collected.settlements += 1
                writer.removeAll()
                ClaimCoding.write(row, to: &writer)
                try add(.claim, row.person.number, Self.claimBase + UInt64(row.line), writer, to: spool)
                if collected.settlements % 4096 == 0 {
                    progress(collected.settlements, Double(reader.bytesRead) / size)
                }
            }
        }
        try collectRepeated(repeated, spool, problems, &collected)
        collected.marks = try spool.finish()
        if !numbers.texts.isEmpty {
            collected.marks[PersonNumberFile.name] = try PersonNumberFile.write(numbers, folder)
        }
        return collected
    }

    func takeUp(_ folder: String) throws { numbers = try PersonNumberFile.read(folder) ?? numbers }

    func text(ofPerson person: UInt64) -> String { numbers.text(of: person) }

    private func add(
        _ kind: SpoolKind, _ person: UInt64, _ position: UInt64, _ writer: borrowing ByteWriter, to spool: SpoolWriter
    ) throws(RunProblem) {
        try spool.add(kind, person: person, position: position, time: Moment(milliseconds: 0), writer.bytes)
    }

    private func refuse(_ problem: RowProblem, _ problems: AtomicFileWriter, _ collected: inout Collected) throws {
        collected.refused[problem.code, default: 0] += 1
        try RefusedRows.append(problem, to: problems)
    }

    /// Marks rows whose id stood before: they are the same row once more, or refused.
    private func collectRepeated(
        _ rows: RepeatedRows, _ spool: SpoolWriter, _ problems: AtomicFileWriter, _ collected: inout Collected
    ) throws {
        let nothing = ByteWriter()
        try rows.forEach { row in
            try add(.repeated, row.mark, Self.repeatedBase + UInt64(row.line), nothing, to: spool)
            if row.isSame {
                collected.repeated += 1
            } else {
                try refuse(row.conflict(column: ClaimColumn.id.rawValue), problems, &collected)
            }
        }
    }

    private func collectPersons(
        _ path: String, _ spool: SpoolWriter, _ problems: AtomicFileWriter, _ collected: inout Collected
    ) throws {
        var reader = try PersonFileReader(try FileSource(path: path), persons: numbers)
        var writer = ByteWriter()
        let known = packs.regions.map(\.pack.region)
        while true {
            switch try reader.next() {
            case .end: return
            case .bad(let problem): try refuse(problem, problems, &collected)
            case .person(let line, let region, let person):
                guard region.isEmpty || known.contains(region) else {
                    let row = ClaimRow(
                        line: line, region: region, person: person,
                        claim: ClaimRecord(Claim(kind: .unspecified, serviceDate: .none, cost: CostSplit(total: 0))))
                    try refuse(RowProblem(unknownRegionOf: row, known: known), problems, &collected)
                    continue
                }
                writer.removeAll()
                writer.text(region)
                ClaimCoding.write(person, to: &writer)
                // Before every claim.
                try add(.person, person.number, UInt64(line), writer, to: spool)
            }
        }
    }
}
