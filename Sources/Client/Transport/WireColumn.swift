import WireMessages

/// A growing column of a message, in reusable memory that protobuf-c reads in place.
struct WireColumn<Element: BitwiseCopyable & BinaryInteger>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0
    /// The union of all entries' bits; 0: the column is omitted from the message.
    private var seen: Element = 0

    init(capacity: Int = 1024) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    var isZero: Bool { seen == 0 }

    /// The number of entries in the message; a column of zeros is omitted.
    var countIfAny: Int { isZero ? 0 : count }

    mutating func append(_ value: Element) {
        if count == capacity { grow() }
        base[count] = value
        seen |= value
        count += 1
    }

    mutating func clear() {
        count = 0
        seen = 0
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }
}

extension WireColumn where Element == UInt8 {
    mutating func append(contentsOf bytes: UnsafeRawBufferPointer) {
        for byte in bytes { append(byte) }
    }

    /// The column as protobuf's `bytes`; empty for a column of zeros.
    var bytes: ProtobufCBinaryData {
        isZero ? ProtobufCBinaryData(len: 0, data: nil) : ProtobufCBinaryData(len: count, data: base)
    }
}

/// Texts as protobuf-c's `repeated string`, numbered as they come.
struct WireStrings: ~Copyable {
    private(set) var pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private var capacity = 16
    private(set) var texts: [String] = []

    init() { pointers = .allocate(capacity: capacity) }

    deinit {
        for index in texts.indices { pointers[index]?.deallocate() }
        pointers.deallocate()
    }

    var count: Int { texts.count }

    /// The index of `text`, added if new.
    mutating func index(of text: String) -> Int {
        if let index = texts.firstIndex(of: text) { return index }
        append(text)
        return texts.count - 1
    }

    mutating func append(_ text: String) {
        if texts.count == capacity {
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity * 2)
            larger.update(from: pointers, count: texts.count)
            pointers.deallocate()
            pointers = larger
            capacity *= 2
        }
        let bytes = text.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { copy[index] = byte }
        pointers[texts.count] = copy
        texts.append(text)
    }

    mutating func clear() {
        for index in texts.indices { pointers[index]?.deallocate() }
        texts.removeAll(keepingCapacity: true)
    }
}
