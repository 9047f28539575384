import Records
import Registry

/// A finished snapshot of the whole state, in chunks, each as of its own block.
package struct SnapshotFacts: Equatable, Sendable {
    package var number: UInt64
    /// The block after which the replay begins; every chunk is as of this block or a later one.
    package var start: UInt64
    /// The latest block of any chunk.
    package var through: UInt64
    /// A durable block, `through` or later, and its fingerprint, which differs in another journal.
    package var marked: UInt64
    package var mark: UInt64
    package var chunks: UInt64
    package var fileBytes: UInt64

    var file: String { "snapshot-\(number).snap" }
}

/// The manifest: the list of the live derived files, one small file replaced atomically.
struct Manifest: Equatable, Sendable {
    static let file = "manifest"
    static let newFile = "manifest.new"
    /// Bound on the number of runs, so that a damaged count cannot allocate much memory.
    static let runsMax = 4096
    static let bytesMax = 1 << 20
    private static let magic: UInt64 = 0x314E_414D_5349_4A00  // "\0JISMAN1"
    /// Version 2 added account use to the index of institutions, 3 the visits, which are rebuilt for an earlier
    /// version.
    private static let versions: ClosedRange<UInt8> = 2...3

    var identity: UInt64
    /// Number of the next file.
    var nextNumber: UInt64 = 1
    /// The runs, of each kind the oldest first.
    var runs: [RunFacts] = []
    var snapshot: SnapshotFacts?
    /// The file of visits; nil: none written yet.
    var visits: VisitFacts?

    func runs(of kind: IndexKind) -> [RunFacts] { runs.filter { $0.kind == kind } }

    var files: [String] { runs.map(\.file) + [snapshot?.file, visits?.file].compactMap(\.self) }

    func write(to writer: inout ByteWriter) {
        writer.fixed64(Self.magic)
        writer.byte(Self.versions.upperBound)
        writer.fixed64(identity)
        writer.number(nextNumber)
        writer.number(runs.count)
        for run in runs {
            writer.byte(run.kind.rawValue)
            writer.number(run.number)
            writer.number(run.entries)
            writer.number(run.from)
            writer.number(run.through)
            writer.fixed64(run.mark)
            writer.number(run.bloomBitsPerEntry)
        }
        writer.flag(snapshot != nil)
        if let snapshot {
            writer.number(snapshot.number)
            writer.number(snapshot.start)
            writer.number(snapshot.through)
            writer.number(snapshot.marked)
            writer.fixed64(snapshot.mark)
            writer.number(snapshot.chunks)
            writer.number(snapshot.fileBytes)
        }
        writer.flag(visits != nil)
        if let visits {
            writer.number(visits.number)
            writer.number(visits.bytes)
            writer.number(visits.visits)
            writer.number(visits.through)
            writer.fixed64(visits.mark)
        }
        writer.fixed64(Checksum.of(writer.bytes, seed: Self.magic))
    }

    init(identity: UInt64) { self.identity = identity }

    init(reading bytes: UnsafeRawBufferPointer) throws(DamagedBytes) {
        guard bytes.count >= 17 else { throw DamagedBytes() }
        let content = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
        var end = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - 8)...]))
        guard try end.fixed64() == Checksum.of(content, seed: Self.magic) else { throw DamagedBytes() }
        var reader = ByteReader(content)
        guard try reader.fixed64() == Self.magic else { throw DamagedBytes() }
        let version = try reader.byte()
        guard Self.versions.contains(version) else { throw DamagedBytes() }
        identity = try reader.fixed64()
        nextNumber = try reader.number()
        for _ in 0..<(try reader.count(upTo: Self.runsMax)) {
            runs.append(
                RunFacts(
                    kind: try reader.value(), number: try reader.number(), entries: try reader.number(),
                    from: try reader.number(), through: try reader.number(), mark: try reader.fixed64(),
                    bloomBitsPerEntry: try reader.number()))
        }
        if try reader.flag() {
            snapshot = SnapshotFacts(
                number: try reader.number(), start: try reader.number(),
                through: try reader.number(), marked: try reader.number(), mark: try reader.fixed64(),
                chunks: try reader.number(), fileBytes: try reader.number())
        }
        if version >= 3, try reader.flag() {
            visits = VisitFacts(
                number: try reader.number(), bytes: try reader.number(), visits: try reader.number(),
                through: try reader.number(), mark: try reader.fixed64())
        }
        guard reader.isAtEnd, isSound else { throw DamagedBytes() }
    }

    /// Whether the runs of each kind are contiguous and every number is used once.
    private var isSound: Bool {
        for kind in IndexKind.allCases {
            var last: UInt64 = 0
            for run in runs(of: kind) {
                guard run.from == last, run.through >= run.from else { return false }
                last = run.through
            }
        }
        var numbers = runs.map(\.number) + (snapshot.map { [$0.number] } ?? [])
        if let visits, visits.bytes > 0 { numbers.append(visits.number) }
        if let snapshot, snapshot.start > snapshot.through || snapshot.through > snapshot.marked { return false }
        return Set(numbers).count == numbers.count && numbers.allSatisfy { $0 < nextNumber }
    }

    /// Reads the manifest; nil: there is none.
    static func read(from disk: IndexDisk) throws(DerivedFailure) -> Manifest? {
        guard let file = try disk.open(Self.file) else { return nil }
        defer { IndexDisk.close(file) }
        let size = try IndexDisk.size(file, Self.file)
        guard size <= bytesMax else { throw DerivedFailure(file: Self.file, reason: "\(size) bytes are too many") }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { bytes.deallocate() }
        try IndexDisk.read(file, at: 0, into: bytes, Self.file)
        do {
            return try Manifest(reading: UnsafeRawBufferPointer(bytes))
        } catch {
            throw DerivedFailure(file: Self.file, reason: "is damaged or of another version")
        }
    }

    /// Replaces the manifest atomically and durably: after a crash during the call the old or the new one is there.
    func replace(on disk: IndexDisk) throws(DerivedFailure) {
        var writer = ByteWriter()
        write(to: &writer)
        let file = try disk.create(Self.newFile)
        defer { IndexDisk.close(file) }
        try disk.write(writer.bytes, to: file, Self.newFile)
        try disk.sync(file, Self.newFile)
        try disk.rename(Self.newFile, to: Self.file)
        try disk.syncFolder()
    }
}
