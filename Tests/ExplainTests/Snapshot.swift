import Foundation
import Testing

/// Texts that are kept beside the tests. UPDATE_SNAPSHOTS=1 writes them anew; then look at what `git diff` says.
enum Snapshot {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots")
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1"

    static func expect(_ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appendingPathComponent(name)
        if updates { try text.write(to: file, atomically: true, encoding: .utf8) }
        let kept = try String(contentsOf: file, encoding: .utf8)
        if kept == text { return }
        let difference = zip(kept.split(separator: "\n"), text.split(separator: "\n")).first { $0 != $1 }
        Issue.record(
            "\(name) has changed, first: \(difference.map { "\($0) → \($1)" } ?? "its length")",
            sourceLocation: sourceLocation)
    }
}
