import Glibc

/// The file of a list of callers: read only while nobody else can read it, replaced as a whole.
package struct AccessFile: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    /// What tells one state of the file from another, without reading it.
    package struct Stamp: Equatable, Sendable {
        fileprivate var inode: UInt64 = 0
        fileprivate var size = 0
        fileprivate var seconds = 0
        fileprivate var nanoseconds = 0
    }

    /// The present state; nil: there is no file.
    package var stamp: Stamp? {
        var found = stat()
        return stat(path, &found) == 0 ? Stamp(found) : nil
    }

    /// - Throws: that it cannot be read, is somebody else's, or is no list.
    package func read() throws(AccessProblem) -> AccessList {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw problem("cannot be read") }
        defer { close(descriptor) }
        let text = try PrivateFile.text(descriptor, path, bytesMax: AccessList.bytesMax, "the list of callers")
        return try AccessList(text: text, name: path)
    }

    /// Changes the list, or begins one where there is no file; others who change it wait.
    package func change(_ body: (inout AccessList) throws(AccessProblem) -> Void) throws(AccessProblem) {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw problem("cannot be locked") }
        defer { close(lock) }
        var list = stamp == nil ? AccessList() : try read()
        try body(&list)
        try write(list)
    }

    /// Writes beside the file, makes that durable, and puts it in the file's place: a reader finds the old one or the
    /// new one.
    private func write(_ list: AccessList) throws(AccessProblem) {
        let next = "\(path).\(getpid()).new"
        unlink(next)
        let descriptor = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem("cannot be written beside") }
        var isWritten = fchmod(descriptor, 0o600) == 0
        let bytes = Array(list.text.utf8)
        var done = 0
        while isWritten, done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            isWritten = count > 0
            done += max(0, count)
        }
        isWritten = isWritten && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(next, path) == 0 else {
            let failure = problem("cannot be written")
            unlink(next)
            throw failure
        }
        let folder = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func problem(_ what: String) -> AccessProblem {
        AccessProblem("\(path) \(what): \(String(cString: strerror(errno)))")
    }
}

extension AccessFile.Stamp {
    fileprivate init(_ found: stat) {
        inode = UInt64(found.st_ino)
        size = Int(found.st_size)
        seconds = found.st_mtim.tv_sec
        nanoseconds = found.st_mtim.tv_nsec
    }
}

/// Files with secrets: read only while they are their owner's alone.
package enum PrivateFile {
    /// The text of an open file.
    ///
    /// - Throws: that it is no file, others may read or write it, it belongs to somebody else, or is too large.
    package static func text(
        _ descriptor: Int32, _ path: String, bytesMax: Int, _ what: String
    ) throws(AccessProblem) -> String {
        var found = stat()
        guard fstat(descriptor, &found) == 0, found.st_mode & S_IFMT == S_IFREG else {
            throw AccessProblem("\(path) is no file")
        }
        guard found.st_mode & 0o077 == 0 else {
            let mode = String(found.st_mode & 0o777, radix: 8)
            throw AccessProblem(
                "\(path) (\(what)) may be read or written by others, its mode is \(mode): chmod 600 \(path)")
        }
        guard found.st_uid == geteuid() || found.st_uid == 0 else {
            throw AccessProblem("\(path) (\(what)) belongs to another user: chown it to the one that runs this")
        }
        guard found.st_size <= bytesMax else { throw AccessProblem("\(path) has more than \(bytesMax) bytes") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AccessProblem("\(path) cannot be read: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= bytesMax else { throw AccessProblem("\(path) has more than \(bytesMax) bytes") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw AccessProblem("\(path) is no text in UTF-8")
        }
        return text
    }

    /// The secret that a file holds, without the line's end: a token.
    package static func secret(_ path: String) throws(AccessProblem) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw AccessProblem("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let text = try text(descriptor, path, bytesMax: 4096, "a token")
        let secret = text.prefix { !$0.isNewline }
        guard !secret.isEmpty, secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw AccessProblem("\(path) holds no token in its first line")
        }
        return String(secret)
    }
}
