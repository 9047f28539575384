import Foundation
import HTMLReport
import Population
import ReportTesting
import Settlement
import TestSupport
import Testing
import YearEnd

@Suite struct `The report's figures and pictures` {
    @Test func `amounts keep their fen, their sign and their thousands`() {
        let amounts: [(Fen, String)] = [
            (0, "0.00"), (1, "0.01"), (-1, "−0.01"), (99, "0.99"), (100, "1.00"), (99_999, "999.99"),
            (100_000, "1,000.00"), (-123_456_789, "−1,234,567.89"), (100_000_000_000, "1,000,000,000.00"),
            (.max, "92,233,720,368,547,758.07"), (.min, "−92,233,720,368,547,758.08"),
        ]
        for (amount, text) in amounts { #expect(FigureText.yuan(amount) == text) }
        #expect(FigureText.change(5) == "+0.05")
        #expect(FigureText.change(0) == "0.00")
        #expect(FigureText.change(-5) == "−0.05")
        #expect(FigureText.money(-150) == "−¥1.50")
        #expect(FigureText.count(-1_000) == "−1,000")
    }

    @Test func `a share is never rounded to nothing or to everything`() {
        #expect(FigureText.share(0, of: 100) == "0.00 %")
        #expect(FigureText.share(1, of: 1_000_000_000) == "<0.01 %")
        #expect(FigureText.share(999_999_999, of: 1_000_000_000) == ">99.99 %")
        #expect(FigureText.share(999, of: 1_000) == "99.90 %")
        #expect(FigureText.share(100, of: 100) == "100.00 %")
        #expect(FigureText.share(-1, of: 3) == "−33.33 %")
        #expect(FigureText.share(5, of: 0) == "—")
        #expect(FigureText.share(.max, of: .max) == "100.00 %")
    }

    /// A region whose parts are its total, with the given finals of its funds.
    private func region(_ finals: [Fen], cash: Fen) throws -> RegionResult {
        var region = try #require(try ReportFixture.small().regions.first)
        let fund = region.funds[0]
        region.funds = finals.enumerated().map { place, amount in
            var next = fund
            next.fund.id = "fund\(place)"
            next.amounts.recorded = amount + 7
            next.amounts.adjusted = -7
            next.amounts.final = amount
            return next
        }
        region.cash.final = cash
        region.total = finals.reduce(0, +) + cash + region.account.final + region.recoverable.final
        return region
    }

    @Test func `G-7: the parts of a waterfall are its total`() throws {
        var random = SeededRandom.printed()
        for _ in 0..<500 {
            let finals = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                Bool.random(using: &random) ? 0 : Fen.random(in: -1_000...1_000_000_000_000, using: &random)
            }
            let region = try region(finals, cash: Fen.random(in: -1_000...1_000_000_000, using: &random))
            let waterfall = Waterfall(PayerYear(region))
            #expect(waterfall.parts.reduce(0) { $0 + $1.amount } == region.total)
            #expect(waterfall.rest == 0)
            var left = region.total
            for part in waterfall.parts {
                #expect(part.before == left && part.after == left - part.amount)
                #expect(waterfall.range.contains(part.before) && waterfall.range.contains(part.after))
                left = part.after
            }
        }
    }

    @Test func `SY-4: the page's funds are those of the result, which has the second round in them already`() throws {
        let result = try ReportFixture.small()
        let year = PayerYear(result.regions[0])
        #expect(year.payers.map(\.final) == [59_765_433, 4_734_567, 5_000_000, 29_300_000, 1_200_000])
        #expect(year.funds == 64_500_000)
    }

