/// The open streams of a connection by their numbers.
///
/// An open-addressed table with twice as many places as there may be streams. Clients count their streams up: their
/// places are spread by Fibonacci's hashing, because neighbours would make one long run, which every removal has to
/// look through. The connection keeps the streams alive.
package struct StreamTable: ~Copyable {
    private static let places = 2 * Limits.http2StreamsMax
    private static let mask = places - 1
    /// 2^32 by the golden ratio.
    private static let spread: UInt32 = 2_654_435_769
    private static let shift = UInt32(32 - places.trailingZeroBitCount)

    private struct Place {
        /// 0: nobody's.
        var id: Int32 = 0
        var stream: Unmanaged<GRPCStream>?
    }

    private let table = UnsafeMutablePointer<Place>.allocate(capacity: places)

    package init() {
        precondition(Self.places & Self.mask == 0, "the number of places is no power of two")
        table.initialize(repeating: Place(), count: Self.places)
    }

    deinit { table.deallocate() }

    @inline(__always)
    private static func home(_ id: Int32) -> Int { Int(((UInt32(bitPattern: id) >> 1) &* spread) >> shift) }

    /// The stream of a number; nil: it is not open. O(1) as a rule.
    @inline(__always)
    package func find(_ id: Int32) -> Unmanaged<GRPCStream>? {
        var place = Self.home(id)
        while table[place].id != id {
            if table[place].id == 0 { return nil }
            place = (place + 1) & Self.mask
        }
        return table[place].stream
    }

    /// At most `Limits.http2StreamsMax` of them, each once.
    package mutating func insert(_ stream: GRPCStream) {
        var place = Self.home(stream.id)
        while table[place].id != 0 { place = (place + 1) & Self.mask }
        table[place] = Place(id: stream.id, stream: Unmanaged.passUnretained(stream))
    }

    package mutating func remove(_ id: Int32) {
        var hole = Self.home(id)
        while table[hole].id != id {
            if table[hole].id == 0 { return }
            hole = (hole + 1) & Self.mask
        }
        // What lies behind moves up, where it may, so that no search ends too early.
        var next = (hole + 1) & Self.mask
        while table[next].id != 0 {
            let home = Self.home(table[next].id)
            if (next - home) & Self.mask >= (next - hole) & Self.mask {
                table[hole] = table[next]
                hole = next
            }
            next = (next + 1) & Self.mask
        }
        table[hole] = Place()
    }
}
