/// The person numbers of the platform on record, found by their text.
///
/// A hash table that holds places only, as `PersonIndex`; the numbers stand in a pool beside it. What no longer stands
/// is not found, and stays for the history. Looking one up costs about what finding a person by number does: three
/// places of memory, none allocated. Bounded by the records of persons: `bytesPerNumber` each.
struct PersonNoTable: ~Copyable {
    /// One number as a record of a person has it.
    struct Stored: BitwiseCopyable {
        let no: PersonNo
        /// Place of the person.
        let person: UInt32
        /// 1 + place of the number that the person got before; 0: none.
        let previous: UInt32
        /// Number of the region's name.
        let region: UInt16
        /// Number of the person's record that says it.
        let record: UInt16
        var stands: Bool
    }

    /// What a look-up found.
    enum Match: Equatable {
        case none
        /// The person's place.
        case person(Int)
        /// More than one person, each in a region of its own.
        case several
    }

    /// Memory of a number: its place, the person's way to it, and up to two places of the index half full.
    static var bytesPerNumber: Int { MemoryLayout<Stored>.stride + 5 * MemoryLayout<UInt32>.stride }

    private var numbers = Pool<Stored>()
    /// By the person's place: 1 + place of the newest number; 0: none. Shorter than the persons.
    private var newest = Pool<UInt32>()
    /// 1 + place in `numbers` of one that stands, 0 where free; at most half are taken, of a power of two.
    private var places: [UInt32] = Array(repeating: 0, count: 1 << 10)
    private(set) var standing = 0

    mutating func add(_ no: PersonNo, of person: Int, region: UInt16, record: UInt16) {
        while newest.count <= person { _ = newest.append(0) }
        let head = newest.place(person)
        let place = numbers.append(
            Stored(
                no: no, person: UInt32(person), previous: head.pointee, region: region, record: record, stands: true))
        head.pointee = UInt32(place + 1)
        if 2 * (standing + 1) > places.count { grow() }
        put(place)
        standing += 1
    }

    /// The person's record of that number no longer stands.
    mutating func retire(_ record: UInt16, of person: Int) {
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.place(Int(next) - 1)
            if stored.pointee.record == record {
                if stored.pointee.stands { remove(next) }
                stored.pointee.stands = false
                return
            }
            next = stored.pointee.previous
        }
    }

    /// Who has the number, in the region of that name or, with nil, in any.
    func find(_ no: PersonNo, region: UInt16?) -> Match {
        let mask = places.count - 1
        var found = Match.none
        var index = no.hash & mask
        while places[index] != 0 {
            let stored = numbers.place(Int(places[index]) - 1).pointee
            if stored.no == no, region == nil || stored.region == region {
                if case .person(let other) = found, other != Int(stored.person) { return .several }
                found = .person(Int(stored.person))
            }
            index = (index + 1) & mask
        }
        return found
    }

    /// The regions in which the number is somebody's.
    func regions(of no: PersonNo) -> [UInt16] { Set(all(no).map(\.region)).sorted() }

    /// Everybody whose number it is.
    func persons(of no: PersonNo) -> [Int] { Set(all(no).map { Int($0.person) }).sorted() }

    private func all(_ no: PersonNo) -> [Stored] {
        let mask = places.count - 1
        var found: [Stored] = []
        var index = no.hash & mask
        while places[index] != 0 {
            let stored = numbers.place(Int(places[index]) - 1).pointee
            if stored.no == no { found.append(stored) }
            index = (index + 1) & mask
        }
        return found
    }

    /// The person's number in the region of that name, else the one recorded last; nil: none stands.
    func number(of person: Int, region: UInt16?) -> PersonNo? {
        var last: PersonNo?
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.place(Int(next) - 1).pointee
            if stored.stands {
                if region == nil || stored.region == region { return stored.no }
                last = last ?? stored.no
            }
            next = stored.previous
        }
        return last
    }

    /// What the person's record of that number said, whether it stands or not; nil: nothing.
    func number(inRecord record: UInt16, of person: Int) -> PersonNo? {
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.place(Int(next) - 1).pointee
            if stored.record == record { return stored.no }
            next = stored.previous
        }
        return nil
    }

    /// Whether any record of the person said it, whether that stands or not.
    func everHad(_ no: PersonNo, _ person: Int) -> Bool {
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.place(Int(next) - 1).pointee
            if stored.no == no { return true }
            next = stored.previous
        }
        return false
    }

    private func newestNumber(of person: Int) -> UInt32 {
        person < newest.count ? newest.place(person).pointee : 0
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: 0, count: 2 * old.count)
        for place in old where place != 0 { put(Int(place) - 1) }
    }

    private mutating func put(_ place: Int) {
        let mask = places.count - 1
        var index = numbers.place(place).pointee.no.hash & mask
        while places[index] != 0 { index = (index + 1) & mask }
        places[index] = UInt32(place + 1)
    }

    /// Takes an entry out and moves those behind it up, so that no search ends too early at the gap.
    private mutating func remove(_ entry: UInt32) {
        let mask = places.count - 1
        var gap = numbers.place(Int(entry) - 1).pointee.no.hash & mask
        while places[gap] != entry { gap = (gap + 1) & mask }
        var index = (gap + 1) & mask
        while places[index] != 0 {
            let home = numbers.place(Int(places[index]) - 1).pointee.no.hash & mask
            // It may move into the gap unless its own place lies behind that.
            if (index - home) & mask >= (index - gap) & mask {
                places[gap] = places[index]
                gap = index
            }
            index = (index + 1) & mask
        }
        places[gap] = 0
        standing -= 1
    }
}
