import Population
import Records
import Registry
import Settlement

/// What finding a person costs: by our number, and by the platform's (psn_no).
enum RegisterCases {
    static let all = [byNumber, byNo]

    /// Persons in the register: more than a core's own cache holds, few enough to count instructions of.
    private static let persons: UInt64 = 1 << 18
    /// Persons who are looked up, in an order that follows nothing.
    private static let lookups = 1 << 14

    private static let byNumber = MicroCase("person-by-number", operations: lookups) {
        let people = register()
        let sought = soughtPersons()
        return {
            var found = 0
            for person in sought where people.contains(person) { found += 1 }
            guard found == lookups else { throw MicroFailure("\(found) of \(lookups) persons were found") }
        }
    }

    /// From the bytes of a message to our number.
    private static let byNo = MicroCase("person-by-no", operations: lookups) {
        let people = register()
        let sought = soughtPersons()
        let width = no(of: 0).utf8.count
        let bytes = sought.flatMap { Array(no(of: $0).utf8) }
        return {
            try bytes.withUnsafeBytes { bytes in
                for (index, person) in sought.enumerated() {
                    let no = UnsafeRawBufferPointer(rebasing: bytes[index * width..<(index + 1) * width])
                    guard people.person(withNo: no) == person else { throw MicroFailure("\(person) was not found") }
                }
            }
        }
    }

    /// A number of the platform's length for each of our numbers: all have 24 digits.
    private static func no(of person: UInt64) -> String { "500100000000\(100_000_000_000 + person)" }

    private static func register() -> PersonRegister {
        let people = PersonRegister()
        for person in 0..<persons {
            let basics = PersonBasics(region: "chongqing", birthMonth: 1980_05, personNo: no(of: person))
            people.apply(PersonEvent(.basics(basics)), to: person, recorded: Moment(milliseconds: 0))
        }
        return people
    }

    private static func soughtPersons() -> [UInt64] {
        var random = RandomStream(seed: 1, index: 0)
        return (0..<lookups).map { _ in random.next() % persons }
    }
}
