import Glibc
import Records
import Settlement

/// Writes lines to a log's files; one thread's.
///
/// What was written and not yet synced survives a kill of the process; what was synced survives a power failure.
final class AuditWriter {
    private let folder: String
    private var descriptor: Int32 = -1
    private var headDescriptor: Int32 = -1
    private(set) var head: AuditHead
    /// The number of the present file, its bytes and the day that it was begun on.
    private var number: Int
    private var bytes: Int
    private var day: Int32
    private let fileBytesMax: Int

    /// Opens a folder's log at its end; makes folder and log where there is none.
    ///
    /// - Parameter torn: is set to the bytes of an unfinished last line, which are taken off.
    /// - Throws: where the folder cannot be used, another process writes to it, or the last file is not sound.
    init(
        _ folder: String, fileBytesMax: Int = AuditLimit.fileBytes, torn: inout Int
    ) throws(AuditProblem) {
        self.folder = folder
        self.fileBytesMax = fileBytesMax
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw AuditProblem(folder, "cannot be made", errno) }
        let numbers = try AuditFiles.numbers(folder)
        number = numbers.last ?? 0
        head = AuditHead(sequence: 0, chain: AuditChain())
        (bytes, day) = (0, 0)
        headDescriptor = open(AuditFiles.headPath(folder), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard headDescriptor >= 0 else { throw AuditProblem(AuditFiles.headPath(folder), "cannot be opened", errno) }
        guard flock(headDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw AuditProblem(folder, "is written by another server: name a folder of its own with --audit")
        }
        guard number > 0 else { return }
        let found = try AuditTail.read(folder, numbers, known: AuditHead.read(folder))
        (head, bytes, day, torn) = (found.head, found.bytes, found.day, found.torn)
        try openFile(number)
        if torn > 0, ftruncate(descriptor, off_t(bytes)) != 0 {
            throw AuditProblem(AuditFiles.path(folder, number), "its torn end cannot be taken off", errno)
        }
    }

    deinit { end() }

    /// Closes the log, which another may open then; nothing is written any more.
    func end() {
        for open in [descriptor, headDescriptor] where open >= 0 { close(open) }
        (descriptor, headDescriptor) = (-1, -1)
    }

    /// Writes lines and has them synced; where it fails, nothing of them counts as written.
    ///
    /// - Parameter texts: of each line its time, and what makes its text of its number and its time.
    func write(_ texts: [(time: Moment, make: (UInt64, Moment) -> [UInt8])]) throws(AuditProblem) {
        guard let first = texts.first else { return }
        try beginFile(on: first.time.date.number)
        var next = head
        var block: [UInt8] = []
        for (time, make) in texts {
            next.sequence += 1
            block += AuditLine.bound(make(next.sequence, time), &next.chain)
        }
        try append(block)
        head = next
        bytes += block.count
        // Not fatal: an older head is one that fewer missing lines are noticed by.
        _ = head.write(headDescriptor)
    }

    private func append(_ block: [UInt8]) throws(AuditProblem) {
        let path = AuditFiles.path(folder, number)
        var written = 0
        while written < block.count {
            let count = block.withUnsafeBytes { rest in
                pwrite(descriptor, rest.baseAddress! + written, rest.count - written, off_t(bytes + written))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                // What was begun is taken off, so that the file ends with a whole line.
                _ = ftruncate(descriptor, off_t(bytes))
                throw AuditProblem(path, "cannot be written", code)
            }
            written += count
        }
        guard fdatasync(descriptor) == 0 else {
            let code = errno
            _ = ftruncate(descriptor, off_t(bytes))
            throw AuditProblem(path, "cannot be synced", code)
        }
    }

    // MARK: Files

    /// A new file where there is none, where the present one is full, and on each day.
    private func beginFile(on today: Int32) throws(AuditProblem) {
        guard descriptor < 0 || bytes >= fileBytesMax || (today > day && bytes > 0) else { return }
        let path = AuditFiles.path(folder, number + 1)
        let made = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made >= 0 else { throw AuditProblem(path, "cannot be made", errno) }
        let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            _ = fsync(parent)
            close(parent)
        }
        if descriptor >= 0 { close(descriptor) }
        (descriptor, bytes, day) = (made, 0, today)
        number += 1
    }

    private func openFile(_ number: Int) throws(AuditProblem) {
        let path = AuditFiles.path(folder, number)
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw AuditProblem(path, "cannot be opened", errno) }
    }
}
