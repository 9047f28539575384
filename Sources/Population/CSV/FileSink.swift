#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that is written from its beginning, in large pieces; "-" is the standard output.
///
/// What is written is complete only after `finish()`, which says so where it is not (disk full). Until then it stands
/// in `PATH.partial`, so that no half of a file is ever taken for the whole.
package final class FileSink {
    /// Bytes gathered before a write: large enough that the system call does not count.
    package static var pieceBytes: Int { 1 << 18 }

    private let path: String
    /// Where the bytes go until `finish()`; nil: straight to `path`, which is a device or a pipe.
    private let partialPath: String?
    private let descriptor: Int32
    private let isOwned: Bool
    private var isFinished = false
    /// Bytes on their way to the file; appended to by writers, which call `flushIfFull()` after each row.
    package var bytes: [UInt8] = []

    package init(path: String) throws(FileProblem) {
        self.path = path == "-" ? "standard output" : path
        isOwned = path != "-"
        partialPath = isOwned && FileIdentity(path: path).map(\.isRegular) ?? true ? path + ".partial" : nil
        let target = partialPath ?? path
        descriptor = isOwned ? open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) : STDOUT_FILENO
        if descriptor < 0 { throw FileProblem(path: path, doing: "create") }
        bytes.reserveCapacity(Self.pieceBytes + Self.pieceBytes / 8)
    }

    deinit {
        if isOwned, !isFinished { close(descriptor) }
    }

    /// Writes what has gathered where it is a piece.
    package func flushIfFull() throws(FileProblem) {
        if bytes.count >= Self.pieceBytes { try flush() }
    }

    /// Writes what has gathered.
    package func flush() throws(FileProblem) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileProblem(path: path, doing: "write")
            }
            written += count
        }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Writes the rest and closes the file.
    package func finish() throws(FileProblem) {
        try flush()
        isFinished = true
        if isOwned, close(descriptor) != 0 { throw FileProblem(path: path, doing: "close") }
        if let partialPath, rename(partialPath, path) != 0 { throw FileProblem(path: path, doing: "finish") }
    }
}

/// Which file a path leads to.
package struct FileIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64
    package let isRegular: Bool

    /// Nil where there is no such file.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
