import Glibc

/// Other names (hard links) of a ledger's file: log and witness lie beside the name by which it was opened.
extension StoreFiles {
    /// Another name of the file, in its folder, with a non-empty log beside it; nil: none.
    ///
    /// Scans the folder only if the file has more than one name.
    func otherNameWithLog() -> String? {
        var own = stat()
        guard stat(path, &own) == 0, own.st_nlink > 1, let cut = path.lastIndex(of: "/"),
            let folder = opendir(String(path[...cut]))
        else { return nil }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // The directory's inode number saves a `stat` of every file.
            guard entry.pointee.d_ino == own.st_ino else { continue }
            let other = String(path[...cut]) + name
            var (facts, log) = (stat(), stat())
            if other != path, stat(other, &facts) == 0, facts.st_dev == own.st_dev, facts.st_ino == own.st_ino,
                stat(other + "-wal", &log) == 0, log.st_size > 0
            {
                return other
            }
        }
        return nil
    }
}
