import Population
import Registry
import Settlement
import Text

/// Finds rows of a file that stand under the same id, in a fixed amount of memory.
///
/// The first row of an id stands. A later one with the same values is the same row once more; with other values it is
/// refused, because nobody can say which of them is right.
package final class RepeatedRows {
    package static let memoryBytes = 32 << 20
    private static let lineBytes = 8
    private static let contentBytes = 16

    /// A row whose id stood on an earlier line.
    package struct Row {
        package var id: [UInt8]
        package var line: Int
        /// The first line with this id.
        package var first: Int
        /// All its values are those of the first.
        package var isSame: Bool
        /// What was added with the row.
        package var mark: UInt64

        /// The refusal of a row with other values than the first.
        package func conflict(column: String) -> RowProblem {
            let text = String(decoding: id, as: UTF8.self)
            return RowProblem(
                line: line, id: text, column: column, value: text, code: DomainCode.recordConflict.name,
                message: "line \(first) has the same \(column) with other values, and only that line counts; "
                    + "keep the right one, or give this one another \(column)")
        }
    }

    private let sorter: ExternalSorter
    private var buffer: [UInt8] = []

    /// - Parameters:
    ///   - folder: where what does not fit into memory goes, under names that begin with `name`.
    package init(folder: String, name: String, memoryBytes: Int = RepeatedRows.memoryBytes) {
        sorter = ExternalSorter(folder: folder, name: name, memoryBytes: memoryBytes)
    }

    /// Adds a row: its id, which has no NUL, all its values without the blanks around them, and any mark of the
    /// caller's.
    package func add(id: [UInt8], line: Int, values: RowValuesDigest, mark: UInt64 = 0) throws(RunProblem) {
        buffer.removeAll(keepingCapacity: true)
        buffer += id
        // Big-endian, so that of one id the earlier line comes first.
        withUnsafeBytes(of: UInt64(line).bigEndian) { buffer.append(contentsOf: $0) }
        withUnsafeBytes(of: (values.high, values.low, mark)) { buffer.append(contentsOf: $0) }
        let keyBytes = id.count + Self.lineBytes
        try sorter.add(buffer, keyBytes: keyBytes)
    }

    /// Hands over every row whose id stood before, by id and line; once.
    package func forEach(_ body: (Row) throws -> Void) throws {
        var id: [UInt8]?
        var first = 0
        var values: (UInt64, UInt64) = (0, 0)
        try sorter.forEach { key, rest in
            let found = key[..<(key.count - Self.lineBytes)]
            let line = Int(
                UInt64(
                    bigEndian: key.loadUnaligned(fromByteOffset: key.count - Self.lineBytes, as: UInt64.self)))
            let content = (
                rest.loadUnaligned(as: UInt64.self), rest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            )
            guard let same = id, found.elementsEqual(same) else {
                id = Array(found)
                (first, values) = (line, content)
                return
            }
            try body(
                Row(
                    id: same, line: line, first: first, isSame: content == values,
                    mark: rest.loadUnaligned(fromByteOffset: Self.contentBytes, as: UInt64.self)))
        }
    }
}
