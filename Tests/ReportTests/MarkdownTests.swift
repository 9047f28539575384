import HTMLReport
import Measurement
import Report
import Testing

@Suite struct `The Markdown beside the page` {
    @Test func `columns line up, Chinese or not, figures at the right`() {
        let table = ReportTable(
            caption: Words("", "Caption"), columns: [.text("", "What"), .figure("", "Figure")],
            rows: [[.plain("结算"), .figure("1,234")], [.plain("a|b"), .figure("5")]],
            foot: [.plain("Sum"), .figure("1,239")])
        #expect(
            MarkdownTable.lines(table) == [
                "| What | Figure |", "| ---- | -----: |", "| 结算 |  1,234 |", #"| a\|b |      5 |"#, "| Sum  |  1,239 |",
            ])
    }

    @Test func `every table of a whole report is as wide in each of its lines, unless a cell is very long`() {
        let text = BenchMarkdown.write(BenchReport(Sample.results(), history: Sample.history()))
        var tables: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("|") { tables[tables.count - 1].append(line) } else { tables.append([]) }
        }
        tables.removeAll { $0.isEmpty }
        #expect(tables.count > 12)
        for table in tables {
            let lines = table.filter { !$0.contains("1072305e0b1f") && !$0.contains("5615f2179d08") }
            #expect(Set(lines.map { MarkdownTable.columns(String($0)) }).count == 1, "\(table[0])")
        }
    }

    @Test func `it says the verdict, the sums, the changes and the goals`() {
        let report = BenchReport(Sample.results(), history: Sample.history())
        let text = BenchMarkdown.write(report)
        #expect(text.hasPrefix("# Jiesuan benchmark report"))
        let parts = [
            "**✓ The year's end fits", "3,200,000 persons × 10 claims ÷ ", "within noise:", "## Goals 目标",
            "≥ 20 × gRPC C++",
        ]
        for part in parts { #expect(text.contains(part), "\(part)") }
    }

    @Test func `marks of Markdown in the input are shown, not obeyed`() {
        let shown = ##"a\|b\`c\*\[d\]&lt;e&gt;&amp;\\\# "##
        #expect(MarkdownTable.escape("a|b`c*[d]<e>&\\#\n") == shown)
    }
}
