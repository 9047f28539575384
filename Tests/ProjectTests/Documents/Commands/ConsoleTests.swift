import Foundation
import Testing

@Suite struct `Consoles in the documents` {
    /// Pages in another language tell the same stories to the letter, which is tested elsewhere.
    static let pages: [String] = {
        let all = (try? MarkdownPage.all()) ?? []
        return all.filter { LanguagePair.english(of: $0.path) == nil && !ConsoleStory($0).steps.isEmpty }.map(\.path)
    }()

    @Test(arguments: pages) func `the commands of a page print what it shows`(path: String) throws {
        for difference in try Self.differences(try MarkdownPage(path)) { Issue.record("\(difference)") }
    }

    @Test func `a block that is not run says why`() throws {
        for page in try MarkdownPage.all() {
            for line in ConsoleStory(page).marksWithoutReason {
                Issue.record("\(page.path):\(line): 'not run' without its reason: <!-- not run: takes minutes -->")
            }
        }
        #expect(Self.pages.count >= 3, "there are pages whose commands are run")
    }

    /// What a page shows and its commands do not do.
    static func differences(_ page: MarkdownPage) throws -> [String] {
        let story = ConsoleStory(page)
        if let step = story.endlessStep {
            return ["\(page.path):\(step.line): $ \(step.command)\nwould never end: start a server with > server.log 2>&1 &"]
        }
        let run = try ConsoleRun(story)
        var differences: [String] = []
        for (place, step) in story.steps.enumerated() {
            let head = "\(page.path):\(step.line): $ \(step.command)"
            if step.startsServer, !step.command.contains(">") {
                differences.append("\(head)\nits log goes to a file, else it stands between the others' output: > server.log 2>&1 &")
            }
            guard place < run.ended.count else { return differences + ["\(head)\nwas not reached, or did not end"] }
            let ended = run.ended[place]
            let printed = PrintedPattern.trimmed(ended.printed).joined(separator: "\n")
            if ended.code != 0, !story.saysItsCode(at: place) {
                differences.append("\(head)\nended with \(ended.code):\n\(printed)")
            }
            let pattern = PrintedPattern(step.printed)
            if !pattern.isEmpty, !pattern.matches(ended.printed) {
                differences.append("\(head)\nprinted:\n\(printed)")
            }
        }
        return differences
    }

    @Test func `a planted difference in what is printed, a code that is not 0, and a command that is none are found`() throws {
        let page = MarkdownPage(
            path: "planted.md",
            text: """
                ```console
                $ echo one; echo two
                one
                …
                $ cat > file <<END
                > it's kept
                > END
                $ cat file
                it's kept
                $ printf 'no line break'
                no line break
                $ false
                $ (exit 7)
                $ echo $?
                7
                $ echo "planted"
                something else
                $ no-such-program
                $ jiesuan policy show atlantis
                $ if then
                $ jiesuan policy \\
                    list | head -1
                region … digest
                $ echo end
                end
                ```

                <!-- file: a.yaml -->
                ```yaml
                of: $HOME
                ```

                ```console
                $ cat a.yaml
                of: $HOME
                ```

                <!-- not run: it would end all -->
                ```console
                $ exit 1
                ```
                """)
        let differences = try Self.differences(page)
        let lines = differences.map { $0.split(separator: ":")[1] }
        #expect(lines == ["12", "16", "18", "19", "20"], "\(differences.joined(separator: "\n"))")
        #expect(differences[1].contains("planted"))
        #expect(differences[3].contains("atlantis"))
        let unmarked = MarkdownPage(path: "x.md", text: "<!-- not run -->\n```console\n$ exit 1\n```")
        #expect(ConsoleStory(unmarked).marksWithoutReason == [3])
    }

    @Test func `a server of a page is waited for, has a port of its own, and ends with the page`() throws {
        let page = MarkdownPage(
            path: "planted.md",
            text: """
                ```console
                $ jiesuan serve --port 8123 > server.log 2>&1 &
                $ jiesuan call PolicyService/List --server :8123 | grep -c '"region"'
                4
                ```
                """)
        let differences = try Self.differences(page)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        let loud = MarkdownPage(path: "x.md", text: "```console\n$ jiesuan serve --port 8123 &\n```")
        #expect(try Self.differences(loud).count == 1)
        let endless = MarkdownPage(path: "x.md", text: "```console\n$ jiesuan serve --port 8123\n$ echo one\n```")
        #expect(try Self.differences(endless).count == 1)
    }

    @Test(arguments: [
        (["a", "…", "d"], ["a", "b", "c", "d"], true), (["a", "…", "d"], ["a", "d"], true),
        (["a", "…", "d"], ["a", "b"], false), (["digest … of …"], ["digest 1f of x"], true),
        (["digest … of y"], ["digest 1f of x"], false), (["a"], ["a  ", "", ""], true), (["a"], ["a", "b"], false),
        (["…"], [], true), (["a …", "b"], ["a 1", "c", "b"], false),
    ])
    func `an ellipsis stands for any lines, or for any text within a line`(
        shown: [String], printed: [String], isSame: Bool
    ) {
        #expect(PrintedPattern(shown).matches(printed) == isSame)
    }
}
