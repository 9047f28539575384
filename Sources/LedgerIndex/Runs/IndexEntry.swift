/// The key of an index entry; ordered by `high`, then by `low`.
public struct IndexKey: Comparable, Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    @inlinable @inline(__always)
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    @inlinable @inline(__always)
    public static func < (a: IndexKey, b: IndexKey) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    /// A 64-bit mix of all 128 bits of the key, so that ascending keys (days, positions) spread as well as hashes.
    @inline(__always)
    var mixed: UInt64 {
        var mixed = high &* 0x9E37_79B9_7F4A_7C15 &+ low
        mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ (mixed >> 33)
    }
}

/// One entry of an index: 24 bytes in memory and on disk, three little-endian numbers. A key may have several values.
public struct IndexEntry: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64
    public var value: UInt64

    @inlinable @inline(__always)
    public init(high: UInt64, low: UInt64, value: UInt64) {
        self.high = high
        self.low = low
        self.value = value
    }

    @inlinable @inline(__always)
    public var key: IndexKey { IndexKey(high: high, low: low) }
}

#if _endian(big)
#error("run files hold entries as they lie in the memory of a little-endian machine")
#endif

/// The index that a run belongs to; raw values are on disk.
package enum IndexKind: UInt8, CaseIterable, Sendable {
    /// 128-bit hash of the settlement id → position.
    case ids = 1
    /// Institution and day, position → a value of the ledger's.
    case institutions = 2

    /// Prefix of file names.
    var word: String {
        switch self {
        case .ids: "ids"
        case .institutions: "institutions"
        }
    }
}

/// A derived file that is unusable or could not be written; derived files can be rebuilt from the journal.
package struct DerivedFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's name within the folder.
    package var file: String
    package var reason: String

    package init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    package var description: String { "\(file): \(reason)" }
}
