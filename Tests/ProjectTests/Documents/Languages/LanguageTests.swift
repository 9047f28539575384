import Testing

@Suite struct `Documents in two languages` {
    /// Folders and pages that offices read: each has its Chinese page.
    static let translated = [
        "README.md", "docs/README.md", "docs/policy/", "docs/operating/", "docs/calling/errors.md",
    ]
    /// Made from the code, of which the program itself speaks.
    static let untranslated = ["docs/operating/commands.md", "docs/operating/metrics.md"]

    @Test func `a Chinese page has the commands, options, codes and figures of the English one`() throws {
        let pages = Dictionary(try MarkdownPage.all().map { ($0.path, $0) }) { first, _ in first }
        var count = 0
        for (path, page) in pages {
            guard let name = LanguagePair.english(of: path) else { continue }
            guard let english = pages[name] else {
                Issue.record("\(path): there is no \(name)")
                continue
            }
            count += 1
            for difference in LanguagePair(english: english, chinese: page).differences { Issue.record("\(difference)") }
        }
        #expect(count >= 20)
    }

    @Test func `what offices read is there in Chinese`() throws {
        for page in try MarkdownPage.all() where Self.isForOffices(page.path) {
            let path = LanguagePair.chinese(of: page.path)
            guard let chinese = try? MarkdownPage(path) else {
                Issue.record("\(page.path) has no Chinese page \(path)")
                continue
            }
            // Tables that are made from the code have both languages.
            let letters = chinese.prose.map(\.text).filter { !$0.hasPrefix("|") }.joined().filter(\.isLetter)
            let isChinese = letters.count { ("\u{4e00}"..."\u{9fff}").contains($0) } * 4 > letters.count
            #expect(isChinese, "\(path) is not in Chinese")
        }
    }

    private static func isForOffices(_ path: String) -> Bool {
        translated.contains { path.hasPrefix($0) } && !untranslated.contains(path)
    }

    @Test func `planted differences between two languages are found`() {
        let english = MarkdownPage(
            path: "docs/x.md",
            text: """
                # A page
                At most 65,536 claims, 70 % of them; 4107 `STORE_UNAVAILABLE` by CQ-16: `--server` or `jiesuan get ID --json`.

                ```console
                $ jiesuan policy list
                ```
                """)
        for path in ["docs/x/y.md", "README.md", "docs/README.md"] {
            #expect(LanguagePair.english(of: LanguagePair.chinese(of: path)) == path)
        }
        func differences(_ text: String) -> [String] {
            LanguagePair(english: english, chinese: MarkdownPage(path: "docs/zh/x.md", text: text)).differences
                .map { String($0.dropFirst("docs/zh/x.md: the ".count)) }
        }
        let block = "```console\n$ jiesuan policy list\n```\n"
        let whole = "# 一页\n最多65536条, 其中70%; 4107 `STORE_UNAVAILABLE`, CQ-16: `--server` 或 `jiesuan get ID --json`。\n\n"
        #expect(differences(whole + block) == [])
        #expect(
            differences(whole.replacing("70", with: "71") + block) == [
                "figure 70 stands 0 times, in docs/x.md 1 times", "figure 71 stands 1 times, in docs/x.md 0 times",
            ])
        #expect(differences(whole + "70%\n\n" + block) == ["figure 70 stands 2 times, in docs/x.md 1 times"])
        #expect(differences(whole.replacing("CQ-16", with: "") + block) == ["name or code CQ-16 is missing"])
        #expect(differences(whole.replacing("STORE", with: "STORY") + block).count == 2)
        #expect(differences(whole.replacing("`--server`", with: "") + block) == ["option server is missing"])
        #expect(differences(whole.replacing("--json", with: "") + block).count == 2)
        #expect(differences(whole).count == 2)
    }
}
