import Foundation
import Policy
import Testing

@Suite struct `The page on the grammar of packs` {
    /// Keys and words that the reader of packs takes, as its code names them.
    private static func words() throws -> Set<String> {
        var words: Set<String> = []
        for file in try Repository.files(below: "Sources/Policy", endings: [".swift"]) {
            let text = try String(contentsOf: file, encoding: .utf8)
            if file.lastPathComponent.hasPrefix("PackReader") {
                for list in text.matches(of: /(?:allowed(?:: | = )|[kK]eys(?: = |: \[String\] \{ ))\[([^\]]*)\]/) {
                    words.formUnion(list.1.matches(of: /"([^"]+)"/).map { String($0.1) })
                }
                words.formUnion(text.matches(of: /\("([a-z_]+)", [a-z.]/).map { String($0.1) })
            }
            if file.lastPathComponent == "Vocabulary.swift" {
                words.formUnion(text.matches(of: /\("([A-Za-z0-9_]+)",\s/).map { String($0.1) })
                for match in text.matches(of: /case (basic, pooling[a-z_, ]*)/) {
                    words.formUnion(match.1.split(separator: ", ").map(String.init))
                }
            }
        }
        return words
    }

    /// Words of the page's code.
    private static func named(_ page: MarkdownPage) -> Set<String> {
        let code = page.spans.map(\.text) + page.blocks.flatMap(\.lines)
        return Set(code.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "_") } }.map(String.init))
    }

    @Test(arguments: ["docs/policy/grammar.md", "docs/zh/policy/grammar.md"])
    func `has every key and every word that the reader takes`(path: String) throws {
        let words = try Self.words()
        #expect(words.count > 90 && words.isSuperset(of: ["second_round", "counts_into", "tier2", "one_level_up", "basic"]))
        let missing = words.subtracting(Self.named(try MarkdownPage(path)))
        #expect(missing.isEmpty, "not in \(path): \(missing.sorted().joined(separator: ", "))")
        // A page without them would be found.
        #expect(!Self.named(MarkdownPage(path: "x", text: "`when: { kind: … }`, second_round")).contains("second_round"))
    }

    @Test func `has the limits of the code`() throws {
        let rows = try MarkdownPage("docs/policy/grammar.md").prose.map(\.text).last { $0.hasPrefix("| what | at most") } ?? ""
        let shown = rows.replacing(",", with: "").matches(of: /[0-9]+/).compactMap { Int($0.output) }
        #expect(
            shown == [
                PackLimit.bytesMax, PackLimit.packsMax, PackLimit.layersMax, PackLimit.layersPerPlanMax, PackLimit.fundsMax,
                PackLimit.payersMax, PackLimit.accumulatorsMax, PackLimit.diseasesMax, PackLimit.diseaseClassesMax,
                PackLimit.productsMax, PackLimit.tableFacetsMax, PackLimit.paymentBracketsMax, PackLimit.expenseBracketsMax,
                PackLimit.parametersMax, PackLimit.parameterNamesMax, PackLimit.versionsMax, PackLimit.layerKeysMax,
                PackLimit.planKeysMax, PackLimit.problemsMax,
            ])
    }
}
