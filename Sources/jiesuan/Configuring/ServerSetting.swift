import ArgumentParser
import Foundation

/// A setting of the server: an option or a switch of `jiesuan serve`, which may stand in a configuration file and in
/// the environment too.
///
/// The list is made from the command itself, so that a new option is a setting with no further line.
struct ServerSetting: Equatable {
    /// The option's name without dashes, which is the key in the file: "drain-seconds".
    var name: String
    /// Whether it is a switch, on or off.
    var isSwitch: Bool
    /// Whether it may have several values.
    var isRepeating: Bool
    /// As text; nil: none.
    var defaultValue: String?
    /// What it does, from the command's help.
    var abstract: String

    /// Its name in the environment: "JIESUAN_DRAIN_SECONDS".
    var variable: String { Self.variablePrefix + name.uppercased().replacing("-", with: "_") }

    static let variablePrefix = "JIESUAN_"

    /// Options of the command that are no settings.
    private static let notSettings: Set<String> = [ConfigurationFile.option, "help", "version"]

    /// All settings in the order of the command's help; hidden options are none.
    static let all: [ServerSetting] = {
        struct Dump: Decodable {
            struct Command: Decodable { var arguments: [Argument] }
            struct Argument: Decodable {
                struct Name: Decodable {
                    var kind: String
                    var name: String
                }
                var kind: String
                var names: [Name]?
                var isRepeating: Bool
                var shouldDisplay: Bool
                var defaultValue: String?
                var abstract: String?
            }
            var command: Command
        }
        // The text is the parser's own; it cannot fail to be read.
        guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(Serve._dumpHelp().utf8)) else { return [] }
        return dump.command.arguments.compactMap { argument in
            guard argument.shouldDisplay, let name = argument.names?.first(where: { $0.kind == "long" })?.name,
                !notSettings.contains(name)
            else { return nil }
            return ServerSetting(
                name: name, isSwitch: argument.kind == "flag", isRepeating: argument.isRepeating,
                defaultValue: argument.kind == "flag" ? "false" : argument.defaultValue,
                abstract: argument.abstract ?? "")
        }
    }()

    static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
