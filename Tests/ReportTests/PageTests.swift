import Foundation
import HTMLReport
import Measurement
import Report
import ReportTesting
import Testing

@Suite struct `The benchmark's page` {
    private func page(_ report: BenchReport) -> ReportPage { ReportPage(BenchHTML.write(report)) }
    private func text(_ report: BenchReport) -> String { String(decoding: BenchHTML.write(report), as: UTF8.self) }

    private static let sections = [
        "goals", "environment", "throughput", "latency", "ramp", "peers", "limits", "cost", "overload", "history",
        "files",
    ]

    /// A run of which nothing but one figure is there.
    private static var bare: RunResults {
        var results = RunResults()
        results.points = [
            BenchPoint(group: "other", workload: "w", contender: "c", round: 1, value: 1, unit: "calls/s")
        ]
        results.files = ["points.ndjson"]
        return results
    }

    @Test func `it is well formed, asks nothing of a network and runs no program`() {
        for report in [BenchReport(Sample.results(), history: Sample.history()), BenchReport(Self.bare)] {
            #expect(page(report).problem == nil)
            let text = text(report).lowercased()
            for word in ["http:", "https:", "<script", "javascript", "src=", "url(", "@import", "<link", "<iframe"] {
                #expect(!text.contains(word), "\(word)")
            }
            #expect(text.range(of: " on[a-z]+=", options: .regularExpression) == nil)
        }
    }

    @Test func `the first screen says whether the year's end fits into the night, and with what sum`() throws {
        let report = BenchReport(Sample.results(), history: Sample.history())
        let page = page(report)
        let verdict = try #require(page.elements.first { $0.attributes["class"] == "verdict" }).text
        #expect(verdict.contains("fits into the night") && verdict.contains("年终清算一夜可成"))
        let way = try #require(report.projection.basis)
        let seconds = 32_000_000 / way.rate.median
        #expect(verdict.contains(NumberText.duration(seconds)))
        let formula = try #require(page.elements.first { $0.attributes["class"] == "formula" }).text
        #expect(formula.contains("3,200,000 persons × 10 claims ÷ \(NumberText.figure(way.rate.median)) claims/s"))
        let tiles = page.elements.filter { $0.name == "dd" && $0.attributes["class"] == "big" }.map(\.text)
        #expect(tiles.count == 9)
        for headline in report.headlines where headline.figure.unit.hasSuffix("/s") {
            #expect(tiles.contains { $0.hasPrefix(NumberText.figure(headline.spread.median)) })
        }
    }

    @Test(arguments: [
        (40_000_000.0, "verdict", "✓"), (1_700, "verdict tight", "⚠"), (300, "verdict bad", "✗"),
    ])
    func `the verdict has a sign and a colour`(rate: Double, style: String, sign: String) throws {
        var results = Self.bare
        results.points = [
            BenchPoint(
                group: "durable", workload: "settle-batch", contender: "jiesuan", round: 1, value: rate,
                unit: "claims/s")
        ]
        let found = page(BenchReport(results)).elements.first { $0.attributes["class"]?.hasPrefix("verdict") == true }
        #expect(found?.attributes["class"] == style && found?.text.hasPrefix(sign) == true)
    }

