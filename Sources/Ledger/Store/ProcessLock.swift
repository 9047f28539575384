import Glibc

/// Keeps a ledger to one writing process: an exclusive `flock` on a file beside it, given back by the system when the
/// process ends, however it ends. The file stays; only the lock counts.
final class ProcessLock: Sendable {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(StoreFailure) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw .unavailable("\(path): \(systemError())") }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.holder(opened)
            close(opened)
            guard reason == EWOULDBLOCK else { throw .unavailable("\(path): \(systemError(reason))") }
            throw .unavailable(
                "the ledger is open for writing in another process\(holder) (lock \(path)); "
                    + "stop that one first, or open the ledger for reading")
        }
        self.path = path
        descriptor = opened
        // The process id is for the message above only.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(opened, 0) == 0 { _ = pwrite(opened, text, text.count, 0) }
    }

    deinit {
        // A child that is just being started holds the file open for a moment; the lock goes now all the same.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes the file, where nobody else would ever want the lock.
    func remove() { unlink(path) }

    private static func holder(_ descriptor: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0, let id = Int(String(decoding: text[..<count].filter { $0 > 32 }, as: UTF8.self)) else {
            return ""
        }
        return ", process \(id)"
    }
}

/// What the system says about an error number.
func systemError(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
