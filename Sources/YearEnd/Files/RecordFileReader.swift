import Foundation

/// Reads a file of records front to back in large pieces.
package final class RecordFileReader {
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
