import Foundation
import Policy
import Testing

/// One way of breaking the minimal pack, and what must be said about it.
struct Mutation: CustomTestStringConvertible, Sendable {
    /// The line (1-based) of minimal.yaml that is changed.
    var line: Int
    var old: String
    var new: String
    /// Where the problem is reported; the changed line, if nothing else is said.
    var reportedAt: Int
    var says: String

    init(_ line: Int, _ old: String, _ new: String, at reportedAt: Int? = nil, says: String) {
        self.line = line
        self.old = old
        self.new = new
        self.reportedAt = reportedAt ?? line
        self.says = says
    }

    var testDescription: String { "line \(line): '\(old)' → '\(new)'" }

    static let minimal: String = {
        let file = Bundle.module.bundleURL.appendingPathComponent("Packs/minimal.yaml")
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }()

    /// The minimal pack with the change made.
    func apply() throws -> String {
        var lines = Mutation.minimal.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let found = try #require(lines[line - 1].range(of: old), "line \(line) is '\(lines[line - 1])'")
        lines[line - 1].replaceSubrange(found, with: new)
        return lines.joined(separator: "\n")
    }

    static func problems(of yaml: String) -> [PolicyProblem] {
        do {
            _ = try PolicyPack.read(bytes: Array(yaml.utf8), file: "minimal.yaml")
            return []
        } catch {
            return error.problems
        }
    }

    /// Expects the problem, at its line, with its reason.
    func check() throws {
        let problems = Mutation.problems(of: try apply())
        #expect(
            problems.contains { $0.line == reportedAt && $0.message.contains(says) },
            "expected line \(reportedAt): …\(says)…; got \(problems.map(\.description))")
        #expect(problems.allSatisfy { $0.file == "minimal.yaml" })
    }
}
