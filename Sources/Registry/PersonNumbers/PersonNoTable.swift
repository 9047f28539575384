import Text

/// The person numbers of the platform on record, found by their text.
///
/// A hash table of rows, as `PersonIndex`; the numbers are in a pool beside it, each with the person it leads to. A
/// number that no longer stands is not found, and stays for the history. A look-up makes no text, allocates nothing and
/// reads two places of memory, as one by our number does; it takes twice as long, since a number has 32 bytes
/// (`micro-benchmark` has both). Keys in the slots would spare one place, and take 60 bytes more a number. Bounded by
/// the records of persons: `bytesPerNumber` each.
struct PersonNoTable: ~Copyable {
    /// One number as a record of a person has it.
    struct Stored: BitwiseCopyable {
        let no: PersonNo
        /// Our number of the person.
        let person: UInt64
        /// 1 + row of the number that the person got before; 0: none.
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
        /// Our number of the person.
        case person(UInt64)
        /// More than one person, each in a region of its own.
        case several
    }

    /// Memory of a number: its row, the person's link to it, and up to two slots of the half-full hash table. One that
    /// was corrected has its text once more, some 100 bytes.
    static var bytesPerNumber: Int {
        MemoryLayout<Stored>.stride + MemoryLayout<UInt32>.stride + 4 * MemoryLayout<UInt64>.stride
    }

    private var numbers = Pool<Stored>()
    /// By the person's row: 1 + row of the newest number; 0: none. Shorter than the persons.
    private var newest = Pool<UInt32>()
    /// The upper half is that of the number's hash, so that another number's slot is passed without looking at it; the
    /// lower is 1 + row in `numbers` of one that stands. 0: free; at most half are taken, their count a power of two.
    private var slots: [UInt64] = Array(repeating: 0, count: 1 << 10)
    private(set) var standing = 0
    /// Rows in `numbers` of those that stand no longer, by their text: few, as numbers are rarely corrected.
    private var retired: [PersonNo: [UInt32]] = [:]
    /// Whether a number has ever been two persons' at a time, in two regions; until then a search ends at the first.
    private var hasShared = false

    /// Adds a number of the person whose row is `personRow`.
    mutating func add(_ no: PersonNo, of person: UInt64, at personRow: Int, region: UInt16, record: UInt16) {
        while newest.count <= personRow { _ = newest.append(0) }
        let head = newest.pointer(personRow)
        let row = numbers.append(
            Stored(no: no, person: person, previous: head.pointee, region: region, record: record, stands: true))
        head.pointee = UInt32(row + 1)
        if !hasShared, case .person(let other) = find(no, region: nil), other != person { hasShared = true }
        if 2 * (standing + 1) > slots.count { grow() }
        put(row)
        standing += 1
    }

    /// The person's record of that number no longer stands.
    mutating func retire(_ record: UInt16, of person: Int) {
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.pointer(Int(next) - 1)
            if stored.pointee.record == record {
                if stored.pointee.stands {
                    remove(Int(next) - 1)
                    retired[stored.pointee.no, default: []].append(next - 1)
                }
                stored.pointee.stands = false
                return
            }
            next = stored.pointee.previous
        }
    }

    /// Who has the number, in the region of that name or, with nil, in any.
    func find(_ no: PersonNo, region: UInt16?) -> Match {
        let hash = no.hash
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            var found = Match.none
            var slot = hash & mask
            while slots[slot] != 0 {
                let entry = slots[slot]
                slot = (slot + 1) & mask
                guard entry >> 32 == UInt64(hash >> 32) else { continue }
                let stored = numbers.pointer(Self.row(entry))
                guard stored.pointee.no == no, region == nil || stored.pointee.region == region else { continue }
                let person = stored.pointee.person
                if !hasShared { return .person(person) }
                if case .person(let other) = found, other != person { return .several }
                found = .person(person)
            }
            return found
        }
    }

    /// The regions in which the number is somebody's.
    func regions(of no: PersonNo) -> [UInt16] { Set(all(no).map(\.region)).sorted() }

    /// Everybody whose number it is.
    func persons(of no: PersonNo) -> [UInt64] { Set(all(no).map(\.person)).sorted() }

    private func all(_ no: PersonNo) -> [Stored] {
        let mask = slots.count - 1
        var found: [Stored] = []
        let hash = no.hash
        var slot = hash & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            slot = (slot + 1) & mask
            guard entry >> 32 == UInt64(hash >> 32) else { continue }
            let stored = numbers.pointer(Self.row(entry)).pointee
            if stored.no == no { found.append(stored) }
        }
        return found
    }

    /// The person's number in the region of that name, else the one recorded last; nil: none stands.
    func number(of person: Int, region: UInt16?) -> PersonNo? {
        var last: PersonNo?
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.pointer(Int(next) - 1).pointee
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
            let stored = numbers.pointer(Int(next) - 1).pointee
            if stored.record == record { return stored.no }
            next = stored.previous
        }
        return nil
    }

    /// Whether any record of the person said it, whether that stands or not.
    func everHad(_ no: PersonNo, _ person: Int) -> Bool {
        var next = newestNumber(of: person)
        while next != 0 {
            let stored = numbers.pointer(Int(next) - 1).pointee
            if stored.no == no { return true }
            next = stored.previous
        }
        return false
    }

    /// Our numbers of the persons of whom a number was recorded that stands no longer, in the region of that name or,
    /// with nil, in any; each once, ascending.
    func personsBefore(_ no: PersonNo, region: UInt16?) -> [UInt64] {
        guard let rows = retired[no] else { return [] }
        let stored = rows.map { numbers.pointer(Int($0)).pointee }.filter { region == nil || $0.region == region }
        return Set(stored.map(\.person)).sorted()
    }

    private func newestNumber(of person: Int) -> UInt32 {
        person < newest.count ? newest.pointer(person).pointee : 0
    }

    /// The row in `numbers` of a slot's entry.
    private static func row(_ entry: UInt64) -> Int { Int(entry & 0xffff_ffff) - 1 }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: 0, count: 2 * old.count)
        for entry in old where entry != 0 { put(Self.row(entry)) }
    }

    private mutating func put(_ row: Int) {
        let mask = slots.count - 1
        let hash = numbers.pointer(row).pointee.no.hash
        var slot = hash & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt64(hash >> 32) << 32 | UInt64(row + 1)
    }

    /// Takes the entry of a row out and moves those behind it up, so that no search ends too early at the gap.
    private mutating func remove(_ row: Int) {
        let mask = slots.count - 1
        var gap = numbers.pointer(row).pointee.no.hash & mask
        while Self.row(slots[gap]) != row { gap = (gap + 1) & mask }
        var slot = (gap + 1) & mask
        while slots[slot] != 0 {
            let home = numbers.pointer(Self.row(slots[slot])).pointee.no.hash & mask
            // It may move into the gap unless its home slot lies behind the gap.
            if (slot - home) & mask >= (slot - gap) & mask {
                slots[gap] = slots[slot]
                gap = slot
            }
            slot = (slot + 1) & mask
        }
        slots[gap] = 0
        standing -= 1
    }
}
