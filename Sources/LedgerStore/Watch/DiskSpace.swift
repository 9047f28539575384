import Glibc

/// Free space on the disk of a file.
struct DiskSpace {
    /// Bytes available to this process.
    let free: Int

    /// Reads the free space; nil: unknown.
    init?(of path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        // Some blocks are reserved for the administrator.
        let blocks = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        free = Int(clamping: UInt64(blocks).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue)
    }

    /// Below this a ledger's operator is warned: what a day of a large region's settlements takes, and time to act.
    static let lowBytes = 1 << 30

    /// The warning for a nearly full disk of a ledger; nil: none, or unknown.
    ///
    /// - Parameters:
    ///   - log: bytes of the log beside it, which grows and is copied.
    ///   - lowBytes: free bytes below which there is a warning; at least twice the log.
    static func warning(for path: String, log: Int, lowBytes: Int = lowBytes) -> String? {
        guard let space = DiskSpace(of: path) else { return nil }
        return space.warning(for: path, limit: max(lowBytes, 2 * log))
    }

    /// The same where free bytes are below `limit`.
    func warning(for path: String, limit: Int) -> String? {
        guard free < limit else { return nil }
        return "the disk of \(path) has \(free) bytes free, less than \(limit): when it is full, nothing is settled "
            + "any more; make room now"
    }

    /// Why a file cannot be opened for writing: too little free space; nil: enough, or unknown.
    ///
    /// - Parameter log: bytes of the log beside it, which is copied before the file is opened.
    static func shortage(for path: String, log: Int) -> String? {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let needed = log + openingBytes
        guard let space = DiskSpace(of: folder), space.free < needed else { return nil }
        let copy = log > 0 ? " (a copy of its log \(path)-wal, \(log) bytes, is made first)" : ""
        return "\(path): the disk of \(folder) is full: opening the ledger for writing takes \(needed) bytes\(copy), "
            + "\(space.free) are free, \(needed - space.free) are missing: make room there and start again"
    }

    /// Space for the files made at opening: the index of the log, its first pages, the lock.
    private static let openingBytes = 256 << 10
}
