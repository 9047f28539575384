import Glibc

/// Prometheus's standard figures of a process.
struct ProcessFigures: Sendable {
    /// Files that are open, and the most that may be.
    var openFiles = 0
    var openFilesMax = 0
    var virtualBytes = 0
    var residentBytes = 0

    /// Reads them from the system; takes some microseconds, and one for each open file.
    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.openFilesMax = Int(clamping: limit.rlim_cur)
        }
        if let folder = opendir("/proc/self/fd") {
            // Without "." and ".." and the folder itself.
            var count = -3
            while Glibc.readdir(folder) != nil { count += 1 }
            closedir(folder)
            figures.openFiles = max(0, count)
        }
        let pages = text(of: "/proc/self/statm").split(separator: " ").compactMap { Int($0) }
        let pageBytes = sysconf(Int32(_SC_PAGESIZE))
        if pages.count >= 2 {
            (figures.virtualBytes, figures.residentBytes) = (pages[0] * pageBytes, pages[1] * pageBytes)
        }
        return figures
    }

    /// CPU time of the process, in microseconds.
    static var cpuMicroseconds: UInt64 {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
    }

    private static func microseconds(_ time: timeval) -> UInt64 {
        UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_usec)
    }

    /// When the process started, in hundredths of a second since 1970; 0: the system does not say.
    static let startHundredths: UInt64 = {
        // Behind the name, which may have blanks: the 20th is when it started, in ticks since the machine did.
        let status = text(of: "/proc/self/stat")
        guard let name = status.lastIndex(of: ")") else { return 0 }
        let fields = status[status.index(after: name)...].split(separator: " ")
        let machine = text(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard fields.count > 19, let ticks = UInt64(fields[19]),
            let booted = machine.flatMap({ UInt64($0.dropFirst(6)) })
        else { return 0 }
        return booted * 100 + ticks * 100 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }()

    /// A file of /proc, its first 64 KiB.
    private static func text(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            guard got > 0 else { break }
            count += got
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
