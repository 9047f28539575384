import Foundation
import LedgerFormat

/// A server's record of a run, stored in its folder: options and progress, so that the run can be inspected and
/// resumed, also after a restart.
package struct RunRecord: Codable, Equatable, Sendable {
    package enum Stage: String, Codable, Sendable {
        case reading, posting, done, failed, stopped

        /// Whether the run is at work, or was when the server ended.
        package var isUnderWay: Bool { self == .reading || self == .posting }
    }

    static let fileName = "run.json"

    /// Version of this format.
    package var format = 1
    package var name: String
    package var options: YearOptions
    package var isDryRun: Bool
    package var stage = Stage.reading
    /// Why it failed, and what to do.
    package var message = ""
    package var posting = PostingResult()
    /// Who started it, or took it up last: in whose name it books; nil: nobody was named.
    package var caller: String?
    package var operatorCode: String?
    /// Milliseconds since 1970, UTC.
    package var startedAt: Int64
    package var changedAt: Int64

    package init(name: String, options: YearOptions, isDryRun: Bool, at now: Int64) {
        self.name = name
        self.options = options
        self.isDryRun = isDryRun
        startedAt = now
        changedAt = now
    }

    /// In whose name it books.
    package var origin: RecordOrigin? {
        get { RecordOrigin(caller: caller ?? "", operatorCode: operatorCode ?? "") }
        set { (caller, operatorCode) = (newValue?.caller, newValue?.operatorCode) }
    }

    /// Whether the folder holds a run that began: one that was refused before it did anything may be asked otherwise.
    package static func hasBegun(_ folder: String) -> Bool { FileBytes.exists(folder + "/manifest.json") }

    /// The record in a run's folder; nil: there is none, or it cannot be read.
    package static func read(_ folder: String) -> RunRecord? {
        guard let bytes = try? FileBytes.read(folder + "/" + fileName) else { return nil }
        return try? JSONDecoder().decode(RunRecord.self, from: Data(bytes))
    }

    /// Replaces the record in the folder, which is made where there is none.
    package func write(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch { throw RunProblem("\(folder): cannot create: \(error.localizedDescription)") }
        try FileBytes.write(folder + "/" + Self.fileName, try RunFolder.encode(self))
    }
}
