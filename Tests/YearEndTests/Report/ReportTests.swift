import Foundation
import HTMLReport
import ReportTesting
import Settlement
import Testing
import YearEnd

@Suite struct `The director's report` {
    private func page(_ result: YearResult) -> ReportPage { ReportPage(YearHTML.write(result)) }
    private func text(_ result: YearResult) -> String { String(decoding: YearHTML.write(result), as: UTF8.self) }

    /// By section: what its tables say of the small year, worked out by hand.
    private static let figures: [(section: String, cells: [String])] = [
        (
            "regions",
            [
                "610,000.00", "−12,345.67", "597,654.33", "59.77 %", "40,000.00", "+7,345.67", "47,345.67", "4.73 %", "50,000.00", "5.00 %", "300,000.00", "−7,000.00", "293,000.00", "29.30 %",
                "+12,000.00",
                "12,000.00", "1.20 %", "1,000,000.00", "100.00 %", "310100", "777", "888,888.88", "555,555.55",
                "62.50 %", "501,111.11", "2,211.22", "331.33", "106,000.67", "50,331.33", "1,414.21",
            ]
        ),
        (
            "adjustments",
            [
                "FACT", "31", "65.96 %", "NOT_COVERED", "16", "34.04 %", "11", "11,111.00", "10,101.01", "2,020.20",
                "1,010.21", "67", "11,900.22", "63", "362.20",
            ]
        ),
        (
            "second-round",
            ["7,000.00", "333", "29,000.00", "1,300.00", "300.00", "6,000.00", "24.14 %", "0.00", "29"]
        ),
        (
            "clearing",
            [
                "H1", "▲ 超出 over", "40,001", "300", "17", "700,000.01", "440,000.01", "13,000.02", "453,000.03",
                "90,000.09", "−10,000.00", "430,000.00", "+10,000.01", "H2", "未设定 none set", "16,788", "21",
                "299,999.99", "197,999.99", "−2,000.00", "56,789", "321", "1,000,000.00", "638,000.00", "651,000.02",
                "−12,000.00",
            ]
        ),
        ("monitoring", ["2020-01", "41", "30", "13", "2020-02", "1,052", "1,017", "1,001", "53"]),
        ("assessment", ["H1", "219", "98,765.43", "3,456.79", "3.50 %", "8"]),
        (
            "accounts",
            [
                "100,000.01", "+50,000.02", "+3,000.03", "+400.04", "−50,000.00", "−600.06", "−70.07", "102,729.97",
            ]
        ),
        ("registers", ["1,717", "39", "23"]),
        ("refused", ["MALFORMED", "1,515", "YEAR_MISMATCH", "7"]),
        ("files", ["adjustments.csv", "47", "clearing.csv", "24,680", "report.html", "—"]),
        (
            "inputs",
            [
                "feedbeef", "991", "cafe01", "2020", "¥7,000.00", "20200301 … 20200531",
                "5615f2179d089fafaed532df1f86d14d97d2f7633657e79d6faeae1b26165917",
            ]
        ),
    ]

