import Glibc

/// Restricts a ledger's name to one writing process: an exclusive `flock` on a file beside it, released by the system
/// however the process ends. The file stays; only the lock counts.
///
/// A ledger with two names, for instance by a hard link, has two such files: `LedgerFile` locks the ledger itself. This
/// lock is also the one that older versions check, and that another host sees in a shared folder.
final class ProcessLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Parameter ledger: path of the ledger, for the message to another process.
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
        // Used only for the message above.
        let text = LockHolder.note(process: getpid(), ledger: ledger)
        if ftruncate(opened, 0) == 0 { _ = pwrite(opened, text, text.count, 0) }
    }

    deinit {
        // Unlocks explicitly: a child process being started may hold the descriptor open for a moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes the lock's file; only where no other process can want the lock.
    func remove() { unlink(path) }
}

/// The system's text for an error number.
func systemError(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
