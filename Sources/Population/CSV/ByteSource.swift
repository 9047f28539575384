#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A source of bytes: a file, or memory in tests.
package protocol ByteSource {
    /// Reads up to `buffer.count` bytes; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int
    /// The name shown in errors.
    var name: String { get }
}

extension ByteSource {
    package var name: String { "the file" }
}

/// A file that could not be opened, read or written.
package struct FileProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package var path: String
    package var reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// The problem that `errno` names.
    package init(path: String, doing action: String) {
        self.init(path: path, reason: "cannot \(action): \(String(cString: strerror(errno)))")
    }

    package var description: String { "\(path): \(reason)" }
}

/// A file that is read from its beginning; "-" is the standard input.
package final class FileSource: ByteSource {
    private let path: String
    private let descriptor: Int32
    private let isOwned: Bool

    package init(path: String) throws(FileProblem) {
        self.path = path == "-" ? "standard input" : path
        isOwned = path != "-"
        descriptor = isOwned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        if descriptor < 0 { throw FileProblem(path: path, doing: "open") }
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    package var name: String { path }

    /// Bytes of the file, for a progress bar; nil: not known (a pipe).
    package var size: Int64? {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(facts.st_size)
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            if errno != EINTR { throw FileProblem(path: path, doing: "read") }
        }
    }
}

/// Bytes in memory, handed out in pieces of at most `piece` bytes.
package struct MemorySource: ByteSource {
    private let bytes: [UInt8]
    private let piece: Int
    private var position = 0

    package init(_ bytes: [UInt8], piece: Int = .max) {
        self.bytes = bytes
        self.piece = piece
    }

    package init(_ text: String, piece: Int = .max) { self.init(Array(text.utf8), piece: piece) }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileProblem) -> Int {
        let count = min(piece, buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}
