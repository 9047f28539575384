import Policy
import Testing

/// What the reader refuses: file, line, what is wrong, what to do.
@Suite struct `Reading a pack` {
    @Test func `the minimal pack that the mutations break is whole`() {
        #expect(Mutation.problems(of: Mutation.minimal) == [])
    }

    static let shape = [
        Mutation(1, "region: testland", "", at: 2, says: "needs 'region'"),
        Mutation(1, "testland", "Test Land", says: "is not a name"),
        Mutation(1, "region", "regoin", says: "a policy pack has no key 'regoin'"),
        Mutation(1, "region: testland", "- testland", at: 2, says: "not YAML"),
        Mutation(2, "测试市", "[测试市", at: 3, says: "not YAML"),
        Mutation(1, "region: testland", "region: &r testland", says: "anchors and aliases"),
        Mutation(2, "zh: 测试市", "zh: *r", says: "anchors and aliases"),
        Mutation(3, "en: Testland", "", at: 1, says: "needs 'en'"),
        Mutation(3, "Testland", "''", says: "en is empty"),
        Mutation(3, "Testland", "[Testland]", says: "en is a text, not a list"),
        Mutation(3, "en", "zh", at: 2, says: "'zh' stands twice"),
        Mutation(58, "layers:", "layer:", says: "no key 'layer'"),
        Mutation(
            59, "- id: inpatient", "- id: inpatient\n    colour: red", at: 60, says: "a layer has no key 'colour'"),
        Mutation(125, "otherwise:", "otherwise: external\nspare:", says: "otherwise is a list of '- …' entries"),
        Mutation(7, "{ zh: 文件, en: Document }", "文件", says: "a document is a table"),
        Mutation(15, "dialysis", "Dialysis!", says: "disease code 'Dialysis!' is not a name"),
        Mutation(32, "{ zh: 起付线, en: Absorbed }", "{ zh: 起付线, Absorbed }", says: "quotation marks"),
    ]

    static let quantities = [
        Mutation(55, "100 元", "100", says: "'100' is not an amount; write it as '200 元' or '4.7万元'"),
        Mutation(55, "100 元", "-1 元", says: "is not an amount"),
        Mutation(55, "100 元", "1.234 元", says: "is not an amount"),
        Mutation(55, "100 元", "1e3 元", says: "is not an amount"),
        Mutation(55, "100 元", "0.0000001万元", says: "is not an amount"),
        Mutation(55, "100 元", "99999999999999999999 元", says: "is not an amount"),
        Mutation(55, "100 元", "10000000000.01 元", says: "above 10^12 fen"),
        Mutation(55, "100 元", "[100]", says: "is a text, not a list"),
        Mutation(71, "80 %", "80", says: "'80' is not a ratio; write it as '60 %'"),
        Mutation(71, "80 %", "0.8", says: "is not a ratio"),
        Mutation(71, "80 %", "80.125 %", says: "is not a ratio"),
        Mutation(71, "80 %", "100.01 %", says: "more than 100 %"),
        Mutation(4, "2020-01-01", "2020-02-30", says: "'2020-02-30' is not a date of the calendar"),
        Mutation(4, "2020-01-01", "2020-1-1", says: "is not a date"),
        Mutation(4, "2020-01-01", "2021-02-29", says: "is not a date"),
        Mutation(4, "2020-01-01", "2020年1月1日", says: "is not a date"),
        Mutation(4, "from: 2020-01-01", "", at: 1, says: "needs 'from'"),
        Mutation(5, "2029", "2019", says: "the dates are reversed: until 2019-12-31 is before from 2020-01-01"),
        Mutation(22, "2019-12-31", "2019-10-31", says: "the dates are reversed"),
        Mutation(23, "until: 2020-12-31, ", "", says: "cover needs 'until'"),
    ]

    static let citations = [
        Mutation(67, "rule: TT-6", "", at: 68, says: "a ratio needs 'rule'"),
        Mutation(67, "TT-6", "TT6", says: "'TT6' is not a rule id; write it as CQ-16"),
        Mutation(67, "TT-6", "tt-6", says: "is not a rule id"),
        Mutation(67, "TT-6", "TT-6a", says: "is not a rule id"),
        Mutation(68, "source:", "note:", says: "no key 'document'"),
        Mutation(68, "\"100\"", "\"101\"", says: "there is no document '101'; the documents are 100"),
        Mutation(68, ", words: 比例", "", says: "a source needs 'words'"),
        Mutation(68, "article: 第六条, ", "", says: "a source needs 'article'"),
        Mutation(97, "source: { document: \"100\", article: 第八条, words: 封顶 }", "", at: 95, says: "a cap has no source"),
        Mutation(46, "source: { document: \"100\", article: 第四条, words: 5万元 }", "", at: 43, says: "has no source"),
        Mutation(21, ", source: { document: \"100\", article: 第二条, words: 69元 }", "", says: "a premium has no source"),
        Mutation(132, "I-18", "J-18", says: "'J-18' is not the id of an interpretation"),
        Mutation(132, "interpretation: { id: I-18, zh: 没有规定, en: No rule }", "", at: 130, says: "has no source"),
        Mutation(132, ", en: No rule", "", says: "an interpretation needs 'en'"),
        Mutation(
            132, "en: No rule }", "en: No rule }\n      note: { zh: 注, en: Note }", at: 133,
            says: "leave out the note"),
    ]

