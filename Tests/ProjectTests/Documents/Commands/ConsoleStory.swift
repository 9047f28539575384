import Foundation

/// What the console blocks of a page tell: commands, each with what it prints, in one shell and one folder.
///
/// A block that cannot be run has a comment in the line before it, `<!-- not run: needs a disk of its own -->`. A block
/// of any language is a file of the folder where that comment is `<!-- file: policies/qingshan.yaml -->`.
struct ConsoleStory {
    struct Step: Equatable {
        /// As written behind `$ `, with the lines that it goes on in.
        var command: String
        /// The lines below it.
        var printed: [String]
        var line: Int

        /// True for a server that runs on while the page goes on.
        var startsServer: Bool { command.contains("jiesuan serve") && command.hasSuffix("&") }
    }

    var steps: [Step] = []
    /// Marks of blocks that are not run, where they give no reason.
    var marksWithoutReason: [Int] = []

    init(_ page: MarkdownPage) {
        for block in page.blocks {
            if let name = block.file {
                steps.append(ConsoleStory.writing(block, to: name))
                continue
            }
            guard block.language == "console" else { continue }
            if block.comment.hasPrefix("not run") {
                let reason = block.comment.dropFirst("not run".count)
                if reason.filter(\.isLetter).count < 4 { marksWithoutReason.append(block.line) }
                continue
            }
            steps += ConsoleStory.steps(of: block)
        }
    }

    /// As a command of the shell, so that it has its turn among the others.
    private static func writing(_ block: MarkdownPage.CodeBlock, to name: String) -> Step {
        let end = "END_OF_\(name.filter(\.isLetter))"
        let text = (["cat > '\(name)' <<'\(end)'"] + block.lines + [end]).joined(separator: "\n")
        return Step(command: text, printed: [], line: block.line)
    }

    static func steps(of block: MarkdownPage.CodeBlock) -> [Step] {
        var steps: [Step] = []
        var goesOn = false
        for (place, text) in block.lines.enumerated() {
            if text.hasPrefix("$ ") {
                steps.append(Step(command: String(text.dropFirst(2)), printed: [], line: block.line + place))
            } else if steps.isEmpty {
                continue
            } else if goesOn || text.hasPrefix("> ") {
                let more = text.hasPrefix("> ") ? String(text.dropFirst(2)) : text
                steps[steps.count - 1].command += "\n" + more
            } else if text == ">" {
                steps[steps.count - 1].command += "\n"
            } else {
                steps[steps.count - 1].printed.append(text)
                continue
            }
            goesOn = text.hasSuffix("\\")
        }
        return steps
    }

    /// A server in the foreground, unless it is shown to fail.
    var endlessStep: Step? {
        steps.indices.first { place in
            steps[place].command.hasPrefix("jiesuan serve") && !steps[place].startsServer && !saysItsCode(at: place)
        }.map { steps[$0] }
    }

    /// True where the next step says by `echo $?` how the one at `place` ends; else it has to end with 0.
    func saysItsCode(at place: Int) -> Bool {
        place + 1 < steps.count && steps[place + 1].command.hasPrefix("echo $?")
    }
}

extension MarkdownPage.CodeBlock {
    /// The file that the block is; nil: it is none.
    var file: String? {
        guard let name = comment.wholeMatch(of: /file: ([A-Za-z0-9_.\/-]+)/) else { return nil }
        return String(name.1)
    }
}
