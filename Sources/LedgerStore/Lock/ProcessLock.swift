import Glibc

/// Keeps a ledger's name to one writing process: an exclusive `flock` on a file beside it, given back by the system
/// when the process ends, however it ends. The file stays; only the lock counts.
///
/// A ledger that has two names, by a hard link for instance, has two such files: `LedgerFile` locks the ledger itself.
/// This one is also what older versions look at, and what another host sees where both share a folder.
final class ProcessLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Parameter ledger: the file whose name it keeps, for the message that another one gets.
    init(path: String, ledger: String) throws(StoreFailure) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw .unavailable("\(path): \(systemError())") }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = LockHolder(note: opened)
            close(opened)
            guard reason == EWOULDBLOCK else { throw .unavailable("\(path): \(systemError(reason))") }
            throw .unavailable(holder.refusal(lock: path))
        }
        self.path = path
        descriptor = opened
        // For the message above only.
        let text = LockHolder.note(process: getpid(), ledger: ledger)
        if ftruncate(opened, 0) == 0 { _ = pwrite(opened, text, text.count, 0) }
    }

    deinit {
        // A child that is just being started holds the file open for a moment; the lock goes now all the same.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes the file, where nobody else would ever want the lock.
    func remove() { unlink(path) }
}

/// What the system says about an error number.
func systemError(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
