import Testing

@Suite struct `Links of the documents` {
    @Test func `every link of every page leads to a file, and every anchor to a heading`() throws {
        let pages = try MarkdownPage.all()
        #expect(pages.count > 10)
        let check = LinkCheck(pages)
        for dead in pages.flatMap(check.deadLinks) { Issue.record("\(dead)") }
        #expect(pages.flatMap(\.links).count > 20)
    }

    /// Without it, a search that finds no link at all would look like pages without a dead one.
    @Test func `planted dead links are found, and live ones are not`() {
        let page = MarkdownPage(
            path: "docs/planted.md",
            text: """
                # A page

                See [a file](../README.md), [none](../NONE.md), [one's own](#second-part-of-结算) and [no heading](#third).
                In a list:

                - ![a picture](none.svg "title"), `[code](none.md)`
                - <a href="none.html">HTML</a> and [by reference][r], [out](../../../x)

                [r]: gone.md

                ```text
                [in a block](none.md)
                ```

                ## Second part, of `结算`!

                [lines](../Package.swift#L3) and [too far](../Package.swift#L99999),
                [one page](../README.md#known) and [its gap](../README.md#unknown), [elsewhere](https://example.org/none)
                """)
        let other = MarkdownPage(path: "README.md", text: "Known\n=====\n\n<a id=\"named\"></a>\n")
        #expect(other.anchors == ["known", "named"])
        let dead = LinkCheck([page, other]).deadLinks(of: page)
        let targets = dead.map { String($0.split(separator: ": ")[1]) }
        let expected = [
            "#third", "../../../x", "../NONE.md", "../Package.swift#L99999", "../README.md#unknown", "gone.md", "none.html",
            "none.svg",
        ]
        #expect(targets.sorted() == expected, "\(dead)")
        #expect(dead.contains { $0.hasPrefix("docs/planted.md:3: ../NONE.md") }, "the line is right")
    }

    @Test(arguments: [
        ("The ledger's files", "the-ledgers-files"), ("`policy check`, by example", "policy-check-by-example"),
        ("起付线 and 报销比例", "起付线-and-报销比例"), ("[a link](x.md) — and more", "a-link--and-more"),
        ("CQ-16: where is it?", "cq-16-where-is-it"), ("from_and_until", "from_and_until"),
    ])
    func `an anchor is made as GitHub makes it`(heading: String, anchor: String) {
        #expect(MarkdownPage.anchor(of: heading) == anchor)
    }

    @Test func `headings with the same words are numbered`() {
        let page = MarkdownPage(path: "x.md", text: "# One\n\n## Again\n\n## Again\n")
        #expect(page.anchors == ["one", "again", "again-1"])
    }
}