    @Test func `YE-1 to YE-6: every figure of a result stands in its section, thousands apart and to the fen`() throws {
        let page = page(try ReportFixture.small())
        for (section, cells) in Self.figures {
            let found = page.cells(section)
            for cell in cells { #expect(found.contains(cell), "\(section) lacks \(cell)") }
        }
    }

    @Test func `the first screen gives the verdict, the key figures and what was proved`() throws {
        let page = page(try ReportFixture.small())
        let verdict = try #require(page.elements.first { $0.attributes["class"] == "verdict" }).text
        // 597,654.33 + 47,345.67, with the second round in it.
        for part in ["2020 年：1,234 人，56,789 笔结算", "¥645,000.00", "+7,345.67", "−12,345.67", "all sums proved"] {
            #expect(verdict.contains(part), "\(part)")
        }
        let tiles = page.elements.filter { $0.name == "dd" }.map(\.text)
        let figures = [
            "¥1,000,000.00", "¥645,000.00", "¥50,000.00", "¥293,000.00", "¥362.20", "56,789", "1,234", "47",
        ]
        for figure in figures { #expect(tiles.contains(figure), "\(figure)") }
        // 应退: person by person, and the gross beside it.
        #expect(tiles.contains { $0.contains("63") && $0.contains("¥12,000.00") })
        let proofs = page.elements.filter { $0.name == "li" }.map(\.text)
        #expect(proofs.count == 1 && proofs[0].contains("G-7") && proofs[0].contains("逐笔"))
    }

    @Test func `what comes from input is text and never markup`() throws {
        var result = try ReportFixture.small()
        result.clearing[0].institution = "H<&\">'\u{1}\n"
        result.regions[0].zh = "<b>沈阳</b>"
        result.input["ledger"] = "\"><script>alert(1)</script>"
        result.refused[0].reason = "A&B"
        let page = page(result)
        #expect(page.problem == nil)
        #expect(page.cells("clearing").contains("H<&\">'\u{FFFD} "))
        #expect(page.cells("inputs").contains("\"><script>alert(1)</script>"))
        #expect(page.cells("refused").contains("A&B"))
        #expect(!page.elements.contains { $0.name == "script" || $0.name == "b" })
        #expect(text(result).contains("H&lt;&amp;&quot;&gt;&#39;\u{FFFD} "))
    }

    @Test func `it is well formed, asks nothing of a network and runs no program`() throws {
        for result in [try ReportFixture.small(), try ReportFixture.empty()] {
            #expect(page(result).problem == nil)
            let text = text(result).lowercased()
            for word in ["http", "<script", "javascript", "src=", "url(", "@import", "<link", "<iframe", " on"] {
                // " on" as it begins an attribute: onload="…".
                let pattern = word == " on" ? " on[a-z]+=" : NSRegularExpression.escapedPattern(for: word)
                #expect(text.range(of: pattern, options: .regularExpression) == nil, "\(word)")
            }
        }
    }

    @Test func `YE-7: the same result gives the same bytes`() throws {
        let once = YearHTML.write(try ReportFixture.small())
        #expect(once == YearHTML.write(try ReportFixture.small()))
        var other = try ReportFixture.small()
        other.persons += 1
        #expect(once != YearHTML.write(other))
    }

    @Test func `a year in which nothing happened says so, section by section, in one line`() throws {
        let page = page(try ReportFixture.empty())
        #expect(page.problem == nil)
        for (section, _) in Self.figures {
            let said = page.texts("p", in: section).joined()
            #expect(said.contains("没有") || said.contains("未"), "\(section)")
            // What the run was asked is there all the same.
            #expect(page.texts("table", in: section).count == (section == "inputs" ? 1 : 0), "\(section)")
        }
    }

    @Test func `a screen reader finds heads of rows and columns, and words for every picture`() throws {
        let page = page(try ReportFixture.small())
        let heads = page.elements.filter { $0.name == "th" }
        #expect(!heads.isEmpty && heads.allSatisfy { ["row", "col"].contains($0.attributes["scope"]) })
        let pictures = page.elements.filter { $0.name == "svg" }
        #expect(pictures.count == 2)
        let ids = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        for picture in pictures {
            let names = try #require(picture.attributes["aria-labelledby"]).split(separator: " ").map(String.init)
            let words = page.elements.filter { names.contains($0.attributes["id"] ?? "") }
            #expect(words.map(\.name) == ["title", "desc"] && words.allSatisfy { !$0.text.isEmpty })
        }
        for link in page.elements.compactMap({ $0.attributes["href"] }) {
            #expect(ids.contains(String(link.dropFirst())), "\(link)")
        }
    }

    @Test func `YE-3: the largest institutions are shown, and how many more there are and exceed their total`() throws {
        var result = try ReportFixture.small()
        result.clearing = try (1...203).map {
            // The three smallest stay out; one of them is over its total.
            try ReportFixture.clearing("H\($0)", final: Int64($0) * 100, limit: $0 == 2 ? 100 : nil)
        }
        let page = page(result)
        let cells = page.cells("clearing")
        #expect(cells.contains("H203") && cells.contains("H4") && !cells.contains("H3"))
        // 200 institutions, the heads, the sums.
        #expect(page.texts("tr", in: "clearing").count == 202)
        #expect(page.texts("p", in: "clearing").contains { $0.contains("3 more (1 of them over") })
        // 1 + 2 + … + 203 yuan, of all of them.
        #expect(cells.contains("20,706.00"))
    }

    @Test func `every refusal has its words`() {
        let unknown = CodeWords.meaning("NO_SUCH_CODE")
        for code in DomainCode.allCases where code != .none {
            let name = "\(code)".reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
            #expect(CodeWords.meaning(name) != unknown, "\(name)")
            #expect(CodeWords.adjustment(name).zh.contains("追回"))
        }
        #expect(CodeWords.meaning("MALFORMED") != unknown)
        #expect(CodeWords.adjustment("FACT") != CodeWords.adjustment("YEAR"))
    }
}
