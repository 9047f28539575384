import Foundation

/// External merge sort by key bytes in a fixed amount of memory: full chunks are sorted and written as sorted runs,
/// which are merged at the end. Not stable: keys are unique.
package final class ExternalSorter {
    /// Runs that are merged at once: each takes a buffer of `mergeBufferBytes`.
    private static let fanIn = 128
    private static let mergeBufferBytes = 256 << 10

    private struct Slot {
        /// The key's first eight bytes: decides most comparisons.
        var prefix: UInt64
        var offset: Int
        var key: Int32
        var rest: Int32
    }

    private let folder: String
    private let name: String
    private let chunkBytes: Int
    private var storage: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var used = 0
    @exclusivity(unchecked) private var slots: ContiguousArray<Slot> = []
    private var runs: [String] = []
    private var runCount = 0

    /// - Parameters:
    ///   - folder: where runs go, under names that begin with `name`.
    ///   - memoryBytes: of a chunk with its slots; a record is at most half of it.
    package init(folder: String, name: String, memoryBytes: Int) {
        self.folder = folder
        self.name = name
        // A record of 200 bytes takes 24 more in the slots: a sixth covers them.
        chunkBytes = max(1 << 12, memoryBytes - memoryBytes / 6)
        storage = .allocate(byteCount: chunkBytes, alignment: 16)
    }

    deinit {
        storage.deallocate()
        for run in runs { unlink(run) }
    }

    package func add(key: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) throws(RunProblem) {
        let size = key.count + rest.count
        guard size <= chunkBytes / 2 else { throw RunProblem("a record of \(size) bytes is too large to be sorted") }
        let slotBytes = MemoryLayout<Slot>.stride
        if used + size > chunkBytes || slots.count * slotBytes > chunkBytes / 5 { try spill() }
        let target = storage + used
        if let base = key.baseAddress { target.copyMemory(from: base, byteCount: key.count) }
        if let base = rest.baseAddress { (target + key.count).copyMemory(from: base, byteCount: rest.count) }
        var prefix: UInt64 = 0
        for index in 0..<8 { prefix = prefix << 8 | (index < key.count ? UInt64(key[index]) : 0) }
        slots.append(Slot(prefix: prefix, offset: used, key: Int32(key.count), rest: Int32(rest.count)))
        used += size
    }

    /// A record whose key is its first `keyBytes` bytes.
    func add(_ record: [UInt8], keyBytes: Int) throws(RunProblem) {
        let added: Result<Void, RunProblem> = record.withUnsafeBytes { bytes in
            do throws(RunProblem) {
                return .success(
                    try add(
                        key: UnsafeRawBufferPointer(rebasing: bytes[..<keyBytes]),
                        UnsafeRawBufferPointer(rebasing: bytes[keyBytes...])))
            } catch {
                return .failure(error)
            }
        }
        try added.get()
    }

    private func sortSlots() {
        let storage = UnsafeRawPointer(storage)
        slots.sort { left, right in
            if left.prefix != right.prefix { return left.prefix < right.prefix }
            let order = memcmp(storage + left.offset, storage + right.offset, Int(min(left.key, right.key)))
            return order != 0 ? order < 0 : left.key < right.key
        }
    }

    private func spill() throws(RunProblem) {
        sortSlots()
        let path = nextRun()
        let writer = try AtomicFileWriter(path)
        for slot in slots {
            Self.writeHead(Int(slot.key), Int(slot.rest), to: writer)
            let size = Int(slot.key) + Int(slot.rest)
            try writer.append(UnsafeRawBufferPointer(start: storage + slot.offset, count: size))
        }
        try writer.finish(isDurable: false)
        runs.append(path)
        slots.removeAll(keepingCapacity: true)
        used = 0
    }

    private func nextRun() -> String {
        runCount += 1
        return "\(folder)/\(name).run\(runCount)"
    }

    private static func writeHead(_ key: Int, _ rest: Int, to writer: AtomicFileWriter) {
        for size in [key, rest] {
            withUnsafeBytes(of: UInt32(size).littleEndian) { writer.bytes.append(contentsOf: $0) }
        }
    }

    /// Hands over every record in the order of the keys; once, and the runs are gone afterwards.
    package func forEach(
        _ body: (_ key: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if runs.isEmpty {
            sortSlots()
            for slot in slots {
                let start = UnsafeRawPointer(storage + slot.offset)
                try body(
                    UnsafeRawBufferPointer(start: start, count: Int(slot.key)),
                    UnsafeRawBufferPointer(start: start + Int(slot.key), count: Int(slot.rest)))
            }
            return
        }
        if !slots.isEmpty { try spill() }
        while runs.count > Self.fanIn {
            let part = Array(runs[..<Self.fanIn])
            let path = nextRun()
            let writer = try AtomicFileWriter(path)
            try Self.merge(part) { key, rest in
                Self.writeHead(key.count, rest.count, to: writer)
                try writer.append(key)
                try writer.append(rest)
            }
            try writer.finish(isDurable: false)
            part.forEach { unlink($0) }
            runs = Array(runs[Self.fanIn...]) + [path]
        }
        try Self.merge(runs, body)
        runs.forEach { unlink($0) }
        runs = []
    }

    private static func merge(
        _ paths: [String], _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var heads: [RunHead] = []
        for path in paths {
            let head = RunHead(try RecordFileReader(path, bufferBytes: mergeBufferBytes))
            if try head.advance() { heads.append(head) }
        }
        // A binary heap, the smallest key first.
        func sink(_ from: Int) {
            var index = from
            while true {
                var least = index
                for child in [2 * index + 1, 2 * index + 2] where child < heads.count {
                    if heads[child].comesBefore(heads[least]) { least = child }
                }
                if least == index { return }
                heads.swapAt(least, index)
                index = least
            }
        }
        for index in (0..<heads.count / 2).reversed() { sink(index) }
        while let head = heads.first {
            try head.withRecord(body)
            if try !head.advance() {
                heads[0] = heads[heads.count - 1]
                heads.removeLast()
            }
            if !heads.isEmpty { sink(0) }
        }
    }
}

/// The record of a run that comes next.
private final class RunHead {
    private let reader: RecordFileReader
    private var record: [UInt8] = []
    private var keyCount = 0

    init(_ reader: RecordFileReader) { self.reader = reader }

    /// False: the run is at its end.
    func advance() throws(RunProblem) -> Bool {
        let sizes = try reader.next(8) { bytes in
            (
                Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))),
                Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            )
        }
        guard let (key, rest) = sizes else { return false }
        record.removeAll(keepingCapacity: true)
        guard (try reader.next(key + rest, { record.append(contentsOf: $0) })) != nil else { return false }
        keyCount = key
        return true
    }

    func comesBefore(_ other: RunHead) -> Bool {
        let order = record.withUnsafeBytes { own in
            other.record.withUnsafeBytes { memcmp(own.baseAddress!, $0.baseAddress!, min(keyCount, other.keyCount)) }
        }
        return order != 0 ? order < 0 : keyCount < other.keyCount
    }

    func withRecord(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Void) throws {
        try record.withUnsafeBytes { bytes in
            try body(
                UnsafeRawBufferPointer(rebasing: bytes[..<keyCount]),
                UnsafeRawBufferPointer(rebasing: bytes[keyCount...]))
        }
    }
}
