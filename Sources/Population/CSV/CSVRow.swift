/// The values of one row, without quotes and surrounding blanks, in one buffer that is reused for the
/// next row.
package struct CSVRow {
    /// Line of the file at which the row starts; the header is line 1.
    package var line = 0
    package var bytes: [UInt8] = []
    /// The end offset of each value in `bytes`.
    package var ends: [Int] = []

    package init() {}

    package var count: Int { ends.count }

    /// The range of value `index` in `bytes`.
    package func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Value `index` as text; bytes that are not UTF-8 are shown as �.
    package func text(_ index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    mutating func clear(line: Int) {
        self.line = line
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Ends the value that begins after the previous one: removes surrounding blanks, and the apostrophe with which
    /// `CSVText` prevents a formula.
    mutating func endValue() {
        let start = ends.last ?? 0
        var end = bytes.count
        while end > start, case let length = blank(endingAt: end, from: start), length > 0 { end -= length }
        if end < bytes.count { bytes.removeLast(bytes.count - end) }
        var first = start
        while first < end, case let length = blank(at: first), length > 0 { first += length }
        if first < end, bytes[first] == UInt8(ascii: "'"), SpreadsheetText.beginsFormula(bytes[(first + 1)...]) {
            first += 1
        }
        if first > start { bytes.removeSubrange(start..<first) }
        ends.append(bytes.count)
    }

    private static let noBreakSpace: [UInt8] = [0xC2, 0xA0]
    /// The blank of Chinese text, U+3000.
    private static let wideSpace: [UInt8] = [0xE3, 0x80, 0x80]

    /// Bytes of the blank at `index`; 0: there is none.
    private func blank(at index: Int) -> Int {
        switch bytes[index] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): 1
        case 0xC2: bytes[index...].starts(with: Self.noBreakSpace) ? 2 : 0
        case 0xE3: bytes[index...].starts(with: Self.wideSpace) ? 3 : 0
        default: 0
        }
    }

    /// Bytes of the blank that ends before `end`; 0: there is none.
    private func blank(endingAt end: Int, from start: Int) -> Int {
        switch bytes[end - 1] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): 1
        case 0xA0: end - start >= 2 && bytes[end - 2] == 0xC2 ? 2 : 0
        case 0x80: end - start >= 3 && bytes[end - 3] == 0xE3 && bytes[end - 2] == 0x80 ? 3 : 0
        default: 0
        }
    }
}
