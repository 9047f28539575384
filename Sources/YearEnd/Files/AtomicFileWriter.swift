import Foundation

/// Writes a file front to back in large pieces; it appears under its name only when complete (`finish` renames
/// `PATH.partial`).
package final class AtomicFileWriter {
    /// Bytes buffered before a write; memory is this times the partitions, which are all open at once.
    static let pieceBytes = 128 << 10

    @exclusivity(unchecked) private var mark = FileChecksum()
    private let path: String
    private let descriptor: Int32
    private var isOpen = true
    @exclusivity(unchecked) package var bytes: [UInt8] = []

    package init(_ path: String) throws(RunProblem) {
        self.path = path
        descriptor = open(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .file(path, "create") }
        bytes.reserveCapacity(Self.pieceBytes + 4096)
    }

    deinit { if isOpen { close(descriptor) } }

    package func append(_ more: UnsafeRawBufferPointer) throws(RunProblem) {
        bytes.append(contentsOf: more)
        try flushIfFull()
    }

    package func flushIfFull() throws(RunProblem) {
        while bytes.count >= Self.pieceBytes { try write(Self.pieceBytes) }
    }

    private func write(_ count: Int) throws(RunProblem) {
        var written = 0
        while written < count {
            let wrote = bytes.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress! + written, count - written)
            }
            if wrote < 0 {
                if errno == EINTR { continue }
                throw .file(path, "write")
            }
            written += wrote
        }
        bytes.withUnsafeBytes { mark.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        bytes.removeFirst(count)
    }

    /// Writes the rest; then the file is there under its name, and survives a crash of the machine where `isDurable`.
    @discardableResult
    package func finish(isDurable: Bool = true) throws(RunProblem) -> FileChecksum {
        try flushIfFull()
        if !bytes.isEmpty { try write(bytes.count) }
        isOpen = false
        if isDurable, fsync(descriptor) != 0 { throw .file(path, "sync") }
        if close(descriptor) != 0 { throw .file(path, "close") }
        if rename(path + ".partial", path) != 0 { throw .file(path, "finish") }
        if isDurable { try syncDirectory() }
        return mark
    }

    private func syncDirectory() throws(RunProblem) {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let directory = open(parent, O_RDONLY | O_CLOEXEC)
        if directory < 0 { throw .file(parent, "open") }
        defer { close(directory) }
        if fsync(directory) != 0 { throw .file(parent, "sync") }
    }
}
