import Foundation
import Policy
import TestSupport
import Testing

/// A server does not start on rules that do not check.
@Suite struct `Bad policy packs` {
    /// The code of the command line for files and packs that cannot be used.
    static let exitCode: Int32 = 3

    /// `jiesuan serve` over a directory that has `text` as its only pack; must not start.
    private func serve(_ text: String) throws -> (code: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("packs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try text.write(to: folder.appendingPathComponent("chongqing.yaml"), atomically: true, encoding: .utf8)
        return try run(Product.program.path, ["serve", "--port", "0", "--policies", folder.path])
    }

    /// The number of the first line of `text` that has `part`.
    private func line(of part: String, in text: String) -> Int {
        1 + text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(part) }!
    }

    @Test func `the server does not start and says file, line and reason`() throws {
        let good = Packs.pack("chongqing").yaml
        func spoiled(_ words: String, _ replacement: String) -> String {
            precondition(good.contains(words), "the pack has changed: \(words)")
            return good.replacingOccurrences(of: words, with: replacement)
        }
        let odd = spoiled("      L1: 100 元", "      L1: 100 元人民币")
        let wrong = spoiled("L1: { tier1: 80 %", "L1: { tier1: 180 %")
        let rows: [(what: String, text: String, line: Int, words: String)] = [
            ("no YAML", "region: [chongqing\n", 2, "not YAML"),
            ("an unknown key", good + "surprise: 1\n", line(of: "surprise: 1", in: good + "surprise: 1\n"), "surprise"),
            ("an amount that is none", odd, line(of: "L1: 100 元人民币", in: odd), "100 元人民币"),
            ("a ratio above the whole", wrong, line(of: "L1: { tier1: 180 %", in: wrong), "180"),
        ]
        for row in rows {
            let result = try serve(row.text)
            #expect(result.code == Self.exitCode, "\(row.what): \(result)")
            #expect(result.output.contains("chongqing.yaml:\(row.line): "), "\(row.what): \(result.output)")
            #expect(result.output.contains(row.words), "\(row.what): \(result.output)")
            #expect(!result.output.contains("listening on"), "\(row.what)")
        }
    }

    @Test func `a directory without a pack, and one that is not there, are refused`() throws {
        let missing = try run(Product.program.path, ["serve", "--port", "0", "--policies", "/nonexistent/packs"])
        #expect(missing.code == Self.exitCode && missing.output.contains("/nonexistent/packs"), "\(missing)")
    }

    @Test func `the good pack from a directory is served`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("packs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = Packs.pack("chongqing").yaml + "\n# an operator's own copy\n"
        try text.write(to: folder.appendingPathComponent("own.yaml"), atomically: true, encoding: .utf8)
        let server = try ServerProcess(["--policies", folder.path])
        guard case .answer(let answer) = try server.connect().calculate(.plain) else { return }
        // Another pack, another digest: an answer says under which it was settled.
        #expect(!answer.digest.isEmpty && answer.digest != Packs.pack("chongqing").digest)
    }
}
