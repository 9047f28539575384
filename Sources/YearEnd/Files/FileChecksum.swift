import LedgerIndex

/// Size and checksum of a file; shows after a crash of the machine whether an unsynced file is complete.
package struct FileChecksum: Codable, Equatable {
    var bytes = 0
    /// XXH64 chained over pieces of `AtomicFileWriter.pieceBytes`: the checksum so far is the next piece's seed.
    var checksum: UInt64 = 0

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        bytes += piece.count
        checksum = Checksum.of(piece, seed: checksum)
    }

    /// True where the file is what was written.
    func isOf(_ path: String) -> Bool {
        guard let size = try? FileBytes.size(path), size == bytes else { return false }
        guard let reader = try? RecordFileReader(path) else { return false }
        var found = FileChecksum()
        while found.bytes < size {
            let count = min(AtomicFileWriter.pieceBytes, size - found.bytes)
            guard (try? reader.next(count) { found.add($0) }) != nil else { return false }
        }
        return found == self
    }
}
