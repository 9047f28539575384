import ArgumentParser
import Foundation
import Policy

/// Checks the names of commands and options, and suggests the nearest for an unknown one.
///
/// The parser itself reports only an unexpected argument, and of two faults often the less useful one: for a misspelt
/// `--person` that `--person` is missing.
enum CommandNames {
    /// Follows the arguments down the tree of commands, then checks the options.
    ///
    /// - Throws: `Failure` with exit code 2.
    static func check(_ arguments: [String], below root: any ParsableCommand.Type) throws {
        var command = root
        var path = [name(of: root)]
        for (index, argument) in arguments.enumerated() {
            let below = command.configuration.subcommands
            if argument == "help" { return }
            // Options of a command with subcommands come behind their names, or belong to its default subcommand.
            if below.isEmpty || argument.hasPrefix("-") || isOfDefault(argument, command) {
                let leaf = command.configuration.defaultSubcommand ?? command
                return try checkOptions(arguments[index...], of: leaf, path.joined(separator: " "))
            }
            guard let next = below.first(where: { names(of: $0).contains(argument) }) else {
                throw unknown(
                    "command '\(argument)'", argument, in: path.joined(separator: " "), of: below.flatMap(names))
            }
            command = next
            path.append(name(of: next))
        }
    }

    /// Whether a word is the first argument of a default command, a number or a list's name, because no command has a
    /// similar name.
    private static func isOfDefault(_ argument: String, _ command: any ParsableCommand.Type) -> Bool {
        guard command.configuration.defaultSubcommand != nil else { return false }
        let below = command.configuration.subcommands.flatMap(names)
        return !below.contains(argument) && NearestName.of(argument, among: below) == nil
    }

    private static func checkOptions(
        _ arguments: ArraySlice<String>, of command: any ParsableCommand.Type, _ path: String
    ) throws {
        let known = options(of: command)
        for argument in arguments {
            if argument == "--" { return }
            guard argument.hasPrefix("--") else { continue }
            let name = String(argument.dropFirst(2).prefix { $0 != "=" })
            if known.isEmpty || known.contains(name) || parserOwn.contains(name) { continue }
            throw unknown("option '--\(name)'", "--\(name)", in: path, of: known.map { "--\($0)" })
        }
    }

    /// Options added to every command by the parser.
    private static let parserOwn: Set<String> = [
        "help", "help-hidden", "version", "generate-completion-script", "experimental-dump-help",
    ]

    /// Long names of a command's options and flags.
    private static func options(of command: any ParsableCommand.Type) -> [String] {
        struct Dump: Decodable {
            struct Command: Decodable { var arguments: [Argument]? }
            struct Argument: Decodable { var names: [Name]? }
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var command: Command
        }
        let dump = try? JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8))
        return dump?.command.arguments?.flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.name) ?? []
    }

    private static func unknown(_ what: String, _ asked: String, in path: String, of names: [String]) -> Failure {
        let advice =
            NearestName.of(asked, among: names).map { "did you mean '\($0)'?" }
            ?? "there are: \(names.sorted().joined(separator: ", "))."
        return Failure(.usage, "'\(path)' has no \(what); \(advice) See '\(path) --help'.")
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [name(of: command)] + command.configuration.aliases
    }

    private static func name(of command: any ParsableCommand.Type) -> String { command._commandName }
}
