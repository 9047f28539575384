import Glibc

/// The room that is left on the disk of a file.
struct DiskSpace {
    /// For us, bytes.
    let free: Int

    /// Nil: the system does not say.
    init?(of path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 else { return nil }
        // Some blocks are kept for the administrator.
        let blocks = geteuid() == 0 ? facts.f_bfree : facts.f_bavail
        free = Int(clamping: UInt64(blocks).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue)
    }

    /// Below this a ledger's operator is warned: what a day of a large region's settlements takes, and time to act.
    static let lowBytes = 1 << 30

    /// Why a file cannot be opened for writing where there is too little room for it; nil: there is enough, or the
    /// system does not say.
    ///
    /// - Parameter log: bytes of the log that is beside it; a copy of it is made before the file is opened.
    static func shortage(for path: String, log: Int) -> String? {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let needed = log + openingBytes
        guard let space = DiskSpace(of: folder), space.free < needed else { return nil }
        let copy = log > 0 ? " (a copy of its log \(path)-wal, \(log) bytes, is made first)" : ""
        return "\(path): the disk of \(folder) is full: opening the ledger for writing takes \(needed) bytes\(copy), "
            + "\(space.free) are free, \(needed - space.free) are missing: make room there and start again"
    }

    /// What is made beside a ledger when it is opened: the index of the log, its first pages, the lock.
    private static let openingBytes = 256 << 10
}
