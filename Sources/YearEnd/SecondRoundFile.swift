import Foundation
import Population
import Settlement

/// A region's second round over what the partitions left, in a fixed amount of memory (SY-4).
struct SecondRoundFile {
    static let sortBytes = 128 << 20

    let folder: String
    let region: Int
    let name: String
    let surplus: Fen
    let unpaid: PartSums.UnpaidSums
    var headings = TableHeadings.english
    var memoryBytes = SecondRoundFile.sortBytes

    /// Writes one row a settlement in the order in which the remaining fen are given: by the fraction descending, then
    /// by id.
    func write(to path: String) throws -> SecondRoundResult {
        let sum = Int128(unpaid.sum)
        let sorter = ExternalSorter(folder: folder, name: "second.\(region)", memoryBytes: memoryBytes)
        var whole: Fen = 0
        var buffer: [UInt8] = []
        try forEachUnpaid { record in
            let portion = SecondRound.portion(of: record.unpaid, surplus: surplus, sum: sum)
            whole += portion.whole
            try add(record, portion, to: sorter, &buffer)
        }
        var result = SecondRoundResult(
            region: name, surplus: surplus, settlements: unpaid.settlements, unpaid: unpaid.sum, paid: 0, remainders: 0)
        let isEnough = Int128(surplus) >= sum
        var remaining = isEnough ? 0 : surplus - whole
        let writer = try RunWriter(path)
        CSVFile.begin(YearTables.secondRound, headings, writer)
        var row = CSVLine()
        try sorter.forEach { key, rest in
            let extra: Fen = remaining > 0 ? 1 : 0
            remaining -= extra
            let paid = rest.loadUnaligned(fromByteOffset: 16, as: Fen.self) + extra
            result.paid += paid
            result.remainders += Int(extra)
            row.add(id: UnsafeRawBufferPointer(rebasing: key[Self.fractionBytes...]))
            row.add(person: rest.loadUnaligned(as: UInt64.self))
            row.add(yuan: rest.loadUnaligned(fromByteOffset: 8, as: Fen.self))
            row.add(yuan: paid)
            row.add(count: UInt64(extra))
            row.end(to: writer)
            try writer.flushIfFull()
        }
        try writer.finish()
        return result
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
        withUnsafeBytes(of: record.person) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: record.unpaid) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: portion.whole) { buffer.append(contentsOf: $0) }
        let added: Result<Void, RunProblem> = buffer.withUnsafeBytes { bytes in
            do throws(RunProblem) {
                return .success(
                    try sorter.add(
                        key: UnsafeRawBufferPointer(rebasing: bytes[..<keyBytes]),
                        UnsafeRawBufferPointer(rebasing: bytes[keyBytes...])))
            } catch {
                return .failure(error)
            }
        }
        try added.get()
    }

    private func forEachUnpaid(_ body: (UnpaidRecord) throws -> Void) throws {
        for partition in 0..<Partition.count {
            try UnpaidRecord.forEach(PartOutput.path(folder, .unpaid, partition)) { record in
                if record.region == region { try body(record) }
            }
        }
    }
}

/// A result's CSV file: UTF-8 with a byte-order mark, by which spreadsheets know it.
enum CSVFile {
    static func begin(_ columns: [TableColumn], _ headings: TableHeadings, _ writer: RunWriter) {
        CSVText.begin(columns, headings, to: &writer.bytes)
    }

    static func begin(_ columns: [String], _ writer: RunWriter) {
        writer.bytes.append(contentsOf: CSVText.mark)
        CSVText.appendRow(columns, to: &writer.bytes)
    }

    /// Joins pieces in their order under a header; returns the rows.
    static func join(
        _ pieces: [String], _ columns: [TableColumn], _ headings: TableHeadings, to path: String
    ) throws(RunProblem) -> Int {
        let writer = try RunWriter(path)
        begin(columns, headings, writer)
        var rows = 0
        for piece in pieces { rows += try append(piece, to: writer) }
        try writer.finish()
        return rows
    }

    /// Appends a file's bytes; returns its line ends.
    static func append(_ path: String, to writer: RunWriter) throws(RunProblem) -> Int {
        let size = try FileBytes.size(path)
        let reader = try RunReader(path)
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
        return try RunReader(path, bufferBytes: size).next(size) { [UInt8]($0) }
    }

    static func write(_ path: String, _ bytes: [UInt8], isDurable: Bool = true) throws(RunProblem) {
        let writer = try RunWriter(path)
        writer.bytes = bytes
        try writer.finish(isDurable: isDurable)
    }
}
