import Glibc

/// A header field's bytes, where they are.
package struct HPACKField {
    package let name: UnsafeRawBufferPointer
    package let value: UnsafeRawBufferPointer
}

/// The header fields that a peer has told to remember (RFC 7541, section 2.3), the newest first, behind the static
/// ones.
struct HPACKTable: ~Copyable {
    /// As both sides have it where nothing else was announced. Also the most that a peer may set.
    static let sizeMax = 4096
    /// What a field counts for beside its bytes.
    private static let overhead = 32
    private static let entriesMax = sizeMax / overhead

    private struct Entry {
        var offset: Int32
        var nameCount: Int32
        var valueCount: Int32
    }

    /// A ring, made with the first field.
    private var entries: UnsafeMutablePointer<Entry>?
    private var oldest = 0
    private var count = 0
    /// By the RFC's count.
    private var size = 0
    private var limit = sizeMax
    private var memory: UnsafeMutableRawPointer?
    private var bytesCapacity = 0
    private var used = 0
    /// Changes whenever a number may mean something else than before.
    private(set) var generation = 0

    deinit {
        entries?.deallocate()
        free(memory)
    }

    /// Memory taken.
    var capacity: Int { bytesCapacity + (entries == nil ? 0 : Self.entriesMax * MemoryLayout<Entry>.stride) }

    /// The field of a number, until the next change; nil: none has it.
    func field(_ number: Int) -> HPACKField? {
        let fixed = HPACKStaticTable.fields
        if number <= fixed.count {
            guard number > 0 else { return nil }
            let field = fixed[number - 1]
            return HPACKField(name: HPACKStaticTable.bytes(field.name), value: HPACKStaticTable.bytes(field.value))
        }
        let back = number - fixed.count
        guard back <= count, let entries, let memory else { return nil }
        let entry = entries[(oldest + count - back) % Self.entriesMax]
        let (start, name) = (memory + Int(entry.offset), Int(entry.nameCount))
        return HPACKField(
            name: UnsafeRawBufferPointer(start: start, count: name),
            value: UnsafeRawBufferPointer(start: start + name, count: Int(entry.valueCount)))
    }

    /// Remembers a field, and forgets the oldest ones for it. One that is larger than the table empties it. Its bytes
    /// may lie in the table.
    mutating func insert(_ field: HPACKField) {
        generation += 1
        let bytes = field.name.count + field.value.count
        guard bytes + Self.overhead <= limit else { return evict(to: 0) }
        evict(to: limit - bytes - Self.overhead)
        let entries = entries ?? UnsafeMutablePointer<Entry>.allocate(capacity: Self.entriesMax)
        self.entries = entries
        // What was forgotten lies before the others: the new bytes are behind them all, or in other memory.
        let left = memory == nil || used + bytes > bytesCapacity ? relocate(bytes) : nil
        copy(field.name, to: memory! + used)
        copy(field.value, to: memory! + used + field.name.count)
        free(left)
        entries[(oldest + count) % Self.entriesMax] = Entry(
            offset: Int32(used), nameCount: Int32(field.name.count), valueCount: Int32(field.value.count))
        count += 1
        used += bytes
        size += bytes + Self.overhead
    }

    /// The peer changes the table's size; false: to more than it may.
    mutating func resize(_ bytes: Int) -> Bool {
        guard bytes <= Self.sizeMax else { return false }
        generation += 1
        limit = bytes
        evict(to: bytes)
        return true
    }

    private mutating func evict(to most: Int) {
        while size > most, let entries {
            let entry = entries[oldest]
            size -= Int(entry.nameCount) + Int(entry.valueCount) + Self.overhead
            oldest = (oldest + 1) % Self.entriesMax
            count -= 1
        }
        if count == 0 { used = 0 }
    }

    /// Moves the bytes to where so many more have room; returns the memory where they were.
    private mutating func relocate(_ more: Int) -> UnsafeMutableRawPointer? {
        let old = memory
        let start = count > 0 ? Int(entries![oldest].offset) : used
        let live = used - start
        bytesCapacity = max(512, 2 * (live + more))
        let moved = systemMemory(bytesCapacity)
        if let old, live > 0 { memcpy(moved, old + start, live) }
        for index in 0..<count { entries![(oldest + index) % Self.entriesMax].offset -= Int32(start) }
        (memory, used) = (moved, live)
        return old
    }

    private func copy(_ bytes: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer) {
        if let start = bytes.baseAddress, bytes.count > 0 { memmove(out, start, bytes.count) }
    }
}
