import Glibc

/// The process that has a ledger open for writing, as far as known; for messages only.
struct LockHolder {
    private let process: Int?
    /// The path by which it opened the ledger.
    private let path: String?

    /// This process.
    static func this(path: String) -> LockHolder { LockHolder(process: Int(getpid()), path: path) }

    /// The refusal of a second writer, with the remedy.
    ///
    /// - Parameter lock: path of the locked file.
    func refusal(lock: String) -> String {
        let who = process.map { ", process \($0)" } ?? ""
        let name = path.map { ", which opened it as \($0)" } ?? ""
        return "the ledger is open for writing in another process\(who)\(name) (lock \(lock)); "
            + "stop that one first, or open the ledger for reading"
    }
}

// MARK: The note in the file beside the ledger

extension LockHolder {
    /// Length of the number field; older versions read it alone.
    private static let numberBytes = 20
    private static let noteBytesMax = numberBytes + Int(PATH_MAX)

    static func note(process: Int32, ledger: String) -> [UInt8] {
        var text = Array("\(process)".utf8)
        text += Array(repeating: UInt8(ascii: "\n"), count: Self.numberBytes - text.count)
        return text + Array((ledger + "\n").utf8)
    }

    /// Reads the note that the lock's holder wrote into the file.
    init(note descriptor: Int32) {
        var text = [UInt8](repeating: 0, count: Self.noteBytesMax)
        let count = pread(descriptor, &text, text.count, 0)
        func words(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.filter { $0 >= 32 }, as: UTF8.self) }
        process = count > 0 ? Int(words(text[..<min(count, Self.numberBytes)])) : nil
        path = count > Self.numberBytes ? words(text[Self.numberBytes..<count]) : nil
    }
}

// MARK: The system's list of locks

extension LockHolder {
    /// Finds the holder of the `flock` on a file, by `/proc/locks`; unknown where the process is another user's and the
    /// file system reports other inode numbers there.
    init(lockOn file: LedgerFile.ID) {
        for (process, device, inode) in Self.locks() where inode == file.inode {
            let path = Self.path(of: file, in: process)
            guard path != nil || device == file.device else { continue }
            self.init(process: process, path: path)
            return
        }
        self.init(process: nil, path: nil)
    }

    /// Lines such as "1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF": kind, process, device as hexadecimal numbers,
    /// number of the file.
    private static func locks() -> [(process: Int, device: UInt64, inode: UInt64)] {
        guard let stream = fopen("/proc/locks", "re") else { return [] }
        defer { fclose(stream) }
        var found: [(process: Int, device: UInt64, inode: UInt64)] = []
        var line: UnsafeMutablePointer<CChar>?
        var room = 0
        defer { free(line) }
        while getline(&line, &room, stream) > 0, let line {
            let words = String(cString: line).split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", let process = Int(words[4]) else { continue }
            let numbers = words[5].split(separator: ":")
            guard numbers.count == 3, let major = UInt64(numbers[0], radix: 16),
                let minor = UInt64(numbers[1], radix: 16),
                let inode = UInt64(numbers[2])
            else { continue }
            // As `makedev` does for numbers below 2^12 and 2^20.
            found.append((process, (minor & 0xff) | major << 8 | (minor & ~0xff) << 12, inode))
        }
        return found
    }

    /// The path by which a process has the file open; nil: not open, or no permission to look.
    private static func path(of file: LedgerFile.ID, in process: Int) -> String? {
        let folder = "/proc/\(process)/fd"
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let link = folder + "/" + name
            guard LedgerFile.ID(of: link) == file else { continue }
            var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = target.withUnsafeMutableBytes { readlink(link, $0.baseAddress!, $0.count) }
            if count > 0 { return String(decoding: target[..<count], as: UTF8.self) }
        }
        return nil
    }
}
