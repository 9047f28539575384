import Foundation
import Population
import Registry
import RegistryFiles
import Settlement
import Text
import YearEnd

extension RegistryTable {
    /// The columns that together are a row's id in a file; empty: rows have none, and the register's rules decide on
    /// duplicates.
    fileprivate var idColumns: [String] {
        switch self {
        case .areas: ["code"]
        case .institutions: ["code", "since"]
        case .persons: RegistryColumn.nameColumns + ["since"]
        case .referrals: RegistryColumn.nameColumns + ["number"]
        case .feedback: RegistryColumn.nameColumns + ["department", "month"]
        case .chronicReports: RegistryColumn.nameColumns + ["institution", "disease"]
        case .changes: RegistryColumn.nameColumns + ["date"]
        case .departures: RegistryColumn.nameColumns
        case .enrolments, .identities, .family, .purchases, .special: []
        }
    }
}

/// Rows of a file of the register that repeat the id of an earlier line with other values: refused, naming both lines.
/// Found before anything is sent, by an external sort.
struct RepeatedImportRows {
    private let reader: RecordFileReader?
    private var next: (line: Int, first: Int)?
    /// The id's columns: each by its name and its index in the table.
    private let columns: [(name: String, index: Int)]

    /// Reads the file once.
    ///
    /// - Parameter folder: a folder for data that does not fit into memory.
    init(_ table: RegistryTable, file path: String, folder: String) throws {
        columns = table.idColumns.compactMap { name in
            table.columns.firstIndex { $0.name == name }.map { (name, $0) }
        }
        guard !table.idColumns.isEmpty else {
            reader = nil
            return
        }
        let rows = RepeatedRows(folder: folder, name: "ids")
        var file = try RegistryFileReader(table, try FileSource(path: path))
        reading: while true {
            switch try file.next() {
            case .end: break reading
            case .bad: continue
            case .row(let line, _):
                // A value cannot contain a unit separator.
                let id = columns.map { file.text($0.index) }.joined(separator: "\u{1F}")
                try rows.add(id: Array(id.utf8), line: line, values: RowValuesDigest(file.cells))
            }
        }
        reader = try Self.byLine(rows, folder)
        try advance()
    }

    /// The refused rows, in the order of their lines.
    private static func byLine(_ rows: RepeatedRows, _ folder: String) throws -> RecordFileReader {
        let sorter = ExternalSorter(folder: folder, name: "lines", memoryBytes: RepeatedRows.memoryBytes)
        try rows.forEach { row in
            guard !row.isSame else { return }
            try withUnsafeBytes(of: UInt64(row.line).bigEndian) { line in
                try withUnsafeBytes(of: UInt64(row.first)) { try sorter.add(key: line, $0) }
            }
        }
        let path = folder + "/refused"
        let writer = try AtomicFileWriter(path)
        try sorter.forEach { key, rest in
            try writer.append(key)
            try writer.append(rest)
        }
        try writer.finish(isDurable: false)
        return try RecordFileReader(path)
    }

    private mutating func advance() throws {
        next = try reader?.next(16) { bytes in
            (
                Int(UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))),
                Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// The refusal of the row at `line`, the last one read from `file`; nil: accepted. Must be called in the order of
    /// lines.
    mutating func refusal(ofLine line: Int, of file: RegistryFileReader<FileSource>) throws -> RowProblem? {
        guard let found = next, found.line == line else { return nil }
        try advance()
        // Of a person's two numbers the one given in the row.
        let said = columns.first { !file.text($0.index).isEmpty }
        let name = said?.name ?? ""
        return RowProblem(
            line: line, column: name, value: said.map { file.text($0.index) } ?? "",
            code: DomainCode.recordConflict.name,
            message: "line \(found.first) has the same \(name) with other values, and only that line is recorded; keep "
                + "the right one, or record the other as a correction in a file of its own")
    }
}

/// The path of a file that can be read twice: the file, or a copy of the standard input in `folder`.
enum RereadableFile {
    static func path(of path: String, folder: String) throws -> String {
        if path != "-", FileIdentity(path: path)?.isRegular ?? true { return path }
        let copy = folder + "/input.csv"
        let source = try FileSource(path: path)
        let sink = try FileSink(path: copy)
        var piece = [UInt8](repeating: 0, count: FileSink.pieceBytes)
        while true {
            let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { break }
            sink.bytes += piece[..<count]
            try sink.flush()
        }
        try sink.finish()
        return copy
    }
}

/// A command's temporary folder, removed when it ends.
final class ScratchFolder {
    let path = FileManager.default.temporaryDirectory.path + "/jiesuan-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
