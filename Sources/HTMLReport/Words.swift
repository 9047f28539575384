/// A text in both languages of a report: the one that leads, the other smaller beside it; either may be empty.
package struct Words: Equatable, Sendable {
    package let zh: String
    package let en: String

    package init(_ zh: String, _ en: String) {
        self.zh = zh
        self.en = en
    }
}

extension Words {
    /// The texts in the order of a page; the second is empty where it would say nothing more.
    func ordered(_ lead: HTMLWriter.Lead) -> (first: String, second: String) {
        let (first, second) = lead == .chinese ? (zh, en) : (en, zh)
        if first.isEmpty { return (second, "") }
        return (first, second == first ? "" : second)
    }
}

extension Words {
    /// As one text: "总费用 · Total cost".
    func joined(_ lead: HTMLWriter.Lead) -> String {
        let (first, second) = ordered(lead)
        return second.isEmpty ? first : "\(first) · \(second)"
    }

    /// As one text of sentences.
    func spaced(_ lead: HTMLWriter.Lead) -> String {
        let (first, second) = ordered(lead)
        return second.isEmpty ? first : "\(first) \(second)"
    }
}

extension HTMLWriter.Lead {
    /// Of the language that comes second: its code.
    var secondCode: String { self == .chinese ? "en" : "zh-Hans" }
}

extension HTMLWriter {
    /// Both languages, one after the other.
    package mutating func say(_ words: Words) {
        let (first, second) = words.ordered(lead)
        text(first)
        if second.isEmpty { return }
        literal(" ")
        element("span", ["class": "en", "lang": lead.secondCode], text: second)
    }

    /// A paragraph in both languages.
    package mutating func paragraph(_ words: Words) {
        element("p") { $0.say(words) }
    }

    /// A remark below a table or picture.
    package mutating func note(_ words: Words) {
        element("p", ["class": "note"]) { $0.say(words) }
    }

    /// Something that somebody must look at, with a sign and a word besides its colour.
    package mutating func warning(_ words: Words) {
        element("p", ["class": "warning"]) { page in
            let isChinese = page.lead == .chinese
            page.element("strong") {
                $0.say(isChinese ? Words("⚠ 请注意", "Attention") : Words("请注意", "⚠ Attention"))
            }
            page.text(" ")
            page.say(words)
        }
    }

    /// A section with its heading; `id` is what the contents point to.
    package mutating func section(_ id: String, _ heading: Words, _ content: (inout HTMLWriter) -> Void) {
        element("section", ["id": id, "aria-labelledby": "\(id)-heading"]) { page in
            page.element("h2", ["id": "\(id)-heading"]) { $0.say(heading) }
            content(&page)
        }
    }
}
