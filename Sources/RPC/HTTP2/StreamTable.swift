/// The open streams of a connection by their numbers.
///
/// An open-addressed table with twice as many places as there may be streams. Clients count their streams up by two, so
/// neighbours lie side by side and each where it belongs; while that is so, a place that becomes free needs no search
/// for what lies behind it. The connection keeps the streams alive.
package struct StreamTable: ~Copyable {
    private static let places = 2 * Limits.http2StreamsMax
    private static let mask = places - 1

    private struct Place {
        /// 0: nobody's.
        var id: Int32 = 0
        var stream: Unmanaged<GRPCStream>?
    }

    private let table = UnsafeMutablePointer<Place>.allocate(capacity: places)

    /// Streams that do not lie where they belong.
    private var displaced = 0

    package init() {
        precondition(Self.places & Self.mask == 0, "the number of places is no power of two")
        table.initialize(repeating: Place(), count: Self.places)
    }

    deinit { table.deallocate() }

    @inline(__always)
    private static func home(_ id: Int32) -> Int { Int(id) >> 1 & mask }

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
        if table[place].id != 0 { displaced += 1 }
        while table[place].id != 0 { place = (place + 1) & Self.mask }
        table[place] = Place(id: stream.id, stream: Unmanaged.passUnretained(stream))
    }

    package mutating func remove(_ id: Int32) {
        let home = Self.home(id)
        var place = home
        while table[place].id != id {
            if table[place].id == 0 { return }
            place = (place + 1) & Self.mask
        }
        if place != home { displaced -= 1 }
        table[place] = Place()
        if displaced > 0 { moveUp(to: place) }
    }

    /// What lies behind a place that became free moves up, where it may, so that no search ends too early.
    private mutating func moveUp(to free: Int) {
        var hole = free
        var next = (hole + 1) & Self.mask
        while table[next].id != 0 {
            let home = Self.home(table[next].id)
            if (next - home) & Self.mask >= (next - hole) & Self.mask {
                table[hole] = table[next]
                table[next] = Place()
                if hole == home { displaced -= 1 }
                hole = next
            }
            next = (next + 1) & Self.mask
        }
    }
}
