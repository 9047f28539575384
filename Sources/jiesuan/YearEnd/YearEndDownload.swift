import Client
import Foundation
import YearEnd

/// Downloads the files of a run from a server into a folder, part by part, each checked by its digest; a download is
/// resumed after a lost connection.
struct YearEndDownload {
    private let client: YearEndClient
    private let run: String
    private let folder: String

    /// - Throws: `Failure` where the folder cannot be made.
    init(_ client: YearEndClient, run: String, folder: String) throws {
        self.client = client
        self.run = run
        self.folder = folder
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch { throw Failure(.file, "\(folder): cannot be made: \(error.localizedDescription)") }
    }

    /// Fetches the missing files, and returns the number of files present.
    func fetch(progress: (_ bytes: Int, _ share: Double) -> Void = { _, _ in }) throws -> Int {
        let files = try client.files(run)
        // Names from a server become file names here, so they are checked.
        if let odd = files.first(where: { !RunFiles.isPlain($0.name) }) {
            throw Failure(.server, "the server names a file that is no plain name (\(odd.name.utf8.count) bytes)")
        }
        let all = files.reduce(0.0) { $0 + Double($1.size) }
        var done = 0
        for file in files {
            try fetch(file) { bytes in
                done += bytes
                progress(done, all == 0 ? 1 : Double(done) / all)
            }
        }
        return files.count
    }

    private func fetch(_ file: RemoteYearEndFile, _ progress: (Int) -> Void) throws {
        let path = folder + "/" + file.name
        if isWhole(path, file) { return progress(Int(clamping: file.size)) }
        let partial = path + ".partial"
        let begun = size(partial)
        try append(file, to: partial, from: begun > file.size ? 0 : begun, progress)
        if !isWhole(partial, file) {
            // An existing file may be of another run: it is fetched again from its beginning, once.
            guard begun > 0 else { throw broken(file) }
            try append(file, to: partial, from: 0, progress)
            guard isWhole(partial, file) else { throw broken(file) }
        }
        guard rename(partial, path) == 0 else {
            throw Failure(.file, "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    private func append(
        _ file: RemoteYearEndFile, to path: String, from start: UInt64, _ progress: (Int) -> Void
    ) throws {
        do {
            if start == 0 { try Data().write(to: URL(fileURLWithPath: path)) }
            let output = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            defer { try? output.close() }
            var offset = try output.seekToEnd()
            progress(Int(clamping: offset))
            while offset < file.size {
                let part = try client.read(run, file: file.name, from: offset)
                guard !part.isEmpty else { throw broken(file) }
                try output.write(contentsOf: part)
                offset += UInt64(part.count)
                progress(part.count)
            }
            try output.synchronize()
        } catch let error as ClientError { throw error } catch let failure as Failure { throw failure } catch {
            throw Failure(.file, "\(path): cannot be written: \(error.localizedDescription)")
        }
    }

    private func isWhole(_ path: String, _ file: RemoteYearEndFile) -> Bool {
        size(path) == file.size && (try? RunFiles.digest(path)) == file.sha256
    }

    private func size(_ path: String) -> UInt64 {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.uint64Value ?? 0
    }

    private func broken(_ file: RemoteYearEndFile) -> Failure {
        Failure(.server, "\(file.name): what came is not what the server says it is (SHA-256); run again")
    }
}
