import Glibc

/// Files of certificates and keys, before OpenSSL reads them: its words for what is wrong name neither file nor cause.
enum TLSFile {
    /// - Throws: `TLSProblem` where there is no such file, or it is too large to be one.
    static func check(_ path: String, _ what: String) throws(TLSProblem) {
        var facts = stat()
        guard access(path, R_OK) == 0, stat(path, &facts) == 0 else {
            throw TLSProblem("\(path): the \(what) cannot be read: \(String(cString: strerror(errno)))")
        }
        guard facts.st_mode & S_IFMT != S_IFDIR else { throw TLSProblem("\(path): is a folder; name a file") }
        guard facts.st_size <= TLSLimits.fileBytesMax else {
            throw TLSProblem(
                "\(path): has \(facts.st_size) bytes, more than the \(TLSLimits.fileBytesMax) that a \(what) may have")
        }
    }

    /// Whether others than its owner's group may read it.
    static func isOpenToAll(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IRWXO != 0
    }
}
