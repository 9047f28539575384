import Foundation
import Ledger
import Policy
import Population
import Settlement

/// A region's second round over the partitions' unpaid settlements, in a fixed amount of memory (SY-4).
struct SecondRoundFile {
    static let sortBytes = 128 << 20

    let folder: String
    /// Index of the region.
    let regionIndex: Int
    let region: YearRegion
    /// Of the fund that pays, among the region's.
    let fund: Int
    let surplus: Fen
    let unpaid: PartSums.UnpaidSums
    let year: Int32
    let run: UInt64
    var headings = TableHeadings.english
    /// A person as the input names one.
    var text: (UInt64) -> String = { "\($0)" }
    /// The column of persons' numbers at the platform, where there is one, and its cells.
    var personNoColumn: [TableColumn] = []
    var personNo: (UInt64) -> String? = { _ in nil }
    var memoryBytes = SecondRoundFile.sortBytes

    /// What is left of the surplus for this round.
    private var available: Fen { max(0, surplus - unpaid.paid + unpaid.excess) }

    /// What is to be booked, before it is appended to the run's posts.
    var postsPath: String { "\(folder)/second-posts.\(regionIndex)" }

    /// Writes one row a settlement in the order in which the remaining fen are given: by the fraction descending, then
    /// by id; and what is to be booked.
    ///
    /// - Returns: what the round came to, what it books, and how many entries that is.
    func write(to path: String) throws -> (result: SecondRoundResult, booked: Beside, posts: Int) {
        let sum = Int128(unpaid.left)
        let sorter = ExternalSorter(folder: folder, name: "second.\(regionIndex)", memoryBytes: memoryBytes)
        var whole: Fen = 0
        var buffer: [UInt8] = []
        try forEachUnpaid { record in
            let portion = SecondRound.portion(of: record.left, surplus: available, sum: sum)
            whole += portion.whole
            try add(record, portion, to: sorter, &buffer)
        }
        var result = SecondRoundResult(
            region: region.pack.region, surplus: surplus, settlements: unpaid.settlements, unpaid: unpaid.sum, paid: 0,
            remainders: 0)
        result.paidBefore = unpaid.paid
        result.excess = unpaid.excess
        result.left = unpaid.left
        var booked = Beside()
        var count = 0
        var remaining = Int128(available) >= sum ? 0 : available - whole
        let (writer, posts) = (try AtomicFileWriter(path), try AtomicFileWriter(postsPath))
        let owed = try AtomicFileWriter(owedPath)
        CSVFile.begin(YearTables.secondRound + personNoColumn, headings, writer)
        var row = CSVLine()
        try sorter.forEach { key, rest in
            let extra: Fen = remaining > 0 ? 1 : 0
            remaining -= extra
            let values = rest.loadUnaligned(as: Values.self)
            let paid = values.whole + extra
            result.paid += paid
            result.remainders += Int(extra)
            let id = UnsafeRawBufferPointer(rebasing: key[Self.fractionBytes...])
            row.add(id: id)
            row.add(id: text(values.person))
            row.add(yuan: values.unpaid)
            row.add(yuan: values.paid)
            row.add(yuan: paid)
            row.add(count: UInt64(extra))
            row.add(personNo: personNo(values.person))
            row.end(to: writer)
            try writer.flushIfFull()
            guard paid > 0 else { return }
            // What is still to be recovered comes first, then it is owed to the person (I-21).
            let released = min(paid, values.recoverable)
            let entry = Beside(paid, released - paid, -released)
            booked += entry
            count += 1
            let payment = SecondRoundPayment(
                entry, region.change(of: fund, paid), values.position, [UInt8](id), values.person, year, run: run)
            try PostFile.append(regionIndex, to: posts) { payment.write(to: &$0) }
            try list(payment, in: owed)
        }
        try writer.finish()
        try posts.finish()
        try owed.finish()
        return (result, booked, count)
    }

    /// What it owes to persons, as rows of `owed-to-persons.csv` (G-18).
    var owedPath: String { "\(folder)/second-owed.\(regionIndex)" }

