/// Where the parts of a failure's text stand, for doors that tell them one by one; all empty where it has none.
///
/// The text is "NAME field=value [rule]: what is wrong; the source's words"; a value is the caller's and may hold
/// anything, so nobody could find its end again.
package struct FailureParts: Sendable, Equatable {
    private var nameCount: UInt16 = 0
    private var fieldCount: UInt16 = 0
    /// With 1 added; 0: no value is said.
    private var valueCount: UInt16 = 0
    private var ruleCount: UInt16 = 0
    private var sourceStart: UInt16 = 0
    private var sourceCount: UInt16 = 0

    package init() {}

    /// Of the meta's field by which a worker tells a door.
    static let fieldNumber: UInt32 = 1000
    static let bytes = 12

    /// What `write` wrote; nil: it is something else.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.bytes else { return nil }
        func number(_ index: Int) -> UInt16 {
            UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        }
        (nameCount, fieldCount, valueCount) = (number(0), number(1), number(2))
        (ruleCount, sourceStart, sourceCount) = (number(3), number(4), number(5))
    }

    func write(to out: UnsafeMutableRawPointer) {
        let numbers = [nameCount, fieldCount, valueCount, ruleCount, sourceStart, sourceCount]
        for (index, number) in numbers.enumerated() {
            out.storeBytes(of: number.littleEndian, toByteOffset: 2 * index, as: UInt16.self)
        }
    }

    /// - Parameters:
    ///   - name: empty where the text does not begin with it.
    ///   - source: the source's words as they stand in the message, which follows; empty: there are none.
    package init(name: String, field: String, value: String?, rule: String, message: String, source: String = "") {
        guard let name = UInt16(exactly: name.utf8.count), let field = UInt16(exactly: field.utf8.count),
            let value = UInt16(exactly: value.map { $0.utf8.count + 1 } ?? 0),
            let rule = UInt16(exactly: rule.utf8.count), Int(name) + Int(field) + Int(value) + Int(rule) < 32_768
        else { return }
        (nameCount, fieldCount, valueCount, ruleCount) = (name, field, value, rule)
        guard !source.isEmpty, let found = message.utf8.firstRange(of: source.utf8) else { return }
        let before = message.utf8.distance(from: message.utf8.startIndex, to: found.lowerBound)
        guard let start = UInt16(exactly: messageStart + before), let count = UInt16(exactly: source.utf8.count) else {
            return
        }
        (sourceStart, sourceCount) = (start, count)
    }

    package var isEmpty: Bool { self == FailureParts() }

    package var field: Range<Int> {
        let start = Int(nameCount) + (nameCount > 0 && fieldCount > 0 ? 1 : 0)
        return start..<(start + Int(fieldCount))
    }

    package var value: Range<Int> {
        let start = field.upperBound + (valueCount > 0 ? 1 : 0)
        return start..<(start + max(0, Int(valueCount) - 1))
    }

    package var rule: Range<Int> {
        let start = value.upperBound + (ruleCount > 0 ? 2 : 0)
        return start..<(start + Int(ruleCount))
    }

    package var source: Range<Int> { Int(sourceStart)..<(Int(sourceStart) + Int(sourceCount)) }

    /// What is wrong and what to do: the rest of a text of `count` bytes.
    package func message(of count: Int) -> Range<Int> { min(messageStart, count)..<count }

    private var messageStart: Int {
        let end = rule.upperBound + (ruleCount > 0 ? 1 : 0)
        return end == 0 ? 0 : end + 2
    }

    /// Whether a text of `count` bytes, which may have been cut, has all of them.
    func fits(_ count: Int) -> Bool { messageStart <= count && source.upperBound <= count }
}
