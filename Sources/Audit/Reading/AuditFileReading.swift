import Glibc
import Records
import Settlement

/// A file of a log, read whole.
struct AuditFileReading {
    /// Where a line stands.
    struct Place: Equatable, Sendable {
        let file: Int
        /// From 1.
        let line: Int
    }

    private let number: Int
    private let bytes: [UInt8]
    /// The day on which it was written last, China Standard Time.
    let day: Int32

    var count: Int { bytes.count }

    init(_ path: String, _ number: Int) throws(AuditProblem) {
        self.number = number
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AuditProblem(path, "cannot be opened", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw AuditProblem(path, "cannot be read", errno) }
        day = Moment(milliseconds: Int64(status.st_mtim.tv_sec) * 1_000).date.number
        // One group of lines may have come when it was nearly full.
        let most = 4 * AuditLimit.fileBytes
        guard status.st_size <= most else {
            throw AuditProblem(path, "has \(status.st_size) bytes, a file of the log has \(most) at most")
        }
        var found = [UInt8](repeating: 0, count: Int(status.st_size))
        var read = 0
        while read < found.count {
            let count = found.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + read, $0.count - read, off_t(read))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw AuditProblem(path, "cannot be read", errno) }
            if count == 0 { break }
            read += count
        }
        bytes = Array(found[..<read])
    }

    /// Calls `body` with every whole line, without its line feed.
    ///
    /// - Returns: the bytes behind the last one.
    func forEachLine(_ body: (UnsafeRawBufferPointer, Place) -> Void) -> Int {
        bytes.withUnsafeBytes { all in
            var (start, line) = (0, 0)
            while start < all.count {
                let rest = UnsafeRawBufferPointer(rebasing: all[start...])
                guard let end = memchr(rest.baseAddress!, 0x0A, rest.count) else { break }
                let count = UnsafeRawPointer(end) - rest.baseAddress!
                line += 1
                body(UnsafeRawBufferPointer(rebasing: rest[..<count]), Place(file: number, line: line))
                start += count + 1
            }
            return all.count - start
        }
    }
}
