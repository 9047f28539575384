import Foundation
import Measurement

/// `history.ndjson`: a line for every run, the oldest first.
package enum HistoryFile {
    /// The lines; none where there is no such file yet.
    package static func read(_ path: String) throws(ReportProblem) -> [HistoryLine] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        var lines: [HistoryLine] = []
        for (number, bytes) in try ResultsReader.lines(path) {
            let location = "\(path): line \(number)"
            let line: HistoryLine = try ResultsReader.decode(bytes, location)
            for figure in line.figures { try Figures.check(figure, location) }
            guard !lines.contains(where: { $0.startedAt == line.startedAt }) else {
                throw ReportProblem("\(location): startedAt \(line.startedAt) stands twice; take one of the lines out")
            }
            lines.append(line)
        }
        return lines
    }

    /// Adds a run, all of its line or nothing; a run that is there already stays as it is.
    ///
    /// - Returns: whether it was added.
    package static func append(_ line: HistoryLine, to path: String) throws(ReportProblem) -> Bool {
        guard !(try read(path).contains { $0.startedAt == line.startedAt }) else { return false }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let exists = FileManager.default.fileExists(atPath: path)
        var bytes = exists ? try ResultsReader.bytes(path) : Data()
        if let end = bytes.last, end != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        do {
            bytes.append(try encoder.encode(line))
            bytes.append(UInt8(ascii: "\n"))
            // Written beside it and renamed: whoever reads meanwhile sees the old file or the new one.
            try bytes.write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw ReportProblem("\(path): cannot be written: \(error.localizedDescription)")
        }
        return true
    }
}
