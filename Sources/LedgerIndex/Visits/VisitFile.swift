import Glibc
import Registry

/// Metadata of the live file of visits, kept in the manifest.
package struct VisitFacts: Equatable, Sendable {
    package var number: UInt64
    /// Length of the live part; the file may be longer.
    package var bytes: UInt64
    package var visits: UInt64
    /// The last block whose visits and changes are all in the file, and its fingerprint.
    package var through: UInt64
    package var mark: UInt64

    /// Name of the file; nil: no visit yet, so no file.
    var file: String? { bytes == 0 ? nil : Self.file(number) }

    static func file(_ number: UInt64) -> String { "visits-\(number).vis" }
}

/// An open file of visits; its chunks are read and checked on demand.
///
/// Read with `pread`, never mapped: a disk failure is an error and not a signal that ends the server. Safe to share.
final class VisitFile: Sendable {
    let name: String
    let seeds: VisitSeeds
    private let handle: Int32

    /// Takes ownership of the descriptor.
    init(_ handle: Int32, number: UInt64, identity: UInt64) {
        self.handle = handle
        name = VisitFacts.file(number)
        seeds = VisitSeeds(identity: identity, number: number)
    }

    deinit { IndexDisk.close(handle) }

    /// Opens the live part of a file and reads the heads of its chunks; nil: no such file.
    static func open(
        _ facts: VisitFacts, identity: UInt64, disk: IndexDisk
    ) throws(DerivedFailure) -> (file: VisitFile, heads: [VisitHead])? {
        let name = VisitFacts.file(facts.number)
        guard let handle = try disk.open(name) else { return nil }
        let file = VisitFile(handle, number: facts.number, identity: identity)
        let size = try IndexDisk.size(handle, name)
        guard facts.bytes <= UInt64(size) else {
            throw DerivedFailure(file: name, reason: "\(size) bytes instead of \(facts.bytes)")
        }
        return (file, try file.heads(facts))
    }

    private func heads(_ facts: VisitFacts) throws(DerivedFailure) -> [VisitHead] {
        var heads: [VisitHead] = []
        var visits: UInt64 = 0
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: VisitFormat.headBytes, alignment: 16)
        defer { page.deallocate() }
        var offset = 0
        while offset < Int(facts.bytes) {
            try IndexDisk.read(handle, at: offset, into: page, name)
            guard let head = VisitHead(UnsafeRawBufferPointer(page), offset: offset, seed: seeds.head(at: offset))
            else { throw DerivedFailure(file: name, reason: "the chunk at byte \(offset) is damaged") }
            if let last = heads.last(where: { $0.rows > 0 }), head.rows > 0, head.first <= last.last {
                throw DerivedFailure(file: name, reason: "the chunk at byte \(offset) is out of order")
            }
            heads.append(head)
            visits += UInt64(head.rows)
            offset += head.fileBytes
        }
        guard offset == Int(facts.bytes), visits == facts.visits else {
            throw DerivedFailure(file: name, reason: "has \(visits) visits instead of \(facts.visits)")
        }
        return heads
    }

    /// Reads and checks columns of a chunk.
    func read(_ wanted: [VisitColumn], into columns: VisitColumns) throws(DerivedFailure) {
        let head = columns.head
        for column in wanted where !columns.has(column) {
            let room = columns.room(column)
            try IndexDisk.read(
                handle, at: head.offset + VisitFormat.headBytes + head.columnOffset(column), into: room, name)
            guard
                Checksum.of(UnsafeRawBufferPointer(room), seed: seeds.column(column, at: head.offset))
                    == head.sums[column.rawValue]
            else {
                throw DerivedFailure(file: name, reason: "the chunk at byte \(head.offset) is damaged (\(column))")
            }
        }
    }
}
