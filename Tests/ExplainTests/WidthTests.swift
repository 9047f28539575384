import Policy
import Testing
import Text

@Suite struct `Texts are aligned by display width` {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("统筹基金", 8), ("统筹 pool", 9), ("，。「」", 8), ("…→·", 3), ("e\u{301}", 1),
        ("１２", 4), ("\u{20000}", 2), ("a\nb", 2),
    ])
    func `a Chinese character takes two columns`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `tables align Chinese and Latin columns`() {
        var table = TextTable([.left, .right, .left])
        table.add(["基金", "元", "x"])
        table.addRule()
        table.add(["pool", "1,234.00", "统筹"])
        table.add(["a", "5.00"])
        #expect(
            table.lines() == [
                "基金        元  x", "--------------------", "pool  1,234.00  统筹", "a         5.00",
            ])
    }

    @Test(arguments: 6...40) func `wrapped lines are not wider, lose nothing, and begin with no closing mark`(width: Int) {
        let text = "[CQ-16] 比例 ratio: 003 第五条「二级及以下医疗机构60%、三级医疗机构50%，退休（含）人员」 The ratio, (tier) one."
        let lines = DisplayWidth.wrapped(text, to: width)
        for line in lines {
            // A word that is wider than the line stands alone.
            #expect(DisplayWidth.of(line) <= width || !line.contains(" "), "\(line)")
            #expect(!"，、」）".contains(line.first!), "\(line)")
            #expect(!"「（".contains(line.last!) || line.count == 1, "\(line)")
        }
        func solid(_ text: String) -> String { text.filter { $0 != " " } }
        #expect(solid(lines.joined()) == solid(text))
    }

    @Test func `amounts and ratios read as on a bill`() {
        #expect(MoneyText.yuan(0) == "0.00")
        #expect(MoneyText.yuan(-123_456_789) == "-1,234,567.89")
        #expect(MoneyText.yuan(100_005) == "1,000.05")
        #expect(MoneyText.grouped(1_000_000) == "1,000,000")
        #expect(MoneyText.percent(7_000) == "70 %")
        #expect(MoneyText.percent(6_250) == "62.5 %")
        #expect(MoneyText.percent(5) == "0.05 %")
    }

    @Test func `JSON escapes what it must and keeps the order`() {
        var json = JSONText(indents: false)
        json.object { json in
            json.field("b", "\"\\\n\u{1}统")
            json.field("a", -5)
            json.null("c")
            json.array("d") { $0.value("x") }
            json.object("e") { _ in }
            json.field("f", true)
        }
        #expect(json.text == #"{"b":"\"\\\n\u0001统","a":-5,"c":null,"d":["x"],"e":{},"f":true}"#)
    }
}
