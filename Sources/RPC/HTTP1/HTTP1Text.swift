import Glibc

/// Writes the bytes of an answer's head one after the other into memory that is large enough.
struct HTTP1Text {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) {
        base = memory.baseAddress!
        capacity = memory.count
    }

    mutating func put(_ text: StaticString) {
        put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        precondition(bytes.count <= capacity - count, "the room for an answer was reckoned too small")
        memcpy(base + count, start, bytes.count)
        count += bytes.count
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    mutating func put(_ number: Int) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var first = 20
            var rest = number
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            put(UnsafeRawBufferPointer(rebasing: digits[first...]))
        }
    }

    mutating func put(_ id: HTTP1RequestID) {
        precondition(id.count <= capacity - count, "the room for an answer was reckoned too small")
        id.write(to: base + count)
        count += id.count
    }

    mutating func put(date: InlineArray<29, UInt8>) {
        precondition(29 <= capacity - count, "the room for an answer was reckoned too small")
        for offset in 0..<29 { base.storeBytes(of: date[offset], toByteOffset: count + offset, as: UInt8.self) }
        count += 29
    }
}
