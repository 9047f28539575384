import Text

/// Persons by the platform's numbers.
extension PersonRegister {
    /// Memory of each of the platform's numbers.
    package static var bytesPerPersonNo: Int { PersonNoTable.bytesPerNumber }

    /// How many stand; 0: nobody has one.
    package var personNoCount: Int { numbersOfPlatform.standing }

    /// Who has the number, in the region of that name or, where none is told, in any.
    func find(_ no: PersonNo, inRegion region: String) -> PersonNoTable.Match {
        if region.isEmpty { return numbersOfPlatform.find(no, region: nil) }
        guard let name = names.names.firstIndex(of: region) else { return .none }
        return numbersOfPlatform.find(no, region: UInt16(name))
    }

    /// The person who has the number there; nil: nobody, or persons of several regions.
    package func person(withNo text: String, inRegion region: String = "") -> UInt64? {
        guard let no = PersonNo(text), case .person(let number) = find(no, inRegion: region) else { return nil }
        return number
    }

    /// The same of a number as a message has it, without zero bytes; makes no text of it.
    package func person(withNo bytes: UnsafeRawBufferPointer, inRegion region: String = "") -> UInt64? {
        guard let no = PersonNo(sought: bytes), case .person(let person) = find(no, inRegion: region) else {
            return nil
        }
        return person
    }

    /// Whether it is or was the person's number, in whatever region.
    package func everHad(_ text: String, _ person: UInt64) -> Bool {
        let row = row(of: person)
        guard row >= 0, let no = PersonNo(text) else { return false }
        return numbersOfPlatform.everHad(no, row)
    }

    /// Whose number it was before a correction, in the region of that name or, where none is told, in any. Costs one
    /// look-up in a hash table.
    package func persons(withNoBefore text: String, inRegion region: String = "") -> [UInt64] {
        guard let no = PersonNo(text) else { return [] }
        if region.isEmpty { return numbersOfPlatform.personsBefore(no, region: nil) }
        guard let name = names.names.firstIndex(of: region) else { return [] }
        return numbersOfPlatform.personsBefore(no, region: UInt16(name))
    }

    /// Everybody who has the number, in whatever region.
    func persons(withNo text: String) -> [UInt64] {
        guard let no = PersonNo(text) else { return [] }
        return numbersOfPlatform.persons(of: no)
    }

    /// The regions in which somebody has the number.
    func regions(of no: PersonNo) -> [String] { numbersOfPlatform.regions(of: no).map { names[$0] } }

    /// The person's number in that region, else the one recorded last; empty: none stands, or nobody is registered so.
    package func personNo(of person: UInt64, inRegion region: String = "") -> String {
        if numbersOfPlatform.standing == 0 { return "" }
        let row = row(of: person)
        guard row >= 0 else { return "" }
        let name = region.isEmpty ? nil : names.names.firstIndex(of: region).map { UInt16($0) }
        return numbersOfPlatform.number(of: row, region: name)?.text ?? ""
    }

    /// What the record of that number says beside what is stored with it.
    func personNo(inRecord record: UInt16, of row: Int) -> String {
        numbersOfPlatform.number(inRecord: record, of: row)?.text ?? ""
    }

    /// A number for a person of whom only the platform's is told: behind 9 · 10^18, where callers' own are not.
    var freeNumber: UInt64 {
        var number = PersonRegister.firstGivenNumber + UInt64(count)
        while contains(number) { number += 1 }
        return number
    }

    private static var firstGivenNumber: UInt64 { 9_000_000_000_000_000_001 }
}