    static let names = [
        Mutation(9, "destitute", "poor", says: "there is no identity 'poor'"),
        Mutation(9, "monitored", "destitute", says: "'destitute' stands twice"),
        Mutation(13, "tier2", "tier3", says: "membership has no value 'tier3'; its values are employer, tier1, tier2"),
        Mutation(13, "resident", "citizen", says: "insurance has no value 'citizen'"),
        Mutation(28, "dialysis", "cough", says: "disease has no value 'cough'"),
        Mutation(28, "disease: dialysis", "disease: dialysis\n    kind: special", at: 25, says: "exactly one facet"),
        Mutation(25, "severe", "dialysis", says: "has the name of a value"),
        Mutation(41, "pool", "bucket", says: "category: there is no 'bucket'"),
        Mutation(44, "pool.paid", "pool.spent", says: "there is no accumulator 'pool.spent'"),
        Mutation(62, "basic", "first", says: "stage: there is no 'first'"),
        Mutation(63, "kind: inpatient", "kind: bed", says: "kind has no value 'bed'"),
        Mutation(63, "kind: inpatient", "colour: red", says: "a condition has no key 'colour'"),
        Mutation(64, "in_policy", "everything", says: "base: there is no 'everything'"),
        Mutation(64, "base: in_policy", "", at: 59, says: "a layer needs 'base'"),
        Mutation(65, "deductibles", "thresholds", says: "there is no table 'thresholds'"),
        Mutation(65, "per: visit", "per: month", says: "per: there is no 'month'; choose one of visit, year"),
        Mutation(65, "per: visit", "per: year", says: "a deductible needs 'accumulator'"),
        Mutation(65, "per: visit", "per: visit, accumulator: pool.paid", says: "per visit has no accumulator"),
        Mutation(69, "membership", "colour", says: "by: there is no fact 'colour'"),
        Mutation(69, "membership", "level", says: "by: 'level' stands twice"),
        Mutation(69, "[level, membership]", "[level, membership, kind, status]", at: 67, says: "more than 3 facts"),
        Mutation(74, "large", "small", says: "there is no fund 'small'"),
        Mutation(74, "large", "pool", says: "the fund 'pool' stands twice"),
        Mutation(74, "[pool, large]", "[pool, large, illness]", says: "more than 2 funds"),
        Mutation(
            74, "[pool, large]", "[large, pool]", says: "'large' has no yearly limit, so the second fund never pays"),
        Mutation(74, "[pool, large]", "[]", says: "paid_by is an empty list"),
        Mutation(85, "payments", "visits", says: "measured_on: there is no 'visits'"),
        Mutation(85, "measured_on: payments", "", at: 82, says: "a ratio needs 'measured_on'"),
        Mutation(
            93, "value: 80 %", "value: 80 %\n        measured_on: payments", at: 94, says: "goes with 'brackets' only"),
        Mutation(98, "value: 6万元", "", at: 95, says: "a cap needs a 'value', or 'by' and 'table'"),
        Mutation(98, "value: 6万元", "value: 6万元\n      by: level", at: 99, says: "leave out 'by'"),
        Mutation(129, "external:", "silent:", at: 130, says: "silent has no key 'part'"),
        Mutation(130, "basic", "drugs", says: "part: there is no 'drugs'"),
        Mutation(139, "L3: L2", "L4: L2", says: "level has no value 'L4'"),
        Mutation(139, "L3: L2", "L3: L0", says: "level has no value 'L0'"),
        Mutation(140, "deductible", "cap", says: "a level rule acts on deductible and ratio"),
        Mutation(139, "treat: { L3: L2, L2: L1 }", "continue_deductible: always", says: "there is no 'always'"),
        Mutation(145, "only: { disease: severe }", "", at: 142, says: "says 'only: { … }' or 'needs: filing'"),
        Mutation(145, "only: { disease: severe }", "needs: stamp", says: "needs: there is no 'stamp'"),
    ]

    @Test(arguments: shape) func `a pack of the wrong shape is refused at its line`(_ mutation: Mutation) throws {
        try mutation.check()
    }

    @Test(arguments: quantities) func `money, ratios and dates are read strictly`(_ mutation: Mutation) throws {
        try mutation.check()
    }

    @Test(arguments: citations) func `a number without its source is refused`(_ mutation: Mutation) throws {
        try mutation.check()
    }

    @Test(arguments: names) func `a name that stands for nothing is refused`(_ mutation: Mutation) throws {
        try mutation.check()
    }

    @Test func `all problems of a file are reported together, by line`() throws {
        var yaml = Mutation.minimal
        for (old, new) in [("100 元", "100"), ("TT-6", "TT6"), ("封顶 }", "封顶, page: 3 }")] {
            yaml = yaml.replacing(old, with: new)
        }
        let lines = Mutation.problems(of: yaml).map(\.line)
        #expect(lines.contains(55) && lines.contains(67) && lines.contains(97))
        #expect(lines == lines.sorted())
    }

    @Test func `an empty file, bytes that are no text and a file that is too large are refused`() {
        #expect(Mutation.problems(of: "").first?.message.contains("empty") == true)
        #expect(throws: PolicyProblems.self) { try PolicyPack.read(bytes: [0xFF, 0xFE, 0x00], file: "x.yaml") }
        let large = [UInt8](repeating: 0x23, count: PackLimit.bytesMax + 1)
        #expect(throws: PolicyProblems.self) { try PolicyPack.read(bytes: large, file: "x.yaml") }
        #expect(Mutation.problems(of: "region: testland\u{0}\n").first?.message.contains("not YAML") == true)
        let deep = String(repeating: "[", count: 100_000)
        #expect(Mutation.problems(of: deep).first?.message.contains("not YAML") == true)
    }
}