    private func list(_ payment: SecondRoundPayment, in owed: AtomicFileWriter) throws(RunProblem) {
        guard payment.share.toPerson != 0 else { return }
        var row = OwedRow()
        row.kind = "SECOND_ROUND"
        row.person = text(payment.person)
        row.region = region.pack.region
        row.serviceYear = year
        row.settlementID = payment.id
        row.fund = region.funds[fund].id
        row.name = region.funds[fund].zh
        row.toPerson = payment.share.toPerson
        row.personNo = personNo(payment.person)
        row.write(into: &owed.bytes)
        try owed.flushIfFull()
    }

    /// What is sorted along with a settlement.
    private struct Values: BitwiseCopyable {
        var person: UInt64
        var position: UInt64
        var unpaid: Fen
        var paid: Fen
        var recoverable: Fen
        var whole: Fen
    }

    private static let fractionBytes = 16

    /// Key: the fraction, inverted so that the largest comes first, and the id.
    private func add(
        _ record: UnpaidRecord, _ portion: SecondRound.Portion, to sorter: ExternalSorter, _ buffer: inout [UInt8]
    ) throws(RunProblem) {
        buffer.removeAll(keepingCapacity: true)
        // A fraction is not negative, so inverted all have the highest bit set, and the order is only turned round.
        withUnsafeBytes(of: UInt128(bitPattern: ~portion.rest).bigEndian) { buffer.append(contentsOf: $0) }
        buffer.append(contentsOf: record.id)
        let keyBytes = buffer.count
        let values = Values(
            person: record.person, position: record.position, unpaid: record.unpaid, paid: record.paid,
            recoverable: record.recoverable, whole: portion.whole)
        withUnsafeBytes(of: values) { buffer.append(contentsOf: $0) }
        try sorter.add(buffer, keyBytes: keyBytes)
    }

    private func forEachUnpaid(_ body: (UnpaidRecord) throws -> Void) throws {
        for partition in 0..<Partition.count {
            try UnpaidRecord.forEach(PartOutput.path(folder, .unpaid, partition)) { record in
                if record.region == regionIndex { try body(record) }
            }
        }
    }
}

/// A result's CSV file: UTF-8 with a byte-order mark, by which spreadsheets know it.
enum CSVFile {
    static func begin(_ columns: [TableColumn], _ headings: TableHeadings, _ writer: AtomicFileWriter) {
        CSVText.begin(columns, headings, to: &writer.bytes)
    }

    /// Joins pieces in their order under a header; returns the rows.
    static func join(
        _ pieces: [String], _ columns: [TableColumn], _ headings: TableHeadings, to path: String
    ) throws(RunProblem) -> Int {
        let writer = try AtomicFileWriter(path)
        begin(columns, headings, writer)
        var rows = 0
        for piece in pieces { rows += try append(piece, to: writer) }
        try writer.finish()
        return rows
    }

    /// Appends a file's bytes; returns its line ends.
    static func append(_ path: String, to writer: AtomicFileWriter) throws(RunProblem) -> Int {
        let size = try FileBytes.size(path)
        let reader = try RecordFileReader(path)
        var left = size
        var rows = 0
        while left > 0 {
            let count = min(left, 64 << 10)
            var failure: RunProblem?
            _ = try reader.next(count) { bytes in
                rows += bytes.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
                do throws(RunProblem) { try writer.append(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            left -= count
        }
        return rows
    }
}

enum FileBytes {
    static func size(_ path: String) throws(RunProblem) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .file(path, "open") }
        return Int(status.st_size)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The whole of a small file; nil: there is none.
    static func read(_ path: String) throws(RunProblem) -> [UInt8]? {
        guard exists(path) else { return nil }
        let size = try size(path)
        if size == 0 { return [] }
        return try RecordFileReader(path, bufferBytes: size).next(size) { [UInt8]($0) }
    }

    static func write(_ path: String, _ bytes: [UInt8], isDurable: Bool = true) throws(RunProblem) {
        let writer = try AtomicFileWriter(path)
        writer.bytes = bytes
        try writer.finish(isDurable: isDurable)
    }
}
