/// Places by person number: a hash table that holds places only; the numbers stand with the persons. Public: see
/// `ByteWriter`.
public struct PersonIndex {
    /// 1 + place, 0 where free; at most half of them are taken, and their count is a power of two.
    @usableFromInline var places: [UInt32] = Array(repeating: 0, count: 1 << 10)
    private var count = 0

    package init() {}

    /// The place of `person`; −1: none. `number(place)` tells whose a place is.
    @inlinable @inline(__always)
    public func find(_ person: UInt64, number: (Int) -> UInt64) -> Int {
        places.withUnsafeBufferPointer { places in
            let mask = places.count - 1
            var index = PersonIndex.hash(person) & mask
            while places[index] != 0 {
                let place = Int(places[index]) - 1
                if number(place) == person { return place }
                index = (index + 1) & mask
            }
            return -1
        }
    }

    /// `person` must not be in it yet.
    package mutating func add(_ person: UInt64, place: Int, number: (Int) -> UInt64) {
        if 2 * (count + 1) > places.count { grow(number) }
        put(person, place)
        count += 1
    }

    /// `person` is in it already and has another place from now on.
    package mutating func move(_ person: UInt64, to place: Int, number: (Int) -> UInt64) {
        let mask = places.count - 1
        var index = PersonIndex.hash(person) & mask
        while number(Int(places[index]) - 1) != person { index = (index + 1) & mask }
        places[index] = UInt32(place + 1)
    }

    private mutating func grow(_ number: (Int) -> UInt64) {
        let old = places
        places = Array(repeating: 0, count: 2 * old.count)
        for place in old where place != 0 { put(number(Int(place) - 1), Int(place) - 1) }
    }

    private mutating func put(_ person: UInt64, _ place: Int) {
        let mask = places.count - 1
        var index = PersonIndex.hash(person) & mask
        while places[index] != 0 { index = (index + 1) & mask }
        places[index] = UInt32(place + 1)
    }

    /// SplitMix64's last step: numbers that follow each other spread.
    @inlinable @inline(__always)
    static func hash(_ person: UInt64) -> Int {
        Int(truncatingIfNeeded: mix(person) & 0x7fff_ffff_ffff_ffff)
    }

    /// A bijection in which every bit depends on all.
    @inlinable @inline(__always)
    static func mix(_ number: UInt64) -> UInt64 {
        var mixed = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
