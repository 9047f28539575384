import Foundation
import Testing

@Suite struct `The report command` {
    private static let environment = """
        {"startedAt": "2026-11-22T03:15:07Z", "cpu": "X", "cores": 2, "memoryBytes": 1, "kernel": "6.1", "disk": "ext4",
         "swift": "6.3.1", "flags": "-O", "commit": "042cb5e", "isDirty": false, "packs": {}, "fsyncP50": 1000,
         "fsyncP99": 2000, "versions": {}, "command": "make bench"}
        """
    private static func point(_ value: Int) -> String {
        """
        {"group": "durable", "workload": "settle-batch", "contender": "jiesuan", "round": 1, "value": \(value), \
        "unit": "claims/s"}

        """
    }

    private func folder(_ body: (String) throws -> Void) throws {
        try Program.withFolder { folder in
            try Data(Self.environment.utf8).write(to: folder.appendingPathComponent("environment.json"))
            try Data(Self.point(400_000).utf8).write(to: folder.appendingPathComponent("points.ndjson"))
            try body(folder.path)
        }
    }

    @Test func `a page and its Markdown lie beside the results, and the verdict is printed`() throws {
        try folder { folder in
            let ended = try Program.run("report", folder)
            #expect(ended.code == 0, "\(ended.complaint)")
            // 3,200,000 × 10 ÷ 400,000.
            #expect(ended.output.contains("fits into the night") && ended.output.contains("= 80 s = 0.02 h"))
            let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("1 min 20 s"))
            #expect(try String(contentsOfFile: folder + "/report.md", encoding: .utf8).contains("1 min 20 s"))
        }
    }

    @Test func `population, claims and night are asked for`() throws {
        try folder { folder in
            let ended = try Program.run(
                "report", folder, "--out", folder + "/other.html", "--population", "1000000000", "--claims-per-person",
                "14.4", "--night-hours", "6", "--json")
            #expect(ended.code == 0, "\(ended.complaint)")
            let object = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
            #expect(object?["verdict"] as? String == "doesNotFit")
            let ways = try #require(object?["ways"] as? [[String: Any]])
            #expect(ways.first?["seconds"] as? Double == 36_000)
            #expect(FileManager.default.fileExists(atPath: folder + "/other.html"))
            #expect(FileManager.default.fileExists(atPath: folder + "/other.md"))
        }
    }

    @Test func `a run is added to the history once`() throws {
        try folder { folder in
            let history = folder + "/history.ndjson"
            let first = try Program.run("report", folder, "--append-history", history)
            #expect(first.code == 0 && first.complaint.isEmpty)
            let bytes = try Data(contentsOf: URL(fileURLWithPath: history))
            let again = try Program.run("report", folder, "--append-history", history)
            #expect(again.code == 0 && again.complaint.contains("is there already"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: history)) == bytes)
        }
    }

    @Test func `what cannot be read ends with 3 and names the file, what is wrongly asked with 2`() throws {
        try folder { folder in
            #expect(try Program.run("report", folder, "--population", "0").code == 2)
            #expect(try Program.run("report", folder, "--claims-per-person", "nan").code == 2)
            #expect(try Program.run("report", folder, "--history", "a", "--append-history", "b").code == 2)
            let lost = try Program.run("report", folder, "--history", folder + "/lost.ndjson")
            #expect(lost.code == 3 && lost.complaint.contains("lost.ndjson"))
            try Data("{".utf8).write(to: URL(fileURLWithPath: folder + "/ramp.json"))
            let damaged = try Program.run("report", folder)
            #expect(damaged.code == 3 && damaged.complaint.contains("ramp.json"))
        }
        let none = try Program.run("report", "no-such-folder")
        #expect(none.code == 3 && none.complaint.contains("no-such-folder"))
    }
}