    @Test(arguments: [[0, 99_900_000, 1], [-5_000_000, 99_900_000, 0], [0, 0, 0]] as [[Fen]])
    func `a fund of nothing and one of nearly all stand in the picture, and no bar leaves it`(finals: [Fen]) throws {
        var result = try ReportFixture.small()
        result.secondRounds = []
        result.regions = [try region(finals, cash: 100_000)]
        let page = ReportPage(YearHTML.write(result))
        #expect(page.problem == nil)
        let texts = page.texts("text", in: "regions")
        for amount in finals { #expect(texts.contains(FigureText.yuan(amount))) }
        // The total, the funds, accounts, cash, recoverable: each with its mark.
        let ticks = page.elements.filter { $0.section == "regions" && $0.name == "line" }
        #expect(ticks.count == finals.count + 4)
        for bar in page.elements where bar.name == "rect" && bar.section == "regions" {
            let x = Self.percent(bar.attributes["x"])
            let width = Self.percent(bar.attributes["width"])
            #expect(x >= 0 && width > 0 && x + width < 100.02, "\(bar.attributes)")
        }
        // Lines of words are at least their letters' height apart.
        let heights = page.elements.filter { $0.name == "text" && $0.attributes["x"] == "0" && $0.section == "regions" }
            .compactMap { $0.attributes["y"].flatMap { Int($0) } }
        for (above, below) in zip(heights, heights.dropFirst()) { #expect(below - above >= 14) }
    }

    private static func percent(_ text: String?) -> Double {
        guard let text else { return .nan }
        return Double(text.hasSuffix("%") ? String(text.dropLast()) : text) ?? .nan
    }

    @Test func `a long name is cut where it would meet its figure on a narrow screen`() {
        let long = String(repeating: "险", count: 30)
        let cut = RowPicture.cut(long, RowPicture.labelWidthMax)
        #expect(cut.hasSuffix("…") && RowPicture.width(cut) <= RowPicture.labelWidthMax)
        #expect(RowPicture.cut("医疗救助", RowPicture.labelWidthMax) == "医疗救助")
    }

    @Test func `letters stand out from their ground by 4.5 and bars by 3, in light and in dark`() throws {
        let text = String(decoding: YearHTML.write(try ReportFixture.empty()), as: UTF8.self)
        let blocks = text.components(separatedBy: ":root {").dropFirst()
        // Light, dark, paper.
        #expect(blocks.count == 3)
        for block in blocks {
            var colours: [String: Double] = [:]
            for match in block.prefix(while: { $0 != "}" }).matches(of: /--([a-z]+): #([0-9a-f]{6});/) {
                colours[String(match.1)] = Self.luminance(String(match.2))
            }
            #expect(colours.count == 21)
            for ground in ["paper", "panel", "warn"] {
                for letter in ["ink", "soft", "accent", "good", "over"] {
                    #expect(try Self.contrast(colours[letter], colours[ground]) >= 4.5, "\(letter) on \(ground)")
                }
            }
            let bars = [
                "total", "pool", "large", "critical", "assistance", "reassistance", "supplementary", "account", "cash",
                "recoverable",
            ]
            for ground in ["paper", "track", "left"] {
                for bar in bars {
                    #expect(try Self.contrast(colours[bar], colours[ground]) >= 3, "\(bar) on \(ground)")
                }
            }
        }
    }

    /// Relative luminance as the accessibility guidelines define it.
    private static func luminance(_ hex: String) -> Double {
        guard let number = UInt32(hex, radix: 16) else { return .nan }
        func part(_ shift: UInt32) -> Double {
            let value = Double(number >> shift & 0xFF) / 255
            return value <= 0.03928 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    private static func contrast(_ one: Double?, _ other: Double?) throws -> Double {
        let (one, other) = (try #require(one), try #require(other))
        return (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }
}

@Suite struct `The report of a run` {
    @Test func `YE-7: the report lies beside the results it shows, the same with any number of workers`() throws {
        var random = SeededRandom.printed()
        let year = try FileYear(claims: 2_000, region: .shenyang, &random)
        var options = YearOptions(year: try #require(try `A year from files`.years(of: year.claims).first))
        options.surplus = ["shenyang": 4_321]
        let result = try year.run(options, "one", workers: 1)
        _ = try year.run(options, "many", workers: 3)
        let one = try year.folder.results(of: "one")
        let report = try #require(one["report.html"])
        #expect(try year.folder.results(of: "many")["report.html"] == report)
        #expect([UInt8](report) == YearHTML.write(result))
        #expect(result.files.filter { $0.name == "report.html" }.count == 1)
        let page = ReportPage([UInt8](report))
        #expect(page.problem == nil)
        let region = try #require(result.regions.first)
        #expect(page.cells("regions").contains(FigureText.yuan(region.total)))
        #expect(Waterfall(PayerYear(region)).rest == 0)
        // G-14: no settlement's id, which the adjustments list with the persons' numbers.
        let words = Set(String(decoding: report, as: UTF8.self).split { !$0.isLetter && !$0.isNumber }.map(String.init))
        #expect(!words.contains { $0.wholeMatch(of: /c[0-9]+/) != nil })
    }
}
