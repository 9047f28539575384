import Text

/// The persons of claims files, which have no register: whoever is named by the platform's number (psn_no) gets a
/// number for as long as the files are read, and the number leads back to the text.
///
/// A number of a file below 2^63 is used unchanged; every other number, and every text, is a text that gets the next
/// number from 2^63 on, so two different texts are never one person. Some 100 bytes a text. Filled by one thread, then
/// read by any.
package final class PersonNumbers: @unchecked Sendable {
    // Unchecked: the thread that fills it is done before others read.

    /// The first number that stands for a text.
    package static let firstOfTexts: UInt64 = 1 << 63

    /// Numbers by text; the file's own number where a row has both.
    private var numbers: [PersonNo: UInt64] = [:]
    /// Texts by number − `firstOfTexts`.
    package private(set) var texts: [PersonNo] = []

    package init() {}

    /// Restores the numbers from `texts`.
    package init(texts: [PersonNo]) {
        for no in texts { _ = number(of: no) }
    }

    /// The number of a text, the same for all rows.
    package func number(of no: PersonNo) -> UInt64 {
        if let number = numbers[no] { return number }
        let number = Self.firstOfTexts + UInt64(texts.count)
        numbers[no] = number
        texts.append(no)
        return number
    }

    /// Records that a row names a person by both; false: another row pairs the text with another number.
    package func agree(_ no: PersonNo, _ number: UInt64) -> Bool {
        if let known = numbers[no] { return known == number }
        numbers[no] = number
        return true
    }

    /// The text by which the file names the person.
    package func text(of number: UInt64) -> String {
        guard number >= Self.firstOfTexts else { return "\(number)" }
        let index = Int(number - Self.firstOfTexts)
        return index < texts.count ? texts[index].text : "\(number)"
    }
}

extension PersonRecord {
    /// The text by which the file names the person, for results and refusals.
    package var text: String { number < PersonNumbers.firstOfTexts || no.isEmpty ? "\(number)" : no }

    /// Resolves a person named by a text to its number.
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
