import Text

/// The persons of claims files, which have no register: whoever is named by the platform's number (psn_no) gets a
/// number for as long as the files are read, and the number leads back to the text.
///
/// Numbers of a file below 2^63 are what they are; every other number, and every text, stands for itself as a whole and
/// is counted from 2^63 on. So two different texts are never one person. Some 100 bytes a text. Filled by one thread,
/// then read by any.
package final class PersonNumbers: @unchecked Sendable {
    // Unchecked: see above, the one who fills it is done before others read.

    /// The first number that stands for a text.
    package static let firstOfTexts: UInt64 = 1 << 63

    /// By the text: the number, the file's own where a row says both.
    private var numbers: [PersonNo: UInt64] = [:]
    /// By the number less `firstOfTexts`.
    package private(set) var texts: [PersonNo] = []

    package init() {}

    /// The same after the texts were kept in a file; see `texts`.
    package init(texts: [PersonNo]) {
        for no in texts { _ = number(of: no) }
    }

    /// The person's number: of the first row that names it so, the same for all others.
    package func number(of no: PersonNo) -> UInt64 {
        if let number = numbers[no] { return number }
        let number = Self.firstOfTexts + UInt64(texts.count)
        numbers[no] = number
        texts.append(no)
        return number
    }

    /// Takes over that a row names a person by both; false: another row named another one.
    package func agree(_ no: PersonNo, _ number: UInt64) -> Bool {
        if let known = numbers[no] { return known == number }
        numbers[no] = number
        return true
    }

    /// The person as the file names it.
    package func text(of number: UInt64) -> String {
        guard number >= Self.firstOfTexts else { return "\(number)" }
        let index = Int(number - Self.firstOfTexts)
        return index < texts.count ? texts[index].text : "\(number)"
    }
}

extension PersonRecord {
    /// The person as the file names it: in results and refusals the same text.
    package var text: String { number < PersonNumbers.firstOfTexts || no.isEmpty ? "\(number)" : no }

    /// Gives a person who is named by a text its number.
    mutating func resolve(_ numbers: PersonNumbers) throws(CellProblem) {
        if isNamed, no.isEmpty { return }
        guard let text = PersonNo(no) else {
            throw CellProblem(message: "is empty, and so is person_no; say who it is by one of them")
        }
        guard isNamed else {
            number = numbers.number(of: text)
            return
        }
        guard numbers.agree(text, number) else {
            throw CellProblem(message: "another row says person_no \(no) of another person; correct one of them")
        }
        no = ""
    }
}

extension CSVText {
    /// Appends a person as a claims file names it, as an id.
    static func append(person: PersonRecord, to bytes: inout [UInt8]) {
        if person.no.isEmpty || person.number < PersonNumbers.firstOfTexts {
            append(person: person.number, to: &bytes)
        } else {
            append(id: person.no, to: &bytes)
        }
    }
}
