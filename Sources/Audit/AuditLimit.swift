/// Limits of the audit log.
package enum AuditLimit {
    /// Bytes of a file, above which the next one is begun: an hour at a thousand events a second, and still searched
    /// within a second.
    package static let fileBytes = 64 << 20
    /// Events that wait for the disk at most: two seconds of a server's most, some 40 MB.
    package static let waitingMax = 65_536
    /// Bytes of one value in a line; ids have 64, names of callers as many.
    package static let valueBytesMax = 128
    /// Bytes of a line, with room for all its values escaped.
    package static let lineBytesMax = 16 << 10
    /// Seconds between two tries while the disk takes nothing.
    package static let retrySeconds = 1
}
