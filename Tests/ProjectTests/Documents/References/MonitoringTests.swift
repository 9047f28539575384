import Foundation
import TestSupport
import Testing

/// The page of metrics, and what is made of them for Prometheus and Grafana.
@Suite struct `Metrics in the documents` {
    private static let folder = "docs/operating/monitoring/"

    private static func known() throws -> Set<String> {
        let table = try Product.output("metrics", "list", "--markdown")
        return Set(table.matches(of: /(?m)^\| `([a-z_]+)` \|/).map { String($0.1) })
    }

    /// Names of metrics in a text, without the endings that histograms have.
    private static func named(_ text: String) -> Set<String> {
        Set(text.matches(of: /\b((?:jiesuan|process)_[a-z_]+)\b/).map { String($0.1) })
    }

    private static func unknown(_ text: String, _ known: Set<String>) -> [String] {
        named(text).filter { name in
            !["", "_bucket", "_sum", "_count"].contains { ending in
                name.hasSuffix(ending) && known.contains(String(name.dropLast(ending.count)))
            }
        }.sorted()
    }

    @Test func `docs/operating/metrics.md has every metric as the program lists it`() throws {
        let table = try Product.output("metrics", "list", "--markdown")
        try MadeTable.expect("docs/operating/metrics.md", "metrics", is: table)
    }

    @Test(arguments: ["alerts.yml", "dashboard.json"])
    func `alerts and dashboard ask for metrics that there are`(file: String) throws {
        let text = try Repository.text(Self.folder + file)
        let known = try Self.known()
        #expect(known.count > 50 && Self.named(text).count > 5)
        #expect(Self.unknown(text, known).isEmpty)
        #expect(Self.unknown(text + " jiesuan_nothing_total", known) == ["jiesuan_nothing_total"], "it would be found")
    }

    @Test func `promtool takes the alerts, and the dashboard is JSON`() throws {
        let folder = Repository.root.appending(path: Self.folder)
        let promtool = URL(fileURLWithPath: "/usr/bin/promtool")
        try #require(FileManager.default.isExecutableFile(atPath: promtool.path), "apt install prometheus")
        let rules = try ChildProcess.run(promtool, ["check", "rules", folder.appending(path: "alerts.yml").path])
        #expect(rules.code == 0, "\(rules.output)\(rules.complaint)")
        let settings = try ChildProcess.run(promtool, ["check", "config", folder.appending(path: "prometheus.yml").path])
        #expect(settings.code == 0, "\(settings.output)\(settings.complaint)")
        let dashboard = try Data(contentsOf: folder.appending(path: "dashboard.json"))
        let panels = try #require(
            (try JSONSerialization.jsonObject(with: dashboard) as? [String: Any])?["panels"] as? [[String: Any]])
        #expect(panels.count > 10 && panels.allSatisfy { ($0["targets"] as? [Any])?.isEmpty == false })
    }
}
