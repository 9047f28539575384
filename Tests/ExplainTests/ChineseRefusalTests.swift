import Foundation
import Policy
import Settlement
import Testing
import Text

@Suite struct `Refusals in Chinese` {
    private static func isChinese(_ character: Character) -> Bool { ("\u{4e00}"..."\u{9fff}").contains(character) }

    @Test func `begin with what the code means, and end with the English text`() throws {
        let packs = try PolicyLibrary.load().packs
        let refusals = ChineseRefusals(packs)
        for entry in ErrorRegistry.all {
            let english = RefusalLine.text(entry.name, field: "claim.disease", value: "x", rule: "CQ-14", "wrong; correct it")
            let text = refusals.text(entry.number, english)
            #expect(text.hasPrefix("\(entry.sentence.chinese)。字段: 病种。依据: "))
            #expect(text.hasSuffix("。\(english)"))
            #expect(text.utf8.count < 2_048, "fits a Chinese error text of the wire: \(text)")
            #expect(refusals.text(entry.number, "just words") == "\(entry.sentence.chinese)。just words")
        }
        #expect(refusals.text(4_999, "of a code to come") == "of a code to come")
    }

    @Test func `every field of a claim has its title, in a single request and in columns`() {
        for field in ClaimField.allCases where field != .none {
            for path in [field.path, field.batchPath] {
                #expect(FieldTitles.chinese(path)?.contains(where: Self.isChinese) == true, "\(path)")
            }
        }
        #expect(FieldTitles.chinese("person") == "参保人" && FieldTitles.chinese("area.parent") == "上级区划")
        #expect(FieldTitles.chinese("nothing.of_ours") == nil && FieldTitles.chinese("") == nil)
    }

    @Test func `quote the rule's source, cut where it is long`() throws {
        let pack = try #require(try PolicyLibrary.load()["chongqing"])
        let refusals = ChineseRefusals([pack])
        var quoted = 0
        for rule in pack.rules {
            let text = refusals.message(4_014, field: "", rule: rule, "no")
            guard let start = text.firstRange(of: "依据: ") else { continue }
            quoted += 1
            #expect(text[start.upperBound...].contains("「") && text.utf8.count < 1_024, "\(text)")
        }
        #expect(quoted > 20)
        #expect(refusals.message(4_014, field: "", rule: "CQ-14", "003 says 「…」").contains("依据") == false, "it quotes already")
    }

    @Test func `a line is read as it was written, in Chinese too`() throws {
        let refusals = ChineseRefusals([])
        for field in ["", "claim.cost.total"] {
            for value in field.isEmpty ? [nil] : [nil, "", "-5", "a b", "x=y", "]"] {
                for rule in ["", "G-5"] {
                    for message in ["wrong", "wrong: correct it [now]", ""] {
                        let line = RefusalLine("AMOUNTS_DO_NOT_ADD_UP", field: field, value: value, rule: rule, message)
                        #expect(RefusalLine(in: line.text, of: line.name) == line, "\(line.text)")
                        #expect(RefusalLine(in: refusals.text(4_005, line.text), of: line.name) == line, "\(line.text)")
                    }
                }
            }
        }
        for text in ["", "OTHER: x", "AMOUNTS_DO_NOT_ADD_UP", "AMOUNTS_DO_NOT_ADD_UP x", "AMOUNTS_DO_NOT_ADD_UPS: x"] {
            #expect(RefusalLine(in: text, of: "AMOUNTS_DO_NOT_ADD_UP") == nil, "\(text)")
        }
    }
}
