/// Reads the blocks of a page: as much of Markdown as the repository's pages use.
struct MarkdownReader {
    private let lines: [Substring]
    private var next = 0
    private var isInList = false
    private var lastComment = ""
    private var paragraph: [Substring] = []
    /// Number of the paragraph's first line.
    private var paragraphLine = 0

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    mutating func read(into page: inout MarkdownPage) {
        while next < lines.count {
            let line = lines[next]
            if let fence = Self.fence(of: line) {
                end(&page)
                page.blocks.append(fenced(fence))
            } else if line.hasPrefix("    "), paragraph.isEmpty, !isInList, !Self.isBlank(line) {
                page.blocks.append(indented())
            } else {
                take(line, &page)
            }
        }
        end(&page)
    }

    private mutating func take(_ line: Substring, _ page: inout MarkdownPage) {
        next += 1
        if Self.isBlank(line) { return end(&page) }
        let bare = line.drop { $0 == " " }
        if bare.hasPrefix("<!--") {
            end(&page)
            lastComment = String(bare.dropFirst(4).prefix { $0 != ">" }).replacing("--", with: "")
            // A comment of several lines is no mark of a block.
            var isOpen = !bare.contains("-->")
            while isOpen, next < lines.count {
                isOpen = !lines[next].contains("-->")
                next += 1
                lastComment = ""
            }
            return
        }
        lastComment = ""
        if line.hasPrefix("#") {
            let text = line.drop { $0 == "#" }
            if text.hasPrefix(" ") {
                end(&page)
                isInList = false
                page.headings.append(.init(text: Self.trimmed(text), line: next))
                page.prose.append(.init(text: Self.trimmed(text), line: next))
                return
            }
        }
        if let title = paragraph.last, paragraph.count == 1, line.allSatisfy({ $0 == "=" }) || line.allSatisfy({ $0 == "-" }) {
            page.headings.append(.init(text: Self.trimmed(title), line: next - 1))
            return end(&page)
        }
        if Self.isItem(bare) {
            isInList = true
        } else if !line.hasPrefix(" "), paragraph.isEmpty {
            isInList = false
        }
        if paragraph.isEmpty { paragraphLine = next }
        paragraph.append(line)
    }

    private mutating func end(_ page: inout MarkdownPage) {
        guard !paragraph.isEmpty else { return }
        page.prose.append(.init(text: paragraph.joined(separator: "\n"), line: paragraphLine))
        paragraph = []
    }

    private mutating func fenced(_ fence: (mark: Substring, indent: Int, language: Substring)) -> MarkdownPage.CodeBlock {
        next += 1
        var block = MarkdownPage.CodeBlock(
            language: String(fence.language), lines: [], line: next + 1, comment: Self.trimmed(Substring(lastComment)))
        lastComment = ""
        while next < lines.count {
            let line = lines[next]
            next += 1
            let bare = line.drop { $0 == " " }
            if bare.hasPrefix(fence.mark), Self.isBlank(bare.drop { $0 == fence.mark.first }) { break }
            let indent = min(fence.indent, line.prefix { $0 == " " }.count)
            block.lines.append(String(line.dropFirst(indent)))
        }
        return block
    }

    private mutating func indented() -> MarkdownPage.CodeBlock {
        var block = MarkdownPage.CodeBlock(language: "", lines: [], line: next + 1, comment: "")
        while next < lines.count, lines[next].hasPrefix("    ") || Self.isBlank(lines[next]) {
            block.lines.append(String(lines[next].dropFirst(4)))
            next += 1
        }
        while block.lines.last?.isEmpty == true { block.lines.removeLast() }
        return block
    }

    /// "```console": the mark, how far it is indented, the word behind it.
    private static func fence(of line: Substring) -> (mark: Substring, indent: Int, language: Substring)? {
        let bare = line.drop { $0 == " " }
        for sign in ["`", "~"] as [Character] {
            let mark = bare.prefix { $0 == sign }
            guard mark.count >= 3 else { continue }
            let rest = bare[mark.endIndex...].drop { $0 == " " }
            if sign == "`", rest.contains("`") { return nil }
            return (mark, line.count - bare.count, rest.prefix { $0 != " " && $0 != "{" })
        }
        return nil
    }

    private static func isItem(_ line: Substring) -> Bool {
        if ["- ", "* ", "+ "].contains(where: line.hasPrefix) { return true }
        let digits = line.prefix { $0.isNumber }
        return !digits.isEmpty && [". ", ") "].contains(where: line[digits.endIndex...].hasPrefix)
    }

    private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy { $0 == " " || $0 == "\t" || $0 == "\r" } }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\r" }) else { return "" }
        return String(start[...last])
    }
}
