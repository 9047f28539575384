import LedgerFormat
import Records

/// Follows the origins of a block's rows, read one after the other.
struct OriginWalk {
    /// Of the row that comes next.
    private(set) var origin: RecordOrigin?
    private var stated: [Int: RecordOrigin] = [:]

    init() {}

    /// Takes an origin's row up.
    mutating func take(_ row: UnsafeRawBufferPointer, at index: Int) throws(DamagedBytes) {
        switch try OriginRow.read(row) {
        case .nobody: origin = nil
        case .named(let named):
            origin = named
            stated[index] = named
        case .asRow(let earlier):
            guard let named = stated[earlier] else { throw DamagedBytes() }
            origin = named
        }
    }
}
