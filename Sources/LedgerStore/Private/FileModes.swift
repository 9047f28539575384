import Glibc

/// Who may read the program's files: its own user and nobody else, whatever the umask that it was started with.
package enum FileModes {
    /// Of files: read and written by their owner.
    package static let file: mode_t = 0o600
    /// Of folders.
    package static let folder: mode_t = 0o700

    /// From here on whatever the process makes is closed to others, also what libraries make: a file 0600, a folder
    /// 0700. Called once, before the first file is made.
    package static func begin() { umask(0o077) }

    /// Closes what is there to others: files and folders of an earlier version, or that were copied here. A name that
    /// is a link is left alone, and so is what belongs to somebody else: it is theirs to open or close.
    ///
    /// - Returns: whether it was open to others before.
    @discardableResult
    package static func close(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o077 != 0 else { return false }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else { return false }
        return chmod(path, status.st_mode & 0o700) == 0
    }

    /// The same of a folder and of everything below it.
    ///
    /// - Returns: how many were open to others before.
    package static func close(below folder: String) -> Int {
        var closed = close(folder) ? 1 : 0
        guard let entries = opendir(folder) else { return closed }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            let path = folder + "/" + name
            if entry.pointee.d_type == UInt8(DT_DIR) {
                closed += close(below: path)
            } else if close(path) {
                closed += 1
            }
        }
        return closed
    }

    /// The same of a ledger with all that belongs to it: what stands beside its file and has its name at the beginning.
    ///
    /// - Returns: how many files and folders were open to others before.
    package static func close(ledger path: String) -> Int {
        var closed = close(path) ? 1 : 0
        for suffix in ["-wal", "-shm", "-witness", ".lock"] where close(path + suffix) { closed += 1 }
        for suffix in [".index", ".year-end", ".audit"] { closed += close(below: path + suffix) }
        return closed
    }
}
