import LedgerIndex
import Population

/// 128 bits of all values of a row: two rows that have the same values have the same, and others in practice not.
package struct RowValuesDigest: Equatable {
    package var high: UInt64
    package var low: UInt64

    package init(_ row: CSVRow) {
        let values = row.bytes.withUnsafeBytes { sipHash128($0, key: (0, 0)) }
        // Where the values end, too: "1","23" is not "12","3".
        let ends = row.ends.withUnsafeBytes { sipHash128($0, key: (values.high, values.low)) }
        high = ends.high
        low = ends.low
    }
}
