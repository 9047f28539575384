import Foundation
import Ledger

/// A file of a run that cannot be read or written, or is not what it should be.
package struct RunProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do.
    package var description: String

    package init(_ description: String) { self.description = description }

    static func file(_ path: String, _ action: String) -> RunProblem {
        RunProblem("\(path): cannot \(action): \(String(cString: strerror(errno)))")
    }
}

/// Size and checksum of a file: tells after a crash of the machine whether what was not synced is whole.
package struct FileMark: Codable, Equatable {
    var bytes = 0
    /// XXH64 of each piece of `RunWriter.pieceBytes`, seeded by that of the pieces before it.
    var checksum: UInt64 = 0

    fileprivate mutating func add(_ piece: UnsafeRawBufferPointer) {
        bytes += piece.count
        checksum = Checksum.of(piece, seed: checksum)
    }

    /// True where the file is what was written.
    func isOf(_ path: String) -> Bool {
        guard let size = try? FileBytes.size(path), size == bytes else { return false }
        guard let reader = try? RunReader(path) else { return false }
        var found = FileMark()
        while found.bytes < size {
            let count = min(RunWriter.pieceBytes, size - found.bytes)
            guard (try? reader.next(count) { found.add($0) }) != nil else { return false }
        }
        return found == self
    }
}

/// A file that is written from its beginning in large pieces, and is there only when all of it is: until `finish` it
/// stands in `PATH.partial`.
package final class RunWriter {
    /// Bytes gathered before a write. There are as many writers at once as partitions, so that is what they cost.
    static let pieceBytes = 128 << 10

    @exclusivity(unchecked) private var mark = FileMark()
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
    package func finish(isDurable: Bool = true) throws(RunProblem) -> FileMark {
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

/// A file that is read from its beginning in large pieces.
package final class RunReader {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0

    package init(_ path: String, bufferBytes: Int = 256 << 10) throws(RunProblem) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .file(path, "open") }
        buffer = [UInt8](repeating: 0, count: bufferBytes)
    }

    deinit { close(descriptor) }

    /// The next `count` bytes, handed to `body`; false: the file ends here.
    package func next<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) throws(RunProblem) -> Result? {
        if end - start < count, try !fill(count) { return nil }
        defer { start += count }
        return buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
    }

    /// False: the file ends before the first of them.
    private func fill(_ count: Int) throws(RunProblem) -> Bool {
        buffer.replaceSubrange(0..<end - start, with: buffer[start..<end])
        (start, end) = (0, end - start)
        if buffer.count < count { buffer.append(contentsOf: [UInt8](repeating: 0, count: count - buffer.count)) }
        while end < count {
            let room = end
            let got = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + room, $0.count - room) }
            if got < 0 {
                if errno == EINTR { continue }
                throw .file(path, "read")
            }
            if got == 0 {
                if end == 0 { return false }
                throw RunProblem("\(path): ends in the middle of a record; remove the run's folder and run again")
            }
            end += got
        }
        return true
    }
}
