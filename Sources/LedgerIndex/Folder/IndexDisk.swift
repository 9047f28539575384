import Glibc

/// One change to the folder of derived files, reported before it is made.
package enum DiskStep: Equatable, Sendable {
    case create(String)
    case write(String)
    case sync(String)
    case rename(String, String)
    case remove(String)
    case syncFolder
}

/// The folder of derived files; all changes go through it, so that tests can observe them and inject faults.
package final class IndexDisk: Sendable {
    /// Called before each change, on the thread that makes it; answers 0, or the errno the change fails with.
    package typealias Watch = @Sendable (DiskStep) -> Int32

    package let folder: String
    private let watch: Watch?

    package init(folder: String, watch: Watch? = nil) {
        self.folder = folder
        self.watch = watch
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func check(_ step: DiskStep, _ name: String, _ action: String) throws(DerivedFailure) {
        guard let watch else { return }
        let code = watch(step)
        if code != 0 { throw Self.trouble(name, action, code) }
    }

    static func trouble(_ name: String, _ action: String, _ code: Int32) -> DerivedFailure {
        DerivedFailure(file: name, reason: "cannot \(action): \(String(cString: strerror(code)))")
    }

    /// Creates the folder if it does not exist.
    func makeFolder() throws(DerivedFailure) {
        if mkdir(folder, 0o755) == 0 { return }
        let code = errno
        var facts = stat()
        if code == EEXIST, stat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return }
        throw Self.trouble("the folder of derived files", "make it", code)
    }

    /// Locks the folder for this process until the descriptor is closed; nil: locked by another process.
    func lock(_ name: String) throws(DerivedFailure) -> Int32? {
        let file = Glibc.open(path(name), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if file < 0 { throw Self.trouble(name, "open it", errno) }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
        let code = errno
        Self.close(file)
        if code == EWOULDBLOCK { return nil }
        throw Self.trouble(name, "lock it", code)
    }

    /// A new folder of its own in the machine's folder for temporary files (TMPDIR).
    static func scratch() throws(DerivedFailure) -> IndexDisk {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array((parent + "/jiesuan-index-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw trouble("a scratch folder in \(parent)", "make it", errno) }
        return IndexDisk(folder: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// Removes the folder if it is empty.
    func removeFolder() { _ = rmdir(folder) }

    /// Names of the files in the folder; empty if there is no folder.
    func names() -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Creates or truncates a file; the caller closes it.
    func create(_ name: String) throws(DerivedFailure) -> Int32 {
        try check(.create(name), name, "make it")
        let file = Glibc.open(path(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if file < 0 { throw Self.trouble(name, "make it", errno) }
        return file
    }

    /// Opens a file for appending behind its first `bytes` and truncates the rest; the caller closes it.
    func resume(_ name: String, at bytes: Int) throws(DerivedFailure) -> Int32 {
        try check(.write(name), name, "go on writing it")
        let file = Glibc.open(path(name), O_RDWR | O_CLOEXEC)
        if file < 0 { throw Self.trouble(name, "open it", errno) }
        if ftruncate(file, off_t(bytes)) == 0 { return file }
        let code = errno
        Self.close(file)
        throw Self.trouble(name, "cut it", code)
    }

    /// Sets the offset of the next `write`.
    static func seek(_ file: Int32, to offset: Int, _ name: String) throws(DerivedFailure) {
        if lseek(file, off_t(offset), SEEK_SET) < 0 { throw trouble(name, "write it", errno) }
    }

    /// Opens a file for reading; nil: no such file.
    func open(_ name: String) throws(DerivedFailure) -> Int32? {
        let file = Glibc.open(path(name), O_RDONLY | O_CLOEXEC)
        if file >= 0 { return file }
        if errno == ENOENT { return nil }
        throw Self.trouble(name, "open it", errno)
    }

    /// Appends all bytes.
    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ name: String) throws(DerivedFailure) {
        if bytes.isEmpty { return }
        try check(.write(name), name, "write it")
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress! + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.trouble(name, "write it", errno)
            }
            done += count
        }
    }

    /// fsync: on return the file's bytes survive a crash of the machine.
    func sync(_ file: Int32, _ name: String) throws(DerivedFailure) {
        try check(.sync(name), name, "sync it")
        if fdatasync(file) != 0 { throw Self.trouble(name, "sync it", errno) }
    }

    func rename(_ old: String, to new: String) throws(DerivedFailure) {
        try check(.rename(old, new), old, "rename it")
        if Glibc.rename(path(old), path(new)) != 0 { throw Self.trouble(old, "rename it", errno) }
    }

    /// Removes a file; a failure costs only disk space and is ignored.
    func remove(_ name: String) {
        if let watch, watch(.remove(name)) != 0 { return }
        _ = unlink(path(name))
    }

    /// fsync of the folder: on return its names survive a crash of the machine.
    func syncFolder() throws(DerivedFailure) {
        try check(.syncFolder, "the folder of derived files", "sync it")
        let handle = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if handle < 0 { throw Self.trouble("the folder of derived files", "open it", errno) }
        defer { Self.close(handle) }
        if fsync(handle) != 0 { throw Self.trouble("the folder of derived files", "sync it", errno) }
    }

    /// Fills the buffer from `offset` on; a shorter file is damaged.
    static func read(
        _ file: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer, _ name: String
    ) throws(DerivedFailure) {
        var done = 0
        while done < buffer.count {
            let count = pread(file, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            if count == 0 { throw DerivedFailure(file: name, reason: "ends at byte \(offset + done)") }
            if count < 0 {
                if errno == EINTR { continue }
                throw trouble(name, "read it", errno)
            }
            done += count
        }
    }

    static func close(_ file: Int32) { _ = Glibc.close(file) }

    static func size(_ file: Int32, _ name: String) throws(DerivedFailure) -> Int {
        var facts = stat()
        if fstat(file, &facts) != 0 { throw trouble(name, "look at it", errno) }
        return Int(facts.st_size)
    }
}