    @Test func `the tables have the figures of the results`() throws {
        let results = Sample.results()
        let page = page(BenchReport(results, history: Sample.history()))
        for load in results.loads {
            let throughput = page.cells("throughput")
            #expect(throughput.contains(load.name) && throughput.contains(NumberText.figure(load.record.good)))
            let latency = page.cells("latency")
            for time in [load.record.latency.p50, load.record.latency.p99_99, load.record.latency.max] {
                #expect(latency.contains(NumberText.milliseconds(Double(time))), "\(load.name) \(time)")
            }
        }
        let half = try #require(results.load("half-capacity"))
        #expect(page.cells("latency").contains(NumberText.milliseconds(Double(half.service.p99))))
        let environment = try #require(results.environment)
        for text in [environment.cpu, environment.kernel, environment.commit, "0.231 / 0.912 ms", "15.14"] {
            #expect(page.cells("environment").contains(text))
        }
        let table = PointTable(results.points)
        #expect(!table.keys(group: "peers").isEmpty)
        for key in table.keys(group: "peers") + table.keys(group: "durable") {
            let spread = try #require(table.spread(key))
            #expect(page.cells("peers").contains(NumberText.range(spread)), "\(key)")
        }
        for step in try #require(results.ramp).steps {
            #expect(page.cells("ramp").contains(NumberText.milliseconds(Double(step.run.latency.p99))))
        }
        #expect(page.cells("limits").contains("Memory copy 内存复制") && page.cells("cost").contains("0.0003"))
    }

    @Test func `the knee is named with its rate, or that there is none`() throws {
        let results = Sample.results()
        let said = page(BenchReport(results)).texts("p", in: "ramp").joined()
        #expect(said.contains("The knee is at 339,200 requests/s, 80.0 % of the capacity"))
        #expect(said.contains("p99 is more than 5 times that of the lowest step"))
        var none = results
        none.ramp?.knee = nil
        let without = page(BenchReport(none))
        #expect(without.texts("p", in: "ramp").joined().contains("No knee"))
        #expect(!without.elements.contains { $0.attributes["class"] == "mark-line" })
    }

    @Test func `how late an open loop sent is said beside its latency; a disk that was not measured has no figure`() throws {
        var results = Sample.results()
        let load = try #require(results.loads.first { $0.record.lateness != nil }).record
        let before = page(BenchReport(results)).cells("latency")
        #expect(before.contains { $0.contains("sent late by") })
        #expect(before.contains(NumberText.milliseconds(Double(try #require(load.lateness).p99))))
        results.environment?.fsyncP50 = 0
        results.environment?.fsyncP99 = 0
        let cells = page(BenchReport(results)).cells("environment")
        #expect(!cells.contains { $0.contains("0.000 / 0.000") })
    }

    @Test func `memory that grows under overload is said to grow`() throws {
        var results = Sample.results()
        #expect(page(BenchReport(results)).texts("p", in: "overload").joined().contains("Memory is flat"))
        let last = try #require(results.ramp?.overload.indices.last)
        results.ramp?.overload[last].run.server?.residentBytes = 2 << 30
        let said = page(BenchReport(results)).texts("p", in: "overload").joined()
        #expect(said.contains("Memory grows: 319 MiB → 2,048 MiB"))
    }

    @Test func `what was not measured is named, section by section, and nothing is made up`() {
        let page = page(BenchReport(Self.bare))
        for section in Self.sections where section != "files" {
            #expect(page.texts("p", in: section).contains { $0.contains("Not measured") }, "\(section)")
            #expect(page.texts("table", in: section).isEmpty, "\(section)")
        }
        #expect(!page.elements.contains { $0.name == "svg" })
        let whole = self.page(BenchReport(Sample.results(), history: Sample.history()))
        for section in Self.sections {
            #expect(!whole.texts("p", in: section).contains { $0.contains("Not measured") }, "\(section)")
        }
    }

    @Test func `what comes from input is text and never markup`() throws {
        var results = Sample.results()
        let hostile = "\"><script>alert(1)</script>&'\u{1}|`"
        results.environment?.cpu = hostile
        results.environment?.versions = [hostile: "<b>1</b>"]
        results.environment?.packs = [hostile: hostile]
        results.loads[0] = RunResults.Load(name: hostile, record: results.loads[0].record)
        results.loads[1].record.errors = [LoadRecord.ErrorCount(code: 1, name: hostile, count: 3)]
        results.ramp?.knee?.reason = hostile
        for unit in ["claims/s", hostile] {
            results.points.append(
                BenchPoint(group: "peers", workload: hostile, contender: hostile, round: 1, value: 1, unit: unit))
            results.points.append(
                BenchPoint(group: "cost", workload: hostile, contender: "jiesuan", round: 1, value: 1, unit: unit))
        }
        let report = BenchReport(results, history: Sample.history())
        let page = page(report)
        #expect(page.problem == nil)
        #expect(!page.elements.contains { $0.name == "script" || $0.name == "b" && $0.text == "1" })
        let shown = hostile.replacing("\u{1}", with: "\u{FFFD}")
        for section in ["environment", "throughput", "latency", "peers", "cost"] {
            #expect(page.cells(section).contains { $0.contains(shown) }, "\(section)")
        }
        let markdown = BenchMarkdown.write(report)
        #expect(!markdown.contains("<script") && !markdown.contains("\u{1}"))
    }

    @Test func `the same results give the same bytes`() {
        let once = BenchReport(Sample.results(), history: Sample.history())
        var turned = Sample.results()
        turned.points.reverse()
        let again = BenchReport(turned, history: Sample.history().reversed())
        #expect(BenchHTML.write(once) == BenchHTML.write(again))
        #expect(BenchMarkdown.write(once) == BenchMarkdown.write(again))
        turned.points.removeFirst()
        #expect(BenchHTML.write(once) != BenchHTML.write(BenchReport(turned, history: Sample.history())))
    }

    @Test func `a screen reader finds heads of rows and columns, and words for every picture`() throws {
        let page = page(BenchReport(Sample.results(), history: Sample.history()))
        let heads = page.elements.filter { $0.name == "th" }
        #expect(!heads.isEmpty && heads.allSatisfy { ["row", "col"].contains($0.attributes["scope"]) })
        let ids = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        let pictures = page.elements.filter { $0.name == "svg" && $0.attributes["role"] == "img" }
        #expect(pictures.count > 15)
        for picture in pictures {
            if let label = picture.attributes["aria-label"] {
                #expect(!label.isEmpty)
                continue
            }
            let names = try #require(picture.attributes["aria-labelledby"]).split(separator: " ").map(String.init)
            let words = page.elements.filter { names.contains($0.attributes["id"] ?? "") }
            #expect(words.map(\.name) == ["title", "desc"] && words.allSatisfy { !$0.text.isEmpty })
        }
        for link in page.elements.compactMap({ $0.attributes["href"] }) {
            #expect(ids.contains(String(link.dropFirst())), "\(link)")
        }
    }

    @Test func `nothing that is drawn leaves its picture, and rising percentiles go right`() throws {
        let page = page(BenchReport(Sample.results(), history: Sample.history()))
        func percent(_ text: String?) -> Double { Double((text ?? "").dropLast()) ?? .nan }
        for bar in page.elements where bar.name == "rect" {
            let x = percent(bar.attributes["x"] == "0" ? "0%" : bar.attributes["x"])
            let width = percent(bar.attributes["width"])
            #expect(x >= 0 && width > 0 && x + width < 100.02, "\(bar.attributes)")
        }
        let lines = page.elements.filter { $0.name == "polyline" && ["latency", "ramp"].contains($0.section) }
        // Four runs of single requests, one with its service time; two of batches; p50, p99, p99.9 against load.
        #expect(lines.count == 10)
        for line in lines {
            let places = try #require(line.attributes["points"]).split(separator: " ").map {
                $0.split(separator: ",").compactMap { Double($0) }
            }
            #expect(places.count > 3 && places.allSatisfy { $0.count == 2 })
            #expect(places.allSatisfy { (0...1_000).contains($0[0]) && (0...1_000).contains($0[1]) }, "\(line)")
            #expect(zip(places, places.dropFirst()).allSatisfy { $0[0] <= $1[0] })
        }
    }

    @Test func `lines stand out from their ground by 3, in light and in dark`() {
        let text = text(BenchReport(Self.bare))
        let blocks = text.components(separatedBy: ":root {").dropFirst().map { block in
            block.prefix { $0 != "}" }.matches(of: /--([a-z0-9]+): #([0-9a-f]{6});/).reduce(into: [String: Double]()) {
                $0[String($1.1)] = Self.luminance(String($1.2))
            }
        }
        // Light, dark and paper of the common style, then of this report's.
        #expect(blocks.count == 6)
        for (ground, own) in zip(blocks.prefix(3), blocks.suffix(3)) {
            #expect(own.count == 8)
            for name in own.keys where name != "band" {
                for under in ["paper", "track"] {
                    let (one, other) = (own[name] ?? .nan, ground[under] ?? .nan)
                    #expect((max(one, other) + 0.05) / (min(one, other) + 0.05) >= 3, "\(name) on \(under)")
                }
            }
        }
    }

    /// Relative luminance as the accessibility guidelines define it.
    private static func luminance(_ hex: String) -> Double {
        let number = UInt32(hex, radix: 16) ?? 0
        func part(_ shift: UInt32) -> Double {
            let value = Double(number >> shift & 0xFF) / 255
            return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }
}
