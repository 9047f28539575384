import Glibc
import Registry

/// What is known of a file of visits that is in force; the manifest has it.
package struct VisitFacts: Equatable, Sendable {
    package var number: UInt64
    /// What of the file is in force: more may stand behind it.
    package var bytes: UInt64
    package var visits: UInt64
    /// Every visit and change of the blocks up to this one is in the file; the journal's mark of it.
    package var through: UInt64
    package var mark: UInt64

    /// Nil where there is no visit yet, and no file.
    var file: String? { bytes == 0 ? nil : Self.file(number) }

    static func file(_ number: UInt64) -> String { "visits-\(number).vis" }
}

/// A file of visits, open: its chunks are read and checked when they are asked for.
///
/// Read with `pread`, never mapped: a disk that fails is an error and not a signal that ends the server. Safe to share.
final class VisitFile: Sendable {
    let name: String
    let seeds: VisitSeeds
    private let handle: Int32

    /// Takes the descriptor over.
    init(_ handle: Int32, number: UInt64, identity: UInt64) {
        self.handle = handle
        name = VisitFacts.file(number)
        seeds = VisitSeeds(identity: identity, number: number)
    }

    deinit { IndexDisk.close(handle) }

    /// Opens what is in force of a file and reads the heads of its chunks; nil: there is no such file.
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

    /// Reads columns of a chunk and checks each.
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
