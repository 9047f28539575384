import Glibc
import Policy

/// Which commit an executable was built from, and by which compiler: `make` writes it to a file beside the executable
/// (see `.ci/stamp`), so that a commit makes nothing compile anew.
///
/// A file that another build left behind would name the wrong commit: it counts only for the very executable that it
/// describes, told by its size and time, or where it was copied, by its digest.
package struct BuildRecord: Equatable, Sendable {
    /// In hexadecimal digits, with "+changes" where files differed from it.
    package let commit: String
    /// The compiler's version: 6.3.1.
    package let compiler: String

    /// What the name of the executable's file is followed by.
    package static let ending = ".commit"
    /// A record is five lines; a longer file is none.
    private static let bytesMax = 1_024

    /// The record of the program that runs; nil: there is none that fits it.
    package static let ofThisProgram = thisProgram.flatMap(read)

    /// The record of an executable; nil: there is none, or it is another build's.
    ///
    /// Takes as long as reading the executable where it was copied since, a few microseconds otherwise.
    package static func read(of executable: String) -> BuildRecord? {
        guard let values = values(inFile: executable + ending), let status = FileStatus(executable) else { return nil }
        guard let commit = values["commit"], isCommit(commit), let compiler = values["swift"], isVersion(compiler),
            values["bytes"] == String(status.bytes)
        else { return nil }
        guard values["modified"] == status.modified || values["sha256"] == sha256(ofFile: executable)
        else { return nil }
        return BuildRecord(commit: commit, compiler: compiler)
    }

    /// The lines of a record, "name value".
    private static func values(inFile path: String) -> [String: String]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard count <= bytesMax else { return nil }
        var values: [String: String] = [:]
        for line in String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        return values
    }

    private static func isCommit(_ text: String) -> Bool { text.wholeMatch(of: /[0-9a-f]{40,64}(\+changes)?/) != nil }

    private static func isVersion(_ text: String) -> Bool { text.wholeMatch(of: /[0-9A-Za-z.+-]{1,40}/) != nil }

    /// Path of the executable that runs, without symbolic links.
    private static var thisProgram: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}

/// What a file's record is compared with.
private struct FileStatus {
    let bytes: Int
    /// Seconds and nanoseconds since 1970: 1764440000.012345678, as `stat` prints them.
    let modified: String

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        bytes = Int(status.st_size)
        let nanoseconds = String(status.st_mtim.tv_nsec)
        modified = "\(status.st_mtim.tv_sec)." + String(repeating: "0", count: 9 - nanoseconds.count) + nanoseconds
    }
}
