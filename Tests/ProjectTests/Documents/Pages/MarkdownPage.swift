import Foundation

/// A page of the repository, cut into headings, prose and code, each with its line.
struct MarkdownPage {
    /// Below the repository: "docs/policy/grammar.md".
    let path: String
    var headings: [Heading] = []
    /// Paragraphs, lists, tables: what is rendered as text, with code spans in it.
    var prose: [Piece] = []
    var blocks: [CodeBlock] = []

    struct Heading: Equatable {
        var text: String
        var line: Int
    }

    struct Piece: Equatable {
        var text: String
        var line: Int
    }

    /// A fenced or an indented block.
    struct CodeBlock: Equatable {
        /// The word behind the fence; empty: none, or an indented block.
        var language: String
        var lines: [String]
        /// Of the first of `lines`.
        var line: Int
        /// The HTML comment in the line before the fence.
        var comment: String
    }

    init(path: String, text: String) {
        self.path = path
        var reader = MarkdownReader(text)
        reader.read(into: &self)
    }

    init(_ path: String) throws {
        self.init(path: path, text: try Repository.text(path))
    }

    /// Every page of the repository, without what is built or fetched; read once.
    static func all() throws -> [MarkdownPage] { try loaded.get() }

    private static let loaded = Result { try load() }

    private static func load() throws -> [MarkdownPage] {
        // What begins with a point is built or fetched, and large.
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path())
            .filter { !$0.hasPrefix(".") }
        let paths = try rooms.flatMap { name in
            if name.hasSuffix(".md") { return [name] }
            guard Repository.isFolder(name) else { return [] }
            let below = try FileManager.default.subpathsOfDirectory(atPath: Repository.root.appending(path: name).path())
            return below.filter { $0.hasSuffix(".md") && !$0.contains(".build/") }.map { name + "/" + $0 }
        }
        return try paths.sorted().map { try MarkdownPage($0) }
    }

    /// Code spans in the prose, with their lines.
    var spans: [Piece] {
        prose.flatMap { piece in
            MarkdownPage.spanRanges(piece.text).map { range in
                let before = piece.text[..<range.lowerBound].count { $0 == "\n" }
                let ticks: Int = piece.text[range].prefix { $0 == "`" }.count
                let bare = String(piece.text[range].dropFirst(ticks).dropLast(ticks))
                return Piece(text: bare.replacing("\n", with: " "), line: piece.line + before)
            }
        }
    }

    /// Code spans with their backticks: a run of backticks to the next run of the same length.
    static func spanRanges(_ text: String) -> [Range<String.Index>] {
        var ranges: [Range<String.Index>] = []
        var at = text.startIndex
        while let start = text[at...].firstIndex(of: "`") {
            let opened = text[start...].prefix { $0 == "`" }
            var search = opened.endIndex
            at = opened.endIndex
            while let next = text[search...].firstIndex(of: "`") {
                let closing = text[next...].prefix { $0 == "`" }
                search = closing.endIndex
                if closing.count == opened.count {
                    ranges.append(start..<closing.endIndex)
                    at = closing.endIndex
                    break
                }
            }
        }
        return ranges
    }

    /// Prose with blanks where its code spans are.
    static func withoutSpans(_ text: String) -> String {
        var result = text
        for range in spanRanges(text).reversed() {
            let blanks = text[range].map { $0 == "\n" ? "\n" : " " }.joined()
            result.replaceSubrange(range, with: blanks)
        }
        return result
    }
}
