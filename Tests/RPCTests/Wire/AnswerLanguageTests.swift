import RPC
import TestSupport
import Testing

@Suite struct `The language of answers` {
    private static func language(_ list: String) -> AnswerLanguage {
        Array(list.utf8).withUnsafeBytes { AnswerLanguage(accepting: $0) }
    }

    @Test(arguments: [
        "zh", "zh-CN", "ZH-cn", "zh_CN", "zh-Hans-CN", "zh-CN,zh;q=0.9,en;q=0.8", " zh ; q=0.5 ", "fr,zh;q=0.1",
        "en;q=0.8,zh", "en;q=0.899,zh;q=0.9", "zh,en", "zh;q=1.0,en", "de-DE, zh-TW;q=0.7, *;q=0.5", "en;q=0,zh;q=0.001",
        "zh;v=1",
    ])
    func `Chinese where it is liked best`(list: String) { #expect(Self.language(list) == .chinese) }

    @Test(arguments: [
        "", "en", "en-US", "en,zh", "en-US,en;q=0.9,zh;q=0.8", "fr", "*", "zh;q=0", "zh;q=0.000", "zha", "z", ",,,", ";;",
        "zh;q=0.5,en;q=0.6", "zhen", "; zh",
    ])
    func `English otherwise`(list: String) { #expect(Self.language(list) == .english) }

    @Test func `any bytes, however many, are some language`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let letters = Array("zhenq=;,.- 019\t_*".utf8)
        var chinese = 0
        for _ in 0..<20_000 {
            let list = (0..<Int.random(in: 0...30, using: &random)).map { _ in letters.randomElement(using: &random)! }
            if list.withUnsafeBytes({ AnswerLanguage(accepting: $0) }) == .chinese {
                chinese += 1
                #expect(String(decoding: list, as: UTF8.self).contains("zh"), "seed \(seed)")
            }
        }
        #expect(chinese > 0, "seed \(seed)")
        let far = String(repeating: "a,", count: 128) + "zh"
        #expect(Self.language(far) == .english, "nobody lists so many")
    }
}
