import Foundation

/// A page and its Chinese one: `docs/zh/X` is of `docs/X`, `README.zh.md` of `README.md`.
struct LanguagePair {
    let english: MarkdownPage
    let chinese: MarkdownPage

    /// The page that a Chinese page is of; nil: the page is no Chinese one.
    static func english(of path: String) -> String? {
        if path.hasPrefix("docs/zh/") { return "docs/" + path.dropFirst("docs/zh/".count) }
        return path.hasSuffix(".zh.md") ? path.dropLast("zh.md".count) + "md" : nil
    }

    /// The Chinese page of an English one.
    static func chinese(of path: String) -> String {
        path.hasPrefix("docs/") ? "docs/zh/" + path.dropFirst("docs/".count) : path.dropLast("md".count) + "zh.md"
    }

    /// What one has and the other has not, a line each.
    var differences: [String] {
        compared("console", Set(stories(english)), Set(stories(chinese)))
            + compared("command", uses(english), uses(chinese))
            + compared("option", Set(english.bareOptions.map(\.text)), Set(chinese.bareOptions.map(\.text)))
            + compared("name or code", names(english), names(chinese))
            + comparedFigures
    }

    private func compared(_ what: String, _ english: Set<String>, _ chinese: Set<String>) -> [String] {
        english.subtracting(chinese).sorted().map { "\(self.chinese.path): the \(what) \($0) is missing" }
            + chinese.subtracting(english).sorted().map {
                "\(self.chinese.path): the \(what) \($0) is not in \(self.english.path)"
            }
    }

    /// As often here as there: a slip in one of two places is found too.
    private var comparedFigures: [String] {
        let (here, there) = (figures(chinese), figures(english))
        return Set(here.keys).union(there.keys).sorted().filter { here[$0] != there[$0] }.map {
            "\(chinese.path): the figure \($0) stands \(here[$0] ?? 0) times, in \(english.path) \(there[$0] ?? 0) times"
        }
    }

    /// Console blocks to the letter: what the tests run in the one is what the other shows.
    private func stories(_ page: MarkdownPage) -> [String] {
        page.blocks.filter { $0.language == "console" || $0.file != nil }.map { $0.lines.joined(separator: "\n") }
    }

    private func uses(_ page: MarkdownPage) -> Set<String> {
        Set(page.commandUses.map { ($0.words.filter { !$0.isEmpty } + $0.options.map { "--\($0)" }).joined(separator: " ") })
    }

    /// Error names and codes, rule ids, names of parameters: code spans without a blank, and rule ids in the prose.
    private func names(_ page: MarkdownPage) -> Set<String> {
        let spans = page.spans.map(\.text).filter { $0.contains(/^[\x21-\x7e]+$/) && !$0.hasPrefix("--") }
        let rules = page.prose.flatMap { $0.text.matches(of: /\b[A-Z]{1,4}-\d{1,3}\b/).map { String($0.output) } }
        return Set(spans + rules)
    }

    /// Numbers of the prose in figures: not in links' targets and code spans, "65,536" as "65536".
    private func figures(_ page: MarkdownPage) -> [String: Int] {
        var figures: [String: Int] = [:]
        for piece in page.prose {
            let text = MarkdownPage.withoutSpans(piece.text)
                .replacing(/\]\([^)]*\)/, with: "]").replacing(/\b[A-Z]{1,4}-[0-9]{1,3}\b/, with: " ")
                .replacing(#/(?m)^\s*[0-9]+[.)] /#, with: "")
            for match in text.matches(of: /[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?/) {
                figures[String(match.output).replacing(",", with: ""), default: 0] += 1
            }
        }
        return figures
    }
}
