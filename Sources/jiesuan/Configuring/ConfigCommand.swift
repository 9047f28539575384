import ArgumentParser
import Foundation
import Policy
import Text

/// `jiesuan config`: what a server would be set to, and whether that is right, without starting it.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "A server's configuration: whether it is right, and where each value is from.",
        discussion: """
            A setting is an option of `jiesuan serve`: in a file without its dashes, in the environment with JIESUAN_
            before it. The command line goes before the environment, that before the file.

            EXAMPLES:
              jiesuan config show > jiesuan.yaml                      a file to begin with, all settings explained
              jiesuan config check /etc/jiesuan/jiesuan.yaml
              JIESUAN_PORT=9000 jiesuan config show jiesuan.yaml --from

            \(Exit.help)
            """,
        subcommands: [Check.self, Show.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a configuration file, with what the environment adds to it, and what it names.",
            discussion: """
                Checks every setting as the server would at its start, and the policy packs; opens no port and no
                ledger. Says all that is wrong, each with its line.

                EXAMPLES:
                  jiesuan config check /etc/jiesuan/jiesuan.yaml

                \(Exit.help)
                """)

        @Argument(help: ArgumentHelp("The configuration file.", valueName: "FILE")) var file: String

        func run() throws {
            let settings = try ServerSettings(commandLine: ["--\(ConfigurationFile.option)=\(file)"])
            let serve = try Serve.read(settings)
            _ = try serve.options()
            for variable in settings.unknownVariables { Terminal.complain(variable.sentence) }
            let set = settings.values.filter { $0.source != .byDefault }.count
            print("\(file): \(counted(set, "setting")) of \(settings.values.count) set: good")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All settings with their values, as a configuration file; or where each value is from.",
            discussion: """
                What it prints is a configuration file: values that are set stand as lines, the others as comments.
                Passwords in addresses are hidden.

                EXAMPLES:
                  jiesuan config show                       all settings, with their defaults
                  jiesuan config show jiesuan.yaml --from   each value and its source
                  jiesuan config show jiesuan.yaml --json

                \(Exit.help)
                """)

        @Argument(help: ArgumentHelp("The configuration file; none: the environment alone.", valueName: "FILE"))
        var file: String?

        @Flag(help: "A line for each setting with its value and where that is from, not a file.") var from = false

        @Flag(help: "The same as JSON.") var json = false

        func run() throws {
            let settings = try ServerSettings(
                commandLine: file.map { ["--\(ConfigurationFile.option)=\($0)"] } ?? [])
            if json { return print(ConfigurationText.json(settings), terminator: "") }
            let lines = from ? ConfigurationText.table(settings) : ConfigurationText.file(settings)
            for line in lines { print(line) }
        }
    }
}
