import Foundation
import Testing

@Suite struct `Commands in the documents` {
    @Test func `every command and option that a page writes is one that the program has`() throws {
        let tree = try CommandTree.ofProduct()
        var count = 0
        for page in try MarkdownPage.all() {
            for use in page.commandUses {
                count += 1
                if let problem = use.problem(in: tree) { Issue.record("\(page.path):\(use.line): \(problem)") }
            }
        }
        #expect(count > 50)
    }

    @Test func `an option that stands by itself is one of the program, or of another tool of the repository`() throws {
        let known = try CommandTree.ofProduct().options.union(["help", "version"]).union(try Self.optionsOfTools())
        // That page has protoc's options.
        for page in try MarkdownPage.all() where page.path != "Proto/README.md" {
            for option in page.bareOptions where !known.contains(option.text) {
                Issue.record("\(page.path):\(option.line): no program here has the option --\(option.text)")
            }
        }
    }

    /// Options that scripts name, and those of the benchmarks' programs.
    private static func optionsOfTools() throws -> Set<String> {
        var options: Set<String> = []
        let files = try ["Tests", "Benchmarks", "Examples", ".ci"].filter(Repository.isFolder)
            .flatMap { try Repository.files(below: $0, endings: [".sh", ".py", ".swift", "install", "run"]) }
        for file in files + [Repository.root.appending(path: "Makefile")] where !file.path().contains("/Documents/") {
            let text = try String(contentsOf: file, encoding: .utf8)
            options.formUnion(text.matches(of: /--([a-z][a-z0-9-]+)/).map { String($0.1) })
            // `@Option var perPerson` is --per-person.
            for match in text.matches(of: /@(?:Option|Flag)[^\n]*?(?:\n[^\n]*?)?var (\w+)/) {
                options.insert(String(match.1).replacing(/[A-Z]/) { "-" + $0.output.lowercased() })
            }
        }
        return options
    }

    @Test func `planted commands and options that are none are found`() throws {
        let page = MarkdownPage(
            path: "docs/planted.md",
            text: """
                `jiesuan policy check my/ --json` is one, `jiesuan policy burn` is none; `jiesuan serve
                --prot 8123` has a slip.

                ```console
                $ jiesuan explain --region x --kind outpatient \\
                    --servicedate 2024-06-30 | grep --color CQ-16
                jiesuan prints --whatever
                $ jiesuan person 101 --server :8123 > --nofile
                $ jiesuan serve --shown-to-fail
                $ echo $?
                2
                ```

                    .build/release/jiesuan generate --claim 5    # --comment
                    useradd jiesuan --create-home; TZ=UTC ./jiesuan examples --csv | jiesuan calculate - --json

                ```yaml
                jiesuan: --none
                ```
                """)
        let tree = try CommandTree.ofProduct()
        #expect(page.commandUses.count == 8)
        #expect(
            page.commandUses.compactMap { $0.problem(in: tree) } == [
                "'jiesuan policy' has no command 'burn'", "'jiesuan serve' has no option '--prot'",
                "'jiesuan explain' has no option '--servicedate'", "'jiesuan generate' has no option '--claim'",
            ])
        #expect(page.commandUses.map(\.line) == [1, 1, 1, 5, 8, 14, 15, 15])
        let bare = MarkdownPage(path: "x.md", text: "`--server :8123` and\n`--sever`, not `a --option`")
        #expect(bare.bareOptions == [.init(text: "server", line: 1), .init(text: "sever", line: 2)])
    }
}
