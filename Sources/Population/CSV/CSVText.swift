/// Writes values into a CSV row.
package enum CSVText {
    /// UTF-8's byte-order mark, from which spreadsheets detect the encoding.
    package static var mark: [UInt8] { [0xEF, 0xBB, 0xBF] }

    /// Appends `text`, quoted where it must be (RFC 4180).
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        let needsQuotes = text.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        guard needsQuotes else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends words that a spreadsheet must not read as a formula: they get a leading apostrophe where they would
    /// begin one. `CSVReader` removes it.
    package static func append(words text: String, to bytes: inout [UInt8]) {
        append(SpreadsheetText.beginsFormula(text.utf8) ? "'" + text : text, to: &bytes)
    }

    /// Appends an id that a spreadsheet must show unchanged: it gets a trailing tab where it would be read as a number
    /// or a day and be shortened. `CSVReader` removes it.
    package static func append(id text: String, to bytes: inout [UInt8]) {
        append(words: SpreadsheetText.isShortened(text.utf8) ? text + "\t" : text, to: &bytes)
    }

    /// Appends a person's number, as an id.
    package static func append(person number: UInt64, to bytes: inout [UInt8]) {
        Decimal.append(number, to: &bytes)
        // A spreadsheet shows a number of more digits as 1.2E+15.
        if number > 99_999_999_999 { bytes.append(UInt8(ascii: "\t")) }
    }

    /// Appends `texts` as one row.
    package static func appendRow(_ texts: [String], to bytes: inout [UInt8]) {
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Begins a file that a spreadsheet opens: the mark, then the header line.
    package static func begin(_ columns: [TableColumn], _ headings: TableHeadings, to bytes: inout [UInt8]) {
        bytes += mark
        appendRow(columns.map { $0.heading(headings) }, to: &bytes)
    }
}

/// How a spreadsheet changes a text that it reads from a CSV file.
package enum SpreadsheetText {
    /// Digits of a whole number that a spreadsheet shows in full; a longer one is shown as 5.00101E+11.
    private static let digitsShown = 11

    /// True where the text, behind any apostrophes, begins a formula: with =, @, + or −.
    package static func beginsFormula(_ text: some Sequence<UInt8>) -> Bool {
        for byte in text where byte != UInt8(ascii: "'") {
            switch byte {
            case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "-"): return true
            default: return false
            }
        }
        return false
    }

    /// True where the text is read as a number or a day and shown differently: 012, 123456789012, 1E5, 3-1, 2024/6.
    package static func isShortened(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, isDigit(first) || first == UInt8(ascii: ".") else { return false }
        if text.allSatisfy(isDigit) {
            return text.count > digitsShown || text.count > 1 && first == UInt8(ascii: "0")
        }
        return text.allSatisfy { byte in
            if isDigit(byte) { return true }
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "+"),
                UInt8(ascii: "E"), UInt8(ascii: "e"), UInt8(ascii: "%"), UInt8(ascii: " "):
                return true
            default: return false
            }
        }
    }

    /// True for a long number as a spreadsheet saves it: 5.00101E+11. Its last digits are lost.
    package static func isScientific(_ text: some Collection<UInt8>) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }
        guard parts.count == 2, let sign = parts[1].first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return false }
        let exponent = parts[1].dropFirst()
        guard exponent.count >= 2, exponent.allSatisfy(isDigit) else { return false }
        let mantissa = parts[0].split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ".") }
        return (1...2).contains(mantissa.count) && mantissa.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
    }

    /// The error message for an id that `isScientific`.
    package static var scientificMessage: String {
        "a long number that a spreadsheet has shortened, its last digits are lost; give the column the format Text "
            + "(文本) and fill it again from where the file comes from"
    }

    /// True where a mark has a control character, such as NUL or a line end, which nobody would see.
    package static func hasControl(_ text: some Sequence<UInt8>) -> Bool { text.contains { $0 < 0x20 || $0 == 0x7F } }

    /// The error message for a mark that `hasControl`.
    package static var controlMessage: String {
        "has a control character, which cannot be seen (NUL, tab or line end); remove it"
    }

    /// The error message for bytes that are not UTF-8.
    package static var encodingMessage: String {
        "not UTF-8; save the file as \"CSV UTF-8 (逗号分隔)\" (Excel: Save as, type CSV UTF-8)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
