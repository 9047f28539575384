import Foundation

/// A command of the program that a page writes: `jiesuan policy check my/ --json`.
struct CommandUse: Equatable {
    /// The words behind `jiesuan` up to the first option.
    var words: [String]
    /// Long options, without the hyphens.
    var options: [String]
    var line: Int

    /// The uses in one piece of code: a line of a shell, or a code span.
    static func all(in text: String, line: Int) -> [CommandUse] {
        // Where a command stands, not where its name is another's argument: "useradd jiesuan --create-home".
        text.matches(of: /(?:^|[|;&({]|\b(?:do|then|else|exec|nohup|sudo|time) |[A-Z_]+=\S* )\s*(?:\S*\/)?jiesuan(?=\s)/).map { match in
            var use = CommandUse(words: [], options: [], line: line)
            for token in tokens(of: text[match.range.upperBound...]) {
                if let option = token.prefixMatch(of: /\[?--([a-z0-9][a-z0-9-]*)/) {
                    use.options.append(String(option.1))
                } else if use.options.isEmpty, token.wholeMatch(of: /[a-z][a-z-]*[,.:]?/) != nil {
                    use.words.append(token.trimmingCharacters(in: CharacterSet(charactersIn: ",.:")))
                } else if use.options.isEmpty {
                    use.words.append("")
                }
            }
            return use
        }
    }

    /// Words up to the end of the command: a pipe, a redirection, a comment, `;`, `&`.
    private static func tokens(of text: Substring) -> [String] {
        var tokens: [String] = []
        var token = ""
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { token.append("\"") }
                continue
            }
            switch character {
            case "\"", "'": quote = character
            case " ", "\t", "\n":
                if !token.isEmpty { tokens.append(token) }
                token = ""
            case "|", ";", "&", ">", "<", ")", "`":
                // "<FILE>" is a value's name.
                if character == "<" || character == ">", !token.isEmpty || character == "<" {
                    token.append(character)
                    continue
                }
                return tokens + (token.isEmpty ? [] : [token])
            case "#" where token.isEmpty: return tokens
            default: token.append(character)
            }
        }
        return tokens + (token.isEmpty ? [] : [token])
    }

    /// What of it the program does not have; nil: it has all.
    func problem(in tree: CommandTree) -> String? {
        var command = tree.command
        var path = "jiesuan"
        for word in words {
            guard let next = command.inner.first(where: { $0.commandName == word || ($0.aliases ?? []).contains(word) })
            else {
                let isValue = command.inner.isEmpty || command.defaultSubcommand != nil
                if isValue || word.isEmpty { break }
                return "'\(path)' has no command '\(word)'"
            }
            command = next
            path += " " + word
        }
        let known = command.options + ["help", "version"]
        guard let strange = options.first(where: { !known.contains($0) }) else { return nil }
        return "'\(path)' has no option '--\(strange)'"
    }
}

extension MarkdownPage {
    /// Commands of the program in the page's code spans and blocks.
    var commandUses: [CommandUse] {
        let spans = spans.filter { $0.text.hasPrefix("jiesuan ") }.flatMap { CommandUse.all(in: $0.text, line: $0.line) }
        return spans
            + blocks.filter(\.isShell).flatMap { block in
                let failing = Set(block.failingSteps.map(\.line))
                return block.commandLines.filter { !failing.contains($0.line) }
                    .flatMap { CommandUse.all(in: $0.text, line: $0.line) }
            }
    }

    /// Long options that stand by themselves in code spans: `--clock-ahead-max`.
    var bareOptions: [Piece] {
        spans.filter { $0.text.hasPrefix("--") }.flatMap { span in
            span.text.matches(of: /(?:^|\s)--([a-z][a-z0-9-]*)/).map { Piece(text: String($0.1), line: span.line) }
        }
    }
}

extension MarkdownPage.CodeBlock {
    /// Languages whose text is no command.
    private static let others = ["yaml", "swift", "python", "java", "go", "cpp", "c", "json", "csv", "proto", "mermaid", "sql"]

    /// Commands of a console that fail, and are shown to: the next one says so by `echo $?`.
    fileprivate var failingSteps: [ConsoleStory.Step] {
        let steps = language == "console" ? ConsoleStory.steps(of: self) : []
        return zip(steps, steps.dropFirst()).filter { $1.command == "echo $?" && $1.printed.first != "0" }.map(\.0)
    }

    var isShell: Bool { !Self.others.contains(language) }

    /// The commands with what they go on with in the next lines; of a console only what stands behind `$`, of a shell
    /// and of an indented block every line, of a text what follows `$ `.
    var commandLines: [MarkdownPage.Piece] {
        var commands: [MarkdownPage.Piece] = []
        var goesOn = false
        for (place, text) in lines.enumerated() {
            let bare = text.drop { $0 == " " }
            if goesOn {
                commands[commands.count - 1].text += " " + bare
            } else if bare.hasPrefix("$ ") {
                commands.append(.init(text: String(bare.dropFirst(2)), line: line + place))
            } else if ["", "sh", "bash", "shell"].contains(language), bare.contains("jiesuan ") {
                commands.append(.init(text: String(bare), line: line + place))
            } else {
                continue
            }
            goesOn = bare.hasSuffix("\\")
            if goesOn { commands[commands.count - 1].text.removeLast() }
        }
        return commands
    }
}
