/// Ensures, before a store is opened for writing, that the log as read is on disk.
///
/// After a failed fsync Linux marks the pages in its cache as clean: they read as written and are not on disk, and no
/// later sync writes them. If the process was killed before it reported the failure, the next one would find such a
/// commit in the log, answer by it, and append commits that a crash of the machine would lose with it. So the log is
/// rewritten. Not in place alone, because a crash meanwhile may damage sound frames: first a copy is written and
/// synced, then the log from the copy, then the copy is removed. A copy found at opening is of an interrupted rewrite,
/// which is then completed.
extension StoreFiles {
    private static let magic = Array("JSRESCUE".utf8)
    /// Magic, length of what follows, checksum: 8 bytes each.
    private static let headerBytes = 24
    private static let chunkBytes = 1 << 20

    /// Completes a rewrite interrupted in an earlier opening.
    func finishInterruptedRescue(mayWrite: Bool) throws(StoreFailure) {
        guard fileExists(rescuePath) else { return }
        do throws(SQLiteError) {
            if let length = try rescuedBytes() {
                guard mayWrite else {
                    throw SQLiteError(
                        code: 0,
                        message: "\(path) is being opened or was not opened to the end; "
                            + "open it for writing once")
                }
                try copy(length, from: rescuePath, at: Self.headerBytes, to: logPath, .log, at: 0)
            }
            // Without a sound copy the log has not been touched yet.
            if mayWrite { try RawFile.delete(rescuePath, vfs: vfs) }
        } catch {
            throw .unavailable(error.message)
        }
    }

    /// Rewrites the log.
    func makeLogDurable() throws(StoreFailure) {
        guard fileExists(logPath) else { return }
        do throws(SQLiteError) {
            let length = try usedLogBytes()
            guard length > 0 else { return }
            let sum = try checksum(of: logPath, from: 0, count: length)
            let header = Self.magic + bigEndianBytes(UInt64(length)) + bigEndianBytes(sum)
            try RawFile(path: rescuePath, kind: .new, vfs: vfs).write(header, at: 0)
            try copy(length, from: logPath, at: 0, to: rescuePath, .new, at: Self.headerBytes)
            guard try rescuedBytes() == length else {
                throw SQLiteError(code: 0, message: "\(rescuePath) does not read as it was written")
            }
            try copy(length, from: rescuePath, at: Self.headerBytes, to: logPath, .log, at: 0)
            try RawFile.delete(rescuePath, vfs: vfs)
        } catch {
            throw .unavailable(error.message)
        }
    }

    /// Bytes of the copy's content; nil: incomplete.
    private func rescuedBytes() throws(SQLiteError) -> Int? {
        let file = try RawFile(path: rescuePath, kind: .log, vfs: vfs)
        let header = try file.read(at: 0, count: Self.headerBytes)
        guard header.count == Self.headerBytes, header.starts(with: Self.magic) else { return nil }
        func number(_ offset: Int) -> UInt64 { bigEndian(header[offset..<offset + 8]) }
        guard let length = Int(exactly: number(8)), try file.size() - Self.headerBytes == length,
            try checksum(of: rescuePath, from: Self.headerBytes, count: length) == number(16)
        else { return nil }
        return length
    }

    /// The log from its start to its last frame with the header's salt; later frames are of earlier rounds.
    private func usedLogBytes() throws(SQLiteError) -> Int {
        let log = try RawFile(path: logPath, kind: .log, vfs: vfs)
        guard let header = LogHeader(try log.read(at: 0, count: LogHeader.byteCount)) else { return 0 }
        guard header.fault == nil else { return LogHeader.byteCount }
        var frames = try LogFrames(log, pageBytes: header.pageBytes)
        var number = 1
        while try frames.frame(number)?.salt == header.salt { number += 1 }
        return frames.offset(number)
    }

    private func checksum(of path: String, from start: Int, count: Int) throws(SQLiteError) -> UInt64 {
        let file = try RawFile(path: path, kind: .log, vfs: vfs)
        var sum = LogSum()
        try chunks(of: file, from: start, count: count) { (bytes, _) throws(SQLiteError) in
            sum.add(bytes[...], isBigEndian: false)
        }
        return sum.number
    }

    /// Copies bytes between files and syncs the target.
    private func copy(
        _ count: Int, from source: String, at start: Int, to target: String, _ kind: RawFile.Kind, at offset: Int
    ) throws(SQLiteError) {
        let from = try RawFile(path: source, kind: .log, vfs: vfs)
        let to = try RawFile(path: target, kind: kind, vfs: vfs)
        try chunks(of: from, from: start, count: count) { (bytes, position) throws(SQLiteError) in
            try to.write(bytes, at: offset + position)
        }
        try to.sync()
    }

    private func chunks(
        of file: RawFile, from start: Int, count: Int,
        _ body: (_ bytes: [UInt8], _ position: Int) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        var position = 0
        while position < count {
            let bytes = try file.read(at: start + position, count: min(Self.chunkBytes, count - position))
            guard !bytes.isEmpty else { return }
            try body(bytes, position)
            position += bytes.count
        }
    }
}
