import Glibc

/// Other names of a ledger's file: its log and its witness lie beside the name by which it was open.
extension StorePlace {
    /// Another name of the file, in its folder, beside which there is a log that is not empty; nil: there is none.
    ///
    /// Looks through the folder where the file has more than one name.
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
            // The number in the folder saves looking at every file.
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
