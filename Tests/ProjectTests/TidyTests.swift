import Foundation
import Testing

@Suite struct `The project keeps its own rules` {
    static let sources = ["Sources", "Tests", "Benchmarks", "Examples", "Proto"]

    @Test func `no file is too long to read in a sitting`() throws {
        for folder in Self.sources {
            for file in try Repository.files(below: folder, endings: [".swift", ".c", ".h", ".py"]) {
                if file.path().contains("WireMessages") || file.path().contains(".build") { continue }
                let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count <= 450, "\(file.path()) has \(lines.count) lines")
                for (number, line) in lines.enumerated() where line.count > 120 {
                    // Sources' words stand as they are.
                    if file.path().contains("/Tests/") { continue }
                    Issue.record("\(file.path()):\(number + 1) has \(line.count) columns")
                }
            }
        }
    }

    @Test func `no machine's path and no open end stands in the sources`() throws {
        let pattern = try Regex("TODO|FIXME|\\bXXX\\b|/root/|/home/|/tmp/|/work/")
        for folder in Self.sources {
            for file in try Repository.files(below: folder, endings: [".swift", ".c", ".h", ".py", ".sh"]) {
                if file.path().contains("WireMessages") || file.path().contains("TidyTests") { continue }
                if file.path().contains(".build") { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(!text.contains(pattern), "\(file.path())")
            }
        }
    }
}
