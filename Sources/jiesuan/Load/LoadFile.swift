import Foundation
import Histogram
import Measurement

/// The result files of a load run.
enum LoadFile {
    /// Nanoseconds of one unit in a `.hgrm` file: milliseconds, as its readers expect.
    private static let hgrmUnit = 1e6

    /// Checks that a file can be written, before a long run whose result would be lost.
    static func check(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(.file, "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    /// Writes a record as JSON; - is the standard output.
    static func write(_ record: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
        if path == "-" { return Terminal.announce(text, terminator: "") }
        try write(text, to: path)
    }

    /// Writes a histogram as HdrHistogram's percentile distribution.
    static func write(_ histogram: Histogram<UInt64>, to path: String) throws {
        var text = ""
        histogram.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: hgrmUnit)
        if path == "-" { return Terminal.announce(text, terminator: "") }
        try write(text, to: path)
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw Failure(.file, "\(path): cannot be written: \(error.localizedDescription)")
        }
    }
}
