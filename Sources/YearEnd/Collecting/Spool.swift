import Foundation
import Records
import Registry
import Settlement

/// What a record of the spool is.
enum SpoolKind: UInt8 {
    /// Rows of a ledger's journal, as they stand there.
    case settlement = 1
    case reversal = 2
    case adjustment = 3
    case secondRound = 4
    /// What a recognition paid beside settlements; of older ledgers the step itself.
    case recognition = 5
    /// A row of a claims file.
    case claim = 10
    /// A row of a persons file: the final facts.
    case person = 11
    /// A row of a claims file does not count: its id stood on an earlier line.
    case repeated = 12
}

/// The year's records, partitioned by person into a fixed number of partitions. Later stages process one partition at a
/// time, so that neither memory nor results depend on the number of workers.
enum Partition {
    /// Fixed, so that results do not depend on the machine; enough that every core has work to the end.
    static let count = 64

    /// The person's partition: the upper bits of the mixed number.
    @inline(__always)
    static func of(_ person: UInt64) -> Int { Int(SplitMix64.mix(person &+ SplitMix64.increment) >> 58) }

    static func name(_ partition: Int) -> String { partition < 10 ? "0\(partition)" : "\(partition)" }
}

/// Writes the partitions' spool files: one part of each.
final class SpoolWriter {
    private let writers: [AtomicFileWriter]
    private let part: Int

    /// - Parameter part: each thread that collects writes a part of its own.
    init(folder: String, part: Int = 0) throws(RunProblem) {
        var writers: [AtomicFileWriter] = []
        for partition in 0..<Partition.count {
            writers.append(try AtomicFileWriter(folder + "/" + SpoolReader.name(partition, part)))
        }
        self.writers = writers
        self.part = part
    }

    /// - Parameter position: orders the person's records; no two have the same.
    func add(
        _ kind: SpoolKind, person: UInt64, position: UInt64, time: Moment, _ bytes: UnsafeRawBufferPointer
    ) throws(RunProblem) {
        let writer = writers[Partition.of(person)]
        writer.add(UInt32(SpoolFormat.headBytes + bytes.count).littleEndian)
        // Big-endian, so that the bytes order as the numbers do.
        writer.add(person.bigEndian)
        writer.add(position.bigEndian)
        writer.add(time.milliseconds.littleEndian)
        writer.add(kind.rawValue)
        try writer.append(bytes)
    }

    /// Marks of the files by name.
    func finish() throws(RunProblem) -> [String: FileChecksum] {
        var marks: [String: FileChecksum] = [:]
        for (partition, writer) in writers.enumerated() {
            marks[SpoolReader.name(partition, part)] = try writer.finish(isDurable: false)
        }
        return marks
    }
}

/// A record of the spool: its size, then the key (person, position), the time, the kind, and the bytes.
private enum SpoolFormat {
    static let keyBytes = 16
    /// Before the bytes themselves.
    static let headBytes = 25
}

extension AtomicFileWriter {
    @inline(__always)
    fileprivate func add(_ value: some BitwiseCopyable) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
}

/// One person's records of the year, in their order; filled anew for the next person.
final class SpoolGroup {
    struct Record {
        var kind: SpoolKind
        var position: UInt64
        var time: Moment
        fileprivate var range: Range<Int>
    }

    private(set) var person: UInt64 = 0
    private(set) var records: [Record] = []
    private var storage: [UInt8] = []

    func begin(_ person: UInt64) {
        self.person = person
        records.removeAll(keepingCapacity: true)
        storage.removeAll(keepingCapacity: true)
    }

    fileprivate func append(_ record: Record, _ bytes: UnsafeRawBufferPointer) {
        var record = record
        record.range = storage.count..<storage.count + bytes.count
        storage.append(contentsOf: bytes)
        records.append(record)
    }

    /// Hands over the bytes of a record; valid only there.
    @inline(__always)
    func withBytes<Result, Failure: Error>(
        of record: Record, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result: Swift.Result<Result, Failure> = storage.withUnsafeBytes { bytes in
            do throws(Failure) {
                return .success(try body(UnsafeRawBufferPointer(rebasing: bytes[record.range])))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// Reads a partition person by person, sorted outside memory where it does not fit.
struct SpoolReader {
    /// Memory that one partition's sort may take; one partition of ten million claims is some 40 MB.
    static let sortBytes = 96 << 20
    /// Records of one person in a year: far more than anybody has; a person's records are held at once.
    static let recordsOfPersonMax = 100_000

    static func name(_ partition: Int, _ part: Int) -> String { "spool.\(Partition.name(partition)).\(part)" }

    let folder: String
    let partition: Int
    /// How many threads collected.
    var parts = 1
    var memoryBytes = SpoolReader.sortBytes

    func forEachPerson(_ body: (SpoolGroup) throws -> Void) throws {
        let sorter = ExternalSorter(
            folder: folder, name: "sort.\(Partition.name(partition))", memoryBytes: memoryBytes)
        for part in 0..<parts { try read(folder + "/" + Self.name(partition, part), into: sorter) }
        let group = SpoolGroup()
        var hasPerson = false
        try sorter.forEach { key, rest in
            let person = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))
            if !hasPerson || person != group.person {
                if hasPerson { try body(group) }
                group.begin(person)
                hasPerson = true
            }
            guard group.records.count < Self.recordsOfPersonMax, let kind = SpoolKind(rawValue: rest[8]) else {
                throw RunProblem("a person has more than \(Self.recordsOfPersonMax) records in the year")
            }
            let record = SpoolGroup.Record(
                kind: kind, position: UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                time: Moment(milliseconds: Int64(littleEndian: rest.loadUnaligned(as: Int64.self))), range: 0..<0)
            group.append(record, UnsafeRawBufferPointer(rebasing: rest[9...]))
        }
        if hasPerson { try body(group) }
    }
    private func read(_ path: String, into sorter: ExternalSorter) throws(RunProblem) {
        let reader = try RecordFileReader(path)
        while let size = try reader.next(4, { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }) {
            let added = try reader.next(Int(size)) { record -> Result<Void, RunProblem> in
                do throws(RunProblem) {
                    let key = UnsafeRawBufferPointer(rebasing: record[..<SpoolFormat.keyBytes])
                    return .success(
                        try sorter.add(key: key, UnsafeRawBufferPointer(rebasing: record[SpoolFormat.keyBytes...])))
                } catch {
                    return .failure(error)
                }
            }
            try added?.get()
        }
    }
}
