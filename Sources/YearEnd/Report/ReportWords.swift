/// A text in both languages of the report: Chinese first, English smaller beside it.
package struct Words: Equatable, Sendable {
    package let zh: String
    package let en: String

    package init(_ zh: String, _ en: String) {
        self.zh = zh
        self.en = en
    }
}

extension HTMLWriter {
    /// Both languages, one after the other.
    mutating func say(_ words: Words) {
        text(words.zh)
        if words.en.isEmpty || words.en == words.zh { return }
        literal(" ")
        element("span", ["class": "en", "lang": "en"], text: words.en)
    }

    /// A paragraph in both languages.
    mutating func paragraph(_ words: Words) {
        element("p") { $0.say(words) }
    }

    /// A remark below a table or picture.
    mutating func note(_ words: Words) {
        element("p", ["class": "note"]) { $0.say(words) }
    }

    /// Something that somebody must look at, with a sign and a word besides its colour.
    mutating func warning(_ words: Words) {
        element("p", ["class": "warning"]) { page in
            page.element("strong") { $0.say(Words("⚠ 请注意", "Attention")) }
            page.text(" ")
            page.say(words)
        }
    }

    /// A section with its heading; `id` is what the contents point to.
    mutating func section(_ id: String, _ heading: Words, _ content: (inout HTMLWriter) -> Void) {
        element("section", ["id": id, "aria-labelledby": "\(id)-heading"]) { page in
            page.element("h2", ["id": "\(id)-heading"]) { $0.say(heading) }
            content(&page)
        }
    }
}
