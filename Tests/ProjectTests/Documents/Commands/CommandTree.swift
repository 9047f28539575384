import Foundation
import TestSupport

/// The commands of the program with their options, as the program itself tells them.
struct CommandTree: Decodable {
    var command: Command

    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var arguments: [Argument]?
        var subcommands: [Command]?
        var defaultSubcommand: String?
        var aliases: [String]?
    }

    struct Argument: Decodable, Equatable {
        var kind: String
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var defaultValue: String?
        var allValues: [String]?
        var isOptional: Bool?
        var isRepeating: Bool?
        var shouldDisplay: Bool?
    }

    struct Name: Decodable, Equatable {
        var kind: String
        var name: String
    }

    static func ofProduct() throws -> CommandTree {
        let dump = try Product.output("--experimental-dump-help")
        return try JSONDecoder().decode(CommandTree.self, from: Data(dump.utf8))
    }

    /// Every command with its words: "jiesuan policy check".
    var all: [(path: [String], command: Command)] {
        func below(_ command: Command, _ path: [String]) -> [([String], Command)] {
            let own = path + [command.commandName]
            return [(own, command)] + command.inner.flatMap { below($0, own) }
        }
        return below(command, [])
    }

    /// Long options of all commands, without the hyphens.
    var options: Set<String> { Set(all.flatMap(\.command.options)) }
}

extension CommandTree.Command {
    /// Without the parser's own `help`.
    var inner: [CommandTree.Command] { (subcommands ?? []).filter { $0.commandName != "help" } }

    /// Those that its help shows.
    var shown: [CommandTree.Argument] { (arguments ?? []).filter { $0.shouldDisplay ?? true } }

    /// Long options, without the hyphens; of a command that stands for its first one, that one's too.
    var options: [String] {
        let own = (arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind.hasPrefix("long") }.map(\.name)
        guard let name = defaultSubcommand, let stand = inner.first(where: { $0.commandName == name }) else { return own }
        return own + stand.options
    }
}

extension CommandTree.Argument {
    /// "--server"; of a value that is not an option, "FILE".
    var title: String {
        let long = names?.first { $0.kind.hasPrefix("long") }
        return long.map { "--\($0.name)" } ?? valueName ?? ""
    }
}
