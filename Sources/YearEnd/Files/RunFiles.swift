import Foundation
import Policy

/// A file that a finished run leaves: a result, the report, a list.
package struct ResultFile: Codable, Equatable, Sendable {
    /// Without a folder.
    package var name: String
    /// Bytes.
    package var size: Int
    /// SHA-256 of its bytes, hexadecimal.
    package var sha256: String

    package init(name: String, size: Int, sha256: String) {
        self.name = name
        self.size = size
        self.sha256 = sha256
    }
}

/// The files of a run's folder that are for people.
package enum RunFiles {
    /// Files of a run at most; a year of some hundred institutions and twelve watch lists has far fewer.
    package static let countMax = 10_000

    /// What the run itself needs; nobody else does.
    private static let own: Set = ["manifest.json", "posts.bin", "lock", RunRecord.fileName, digestsName]
    private static let digestsName = "digests.json"

    /// Whether it is the plain name of one file: no path, nothing hidden, nothing that a terminal would obey.
    package static func isPlain(_ name: String) -> Bool {
        (1...200).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.unicodeScalars.allSatisfy { scalar in
                scalar != "/" && scalar != "\\" && scalar.properties.generalCategory != .control
                    && scalar.properties.generalCategory != .format
            }
    }

    /// The files with their digests, by name; computed once, when the run's results are written.
    ///
    /// - Throws: `RunProblem` where the folder cannot be read.
    package static func list(_ folder: String) throws -> [ResultFile] {
        let path = folder + "/" + digestsName
        if let bytes = try FileBytes.read(path),
            let found = try? JSONDecoder().decode([ResultFile].self, from: Data(bytes))
        {
            return found
        }
        guard FileBytes.exists(folder + "/result.json") else { return [] }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw RunProblem("\(folder): cannot be read: \(error.localizedDescription)")
        }
        var files: [ResultFile] = []
        for name in names.sorted() where isPlain(name) && !own.contains(name) && !name.hasSuffix(".partial") {
            let path = folder + "/" + name
            guard isRegular(path) else { continue }
            files.append(ResultFile(name: name, size: try FileBytes.size(path), sha256: try digest(path)))
        }
        guard files.count <= countMax else { throw RunProblem("\(folder): more than \(countMax) files") }
        try FileBytes.write(path, try RunFolder.encode(files))
        return files
    }

    /// SHA-256 of a file's bytes, hexadecimal.
    package static func digest(_ path: String) throws(RunProblem) -> String {
        guard let digest = sha256(ofFile: path) else { throw .file(path, "read") }
        return digest
    }

    /// A part of a file: at most `count` bytes from `offset` on.
    package static func read(_ path: String, from offset: Int, atMost count: Int) throws(RunProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 { throw .file(path, "open") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw .file(path, "read")
            }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
