import Settlement

/// Sums of amounts by person, in one contiguous array: adding a million visits of 100,000 persons takes about 20 ms.
struct PersonAmounts {
    /// Amounts of each person.
    let width: Int
    /// In the order in which they came up.
    private(set) var persons: [UInt64] = []
    private var amounts: [Fen] = []
    private var index = PersonIndex()

    init(width: Int) { self.width = width }

    /// Index of the first of the person's amounts; adds a new person.
    @inline(__always)
    private mutating func offset(of person: UInt64) -> Int {
        let found = index.find(person) { persons[$0] }
        return (found >= 0 ? found : append(person)) * width
    }

    private mutating func append(_ person: UInt64) -> Int {
        index.add(person, row: persons.count) { persons[$0] }
        persons.append(person)
        for _ in 0..<width { amounts.append(0) }
        return persons.count - 1
    }

    mutating func add(_ amount: Fen, to column: Int, of person: UInt64) {
        amounts[offset(of: person) + column] += amount
    }

    mutating func add(_ first: Fen, _ second: Fen, of person: UInt64) {
        let offset = offset(of: person)
        amounts[offset] += first
        amounts[offset + 1] += second
    }

    /// The amounts of the person in that row of `persons`.
    subscript(row: Int) -> ArraySlice<Fen> { amounts[row * width..<(row + 1) * width] }
}

/// What each person has left to pay of the claims of each month of a year (YT-9), in fen.
package struct YearBurdens {
    private var sums = PersonAmounts(width: 12)

    package init() {}

    package mutating func add(_ visit: SettledVisit) {
        sums.add(visit.burden, to: Int(visit.serviceDate.month) - 1, of: visit.person)
    }

    /// Everybody with a visit, in no order: the person, and the burden of each month.
    package func forEach(_ body: (_ person: UInt64, _ months: ArraySlice<Fen>) -> Void) {
        for (row, person) in sums.persons.enumerated() { body(person, sums[row]) }
    }
}
