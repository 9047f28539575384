#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A sequential writer of a file, in large pieces; "-" is the standard output.
///
/// The file is complete only after `finish()`, which throws where it is not (disk full). Until then it is named
/// `PATH.partial`, so that half a file is never taken for the whole.
package final class FileSink {
    /// Bytes buffered before a write: enough that the cost of the system call is negligible.
    package static var pieceBytes: Int { 1 << 18 }

    private let path: String
    /// Path of the file until `finish()`; nil: `path` itself, a device or a pipe.
    private let partialPath: String?
    private let descriptor: Int32
    private let isOwned: Bool
    private var isFinished = false
    /// Buffered bytes; writers append rows and call `flushIfFull()` after each.
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

    /// Writes the buffer if it has reached `pieceBytes`.
    package func flushIfFull() throws(FileProblem) {
        if bytes.count >= Self.pieceBytes { try flush() }
    }

    /// Writes the buffer.
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

    /// Writes the buffer, closes the file and gives it its name.
    package func finish() throws(FileProblem) {
        try flush()
        isFinished = true
        if isOwned, close(descriptor) != 0 { throw FileProblem(path: path, doing: "close") }
        if let partialPath, rename(partialPath, path) != 0 { throw FileProblem(path: path, doing: "finish") }
    }
}

/// The identity of the file that a path leads to.
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
