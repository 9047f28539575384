/// All commands with their options as tables in Markdown.
///
/// Options that many commands have with the same words stand once, in front; each of those commands names them.
struct CommandPage {
    private let commands: [(path: [String], command: CommandTree.Command)]
    private let common: [CommandTree.Argument]

    /// From so many commands on, an option with the same words stands in front.
    private static let commonFrom = 8

    init(_ tree: CommandTree) {
        commands = tree.all.filter { !$0.command.shown.isEmpty }
        var counts: [String: Int] = [:]
        var common: [CommandTree.Argument] = []
        for argument in commands.flatMap(\.command.shown) where argument.title.hasPrefix("--") {
            counts[Self.row(argument), default: 0] += 1
            let isNew = counts[Self.row(argument)] == Self.commonFrom
            // Of several with one name, the first; the others stand where they are.
            if isNew, !common.contains(where: { $0.title == argument.title }) { common.append(argument) }
        }
        self.common = common.sorted { $0.title < $1.title }
    }

    var markdown: String {
        var text = "| command | what it does |\n| --- | --- |\n"
        for (path, command) in commands where command.inner.isEmpty {
            let name = path.joined(separator: " ")
            let anchor = MarkdownPage.anchor(of: name)
            text += "| [`\(path.dropFirst().joined(separator: " "))`](#\(anchor)) | \(Self.cell(command.abstract ?? "")) |\n"
        }
        text += "\n### Options of many commands\n\n" + Self.table(common)
        for (path, command) in commands {
            let own = command.shown.filter { !common.contains($0) }
            // A command with others below it has nothing but `--help`.
            if !command.inner.isEmpty, own.isEmpty { continue }
            text += "\n### \(path.joined(separator: " "))\n\n\(Self.cell(command.abstract ?? ""))\n\n"
            if !own.isEmpty { text += Self.table(own) + "\n" }
            let names = command.shown.filter(common.contains).map { "`\($0.title)`" }
            if !names.isEmpty { text += "Besides: \(names.joined(separator: ", ")).\n" }
        }
        return text
    }

    private static func table(_ arguments: [CommandTree.Argument]) -> String {
        "| option | value | default | what it does |\n| --- | --- | --- | --- |\n"
            + arguments.map { row($0) + "\n" }.joined()
    }

    private static func row(_ argument: CommandTree.Argument) -> String {
        let isFlag = argument.kind == "flag"
        let isOption = argument.title.hasPrefix("--")
        let many = argument.isRepeating == true ? "…" : ""
        let value = isFlag || !isOption ? "" : "`\(cell(argument.valueName ?? ""))`"
        let needed = argument.isOptional == false && argument.defaultValue == nil ? "needed" : ""
        let standard = argument.defaultValue.map { "`\($0)`" } ?? needed
        let choices =
            (argument.allValues ?? []).isEmpty || (argument.abstract ?? "").contains("values:")
            ? "" : " One of: \(argument.allValues!.joined(separator: ", "))."
        let words = cell((argument.abstract ?? "") + choices)
        return "| `\(argument.title)`\(many) | \(value) | \(isFlag ? "" : standard) | \(words) |"
    }

    /// In Markdown, a `|` would end the cell and `<FILE>` be a tag.
    private static func cell(_ text: String) -> String {
        text.replacing("\n", with: " ").replacing("|", with: "\\|").replacing("<", with: "&lt;")
    }
}
