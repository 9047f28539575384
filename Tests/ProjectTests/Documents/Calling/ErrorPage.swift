import Text

/// The tables of docs/calling/errors.md and of its Chinese page, as the error registry gives them.
struct ErrorPage: Sendable {
    /// By the name of the part of the page.
    static let parts: [(name: String, entries: [ErrorEntry])] = [
        ("transport errors", ErrorRegistry.transport), ("claim errors", ErrorRegistry.claims),
        ("ledger errors", ErrorRegistry.ledger), ("register errors", ErrorRegistry.register),
        ("account errors", ErrorRegistry.accounts), ("access errors", ErrorRegistry.access),
    ]

    let path: String
    private let words: @Sendable (ErrorWords) -> String
    private let head: [String]

    static let english = ErrorPage(
        path: "docs/calling/errors.md", words: { $0.english }, head: ["code", "name", "means", "who acts", "again"])
    static let chinese = ErrorPage(
        path: "docs/zh/calling/errors.md", words: { $0.chinese }, head: ["错误码", "名称", "含义", "谁来处理", "重发"])

    private init(path: String, words: @escaping @Sendable (ErrorWords) -> String, head: [String]) {
        self.path = path
        self.words = words
        self.head = head
    }

    /// One table in Markdown.
    func markdown(_ entries: [ErrorEntry]) -> String {
        let rows = entries.map { entry in
            [
                "\(entry.number)", "`\(entry.name)`", words(entry.sentence),
                entry.actors.map { words($0.words) }.joined(separator: ", "), words(entry.again.words),
            ]
        }
        return ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }
}
