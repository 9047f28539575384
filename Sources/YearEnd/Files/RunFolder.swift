import Foundation

/// A run's folder: its options, finished work and results. Every file appears complete or not at all, so a killed run
/// resumes where it was (YE-7).
final class RunFolder {
    let path: String
    /// What later stages read; gone when the run is done.
    var work: String { path + "/work" }
    private let lock: Int32

    /// - Throws: where it cannot be made, or another process runs in it.
    init(_ path: String) throws(RunProblem) {
        self.path = path
        for folder in [path, path + "/work"] {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw RunProblem("\(folder): cannot create: \(error.localizedDescription)")
            }
        }
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        if lock < 0 { throw .file(path + "/lock", "create") }
        if flock(lock, LOCK_EX | LOCK_NB) != 0 {
            close(lock)
            throw RunProblem("\(path): another run is at work in this folder; wait for it, or name another folder")
        }
    }

    deinit { close(lock) }

    func file(_ name: String) -> String { path + "/" + name }
    func workFile(_ name: String) -> String { work + "/" + name }

    /// Writes the manifest, or compares the run with the one in the folder.
    func begin(_ manifest: RunManifest) throws {
        let bytes = try Self.encode(manifest)
        let path = file("manifest.json")
        guard let found = try FileBytes.read(path) else { return try FileBytes.write(path, bytes) }
        guard found == bytes else {
            throw RunProblem(
                "\(self.path): holds a run over another input or with other options; name another folder, or remove it")
        }
    }

    /// The manifest of the run in the folder; nil: none began.
    func manifest() throws -> RunManifest? {
        guard let bytes = try FileBytes.read(file("manifest.json")) else { return nil }
        return try Self.decode(bytes, file("manifest.json"))
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    static func decode<Value: Decodable>(_ bytes: [UInt8], _ path: String) throws -> Value {
        do { return try JSONDecoder().decode(Value.self, from: Data(bytes)) } catch {
            throw RunProblem("\(path): cannot be read back; remove the run's folder and run again")
        }
    }

    /// The result of a finished piece of work; nil when it is not finished, or not all of its files survived a crash.
    ///
    /// Files in the work folder are not synced, which would take longer than the work; their checksums show whether
    /// they are complete.
    func finished<Value: Decodable>(_ name: String) throws -> Value? {
        guard let bytes = try FileBytes.read(workFile(name)) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: Data(bytes))
    }

    func finish(_ name: String, _ value: some Encodable) throws {
        try FileBytes.write(workFile(name), try Self.encode(value), isDurable: false)
    }

    /// True where every file of the work folder is what its mark says.
    func areWhole(_ marks: [String: FileChecksum]) -> Bool { marks.allSatisfy { $0.value.isOf(workFile($0.key)) } }

    /// Forgets a run that is refused before it did anything, so that the folder may be used again.
    func forget() {
        removeWork()
        try? FileManager.default.removeItem(atPath: file("manifest.json"))
    }

    func removeWork() { try? FileManager.default.removeItem(atPath: work) }
}

/// The manifest: a run's input and options, which determine its results.
struct RunManifest: Codable, Equatable {
    var format = 1
    var options: YearOptions
    var input: [String: String]
    var policies: [String: String]
}
