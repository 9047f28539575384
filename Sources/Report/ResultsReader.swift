import Foundation
import Measurement

/// Reads a folder of results as `make bench` leaves it.
package enum ResultsReader {
    package static let environmentFile = "environment.json"
    package static let pointsFile = "points.ndjson"
    package static let rampFile = "ramp.json"
    package static let goalsFile = "goals.json"
    private static let loadPrefix = "load-"

    /// Bytes of a file that is read: a thousand times what a run writes.
    static let fileBytesMax = 64 << 20
    /// Figures lie within: beyond, a double no longer counts ones.
    static let figureMax = 1e15

    /// - Throws: a folder without results, a file that is damaged or of another version.
    package static func read(folder: String) throws(ReportProblem) -> RunResults {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            throw ReportProblem("\(folder): cannot be read as a folder; give the folder that `make bench` wrote")
        }
        var results = RunResults()
        for name in names {
            let path = folder + "/" + name
            switch name {
            case environmentFile: results.environment = try decode(path)
            case rampFile:
                let ramp: RampRecord = try decode(path)
                try Figures.check(ramp, path)
                results.ramp = ramp
            case pointsFile: results.points = try points(path)
            case goalsFile: results.goals = try GoalFile.read(path)
            default:
                guard name.hasPrefix(loadPrefix), name.hasSuffix(".json") else { continue }
                let record: LoadRecord = try decode(path)
                try Figures.check(record, path)
                let short = String(name.dropFirst(loadPrefix.count).dropLast(".json".count))
                results.loads.append(RunResults.Load(name: short, record: record))
            }
            results.files.append(name)
        }
        guard results.files.contains(where: { $0 != goalsFile }) else {
            throw ReportProblem(
                "\(folder): has no results (\(environmentFile), \(pointsFile), \(rampFile), load-NAME.json); "
                    + "run `make bench`, or give the folder that it wrote")
        }
        return results
    }

    /// Every figure once: by group, workload, contender, unit and round.
    private static func points(_ path: String) throws(ReportProblem) -> [BenchPoint] {
        var points: [BenchPoint] = []
        var seen: [[String]: Int] = [:]
        for (number, bytes) in try lines(path) {
            let line = "\(path): line \(number)"
            let point: BenchPoint = try decode(bytes, line)
            try Figures.check(point, line)
            let key = [point.group, point.workload, point.contender, point.unit, "\(point.round)"]
            if let first = seen.updateValue(number, forKey: key) {
                throw ReportProblem(
                    "\(line): repeats line \(first) (\(key.joined(separator: " "))); a figure stands once a round")
            }
            points.append(point)
        }
        return points
    }

    /// Lines that are not blank, with their numbers from 1.
    static func lines(_ path: String) throws(ReportProblem) -> [(number: Int, bytes: Data)] {
        let lines = try bytes(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { location, line in
            let isBlank = line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
            return isBlank ? nil : (location + 1, Data(line))
        }
    }

    static func bytes(_ path: String) throws(ReportProblem) -> Data {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size <= fileBytesMax else {
            throw ReportProblem("\(path): has \(size) bytes, at most \(fileBytesMax) are read; is it a result at all?")
        }
        do { return try Data(contentsOf: URL(filePath: path)) } catch {
            throw ReportProblem("\(path): cannot be read: \(error.localizedDescription)")
        }
    }

    static func decode<Record: Decodable>(_ path: String) throws(ReportProblem) -> Record {
        try decode(try bytes(path), path)
    }

    /// - Parameter location: the file, with the line where it has several records; for the message.
    static func decode<Record: Decodable>(_ bytes: Data, _ location: String) throws(ReportProblem) -> Record {
        do {
            if let expected = SchemaOf.name(Record.self) {
                let found = try JSONDecoder().decode(SchemaOf.self, from: bytes).schema
                guard found == expected else {
                    throw ReportProblem(
                        "\(location): field schema is \"\(found)\", this program reads \"\(expected)\"; "
                            + "measure anew, or use the program that measured")
                }
            }
            return try JSONDecoder().decode(Record.self, from: bytes)
        } catch let problem as ReportProblem {
            throw problem
        } catch {
            throw ReportProblem(
                "\(location): \(describe(error)); the file is damaged or of another version, measure anew")
        }
    }

    private static func describe(_ error: any Error) -> String {
        func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "field \(name(context.codingPath + [key])) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "field \(name(context.codingPath)) is not what it should be: \(context.debugDescription)"
        default:
            return "is not JSON"
        }
    }
}

/// The name that a record says its format has.
private struct SchemaOf: Decodable {
    let schema: String

    static func name(_ type: any Decodable.Type) -> String? {
        switch type {
        case is LoadRecord.Type: LoadRecord.schema
        case is RampRecord.Type: RampRecord.schema
        case is HistoryLine.Type: HistoryLine.schema
        case is GoalFile.Type: GoalFile.schema
        default: nil
        }
    }
}
