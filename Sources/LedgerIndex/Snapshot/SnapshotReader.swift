/// Reads a snapshot's chunks in the order they were written, each checked.
package final class SnapshotReader {
    package let facts: SnapshotFacts
    private let file: Int32
    private let seed: UInt64
    private var offset = SnapshotFormat.headBytes
    private var index: UInt64 = 0
    private var hasEnded = false

    /// Opens a snapshot; nil: no such file.
    static func open(
        _ facts: SnapshotFacts, identity: UInt64, disk: IndexDisk
    ) throws(DerivedFailure) -> SnapshotReader? {
        guard let file = try disk.open(facts.file) else { return nil }
        let reader = SnapshotReader(file: file, facts: facts, identity: identity)
        try reader.checkHead(identity: identity)
        return reader
    }

    private init(file: Int32, facts: SnapshotFacts, identity: UInt64) {
        self.file = file
        self.facts = facts
        seed = SnapshotFormat.seed(identity: identity, number: facts.number)
    }

    deinit { IndexDisk.close(file) }

    private func trouble(_ reason: String) -> DerivedFailure { DerivedFailure(file: facts.file, reason: reason) }

    private func checkHead(identity: UInt64) throws(DerivedFailure) {
        let size = try IndexDisk.size(file, facts.file)
        guard UInt64(size) == facts.fileBytes else { throw trouble("\(size) bytes instead of \(facts.fileBytes)") }
        let expected = SnapshotFormat.head(identity: identity, number: facts.number, start: facts.start)
        guard try read(expected.count, at: 0) == expected else {
            throw trouble("its head is damaged or another ledger's")
        }
    }

    private func read(_ count: Int, at offset: Int) throws(DerivedFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // The array's method loses the error's type: it is kept here and thrown below.
        var failure: DerivedFailure?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(DerivedFailure) {
                try IndexDisk.read(file, at: offset, into: buffer, facts.file)
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The next chunk; nil after the global one. Throws where it is damaged: the whole snapshot, with the chunks
    /// already returned, must then be dropped.
    package func next() throws(DerivedFailure) -> SnapshotChunk? {
        if hasEnded { return nil }
        guard index < facts.chunks else { throw trouble("ends without its last chunk") }
        let head = try read(SnapshotFormat.chunkHeadBytes, at: offset)
        func number(_ word: Int) -> UInt64 {
            head.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)) }
        }
        let length = number(4)
        guard number(0) == SnapshotFormat.chunkMagic, number(1) == index, length <= UInt64(SnapshotFormat.chunkBytesMax)
        else { throw trouble("chunk \(index) is damaged") }
        let chunk = SnapshotChunk(
            through: number(3), isGlobal: number(2) == 1,
            bytes: try read(Int(length), at: offset + SnapshotFormat.chunkHeadBytes))
        guard SnapshotFormat.chunkHead(chunk, index: index, seed: seed) == head,
            chunk.through >= facts.start, chunk.through <= facts.through
        else { throw trouble("chunk \(index) is damaged") }
        offset += SnapshotFormat.chunkHeadBytes + chunk.bytes.count
        index += 1
        if chunk.isGlobal {
            guard index == facts.chunks, UInt64(offset) == facts.fileBytes else {
                throw trouble("goes on after its last chunk")
            }
            hasEnded = true
        }
        return chunk
    }
}
