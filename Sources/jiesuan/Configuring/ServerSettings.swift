import Foundation
import Policy

/// The settings of a server from all their sources: the command line before the environment, that before the
/// configuration file, that before the default.
struct ServerSettings {
    enum Source: Equatable {
        case byDefault
        case file(String, line: Int)
        case variable(String)
        case commandLine

        /// For people: "jiesuan.yaml:3".
        var description: String {
            switch self {
            case .byDefault: "default"
            case .file(let path, let line): "\(path):\(line)"
            case .variable(let name): name
            case .commandLine: "command line"
            }
        }
    }

    struct Value {
        var setting: ServerSetting
        /// As text; empty: none.
        var values: [String]
        var source: Source

        /// As arguments of `jiesuan serve`; of a default none. "--name=value", so that a value that begins with a dash
        /// stays one.
        var arguments: [String] {
            if source == .byDefault { return [] }
            if setting.isSwitch { return values == ["true"] ? ["--\(setting.name)"] : [] }
            return values.map { "--\(setting.name)=\($0)" }
        }
    }

    /// One for each setting, in the order of the help of `jiesuan serve`.
    private(set) var values: [Value]
    /// The file that was read; nil: none.
    private(set) var file: String?
    /// The arguments of `jiesuan serve` with what the file and the environment add.
    private(set) var arguments: [String]
    /// Variables that look like settings and are none; sorted.
    private(set) var unknownVariables: [UnknownVariable]

    /// - Parameter commandLine: the arguments after `serve`.
    /// - Throws: `PolicyProblems` of the file, `Failure` of a variable.
    init(commandLine: [String], environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let given = Self.given(commandLine)
        let fileOption = ServerSetting.variablePrefix + ConfigurationFile.option.uppercased()
        file = given[ConfigurationFile.option]?.last ?? environment[fileOption]
        let read = try file.map { path throws(PolicyProblems) in try ConfigurationFile(path: path) }
        let entries = Dictionary(
            uniqueKeysWithValues: (read?.entries ?? []).map { ($0.setting.name, $0) })
        values = []
        var added: [String] = []
        for setting in ServerSetting.all {
            var value = Value(setting: setting, values: setting.defaultValue.map { [$0] } ?? [], source: .byDefault)
            if let entry = entries[setting.name], let read {
                value = Value(setting: setting, values: entry.values, source: .file(read.path, line: entry.line))
            }
            if let text = environment[setting.variable] {
                value = Value(
                    setting: setting, values: try Self.values(of: text, setting), source: .variable(setting.variable))
            }
            if let texts = given[setting.name] {
                value = Value(setting: setting, values: texts, source: .commandLine)
            } else {
                added += value.arguments
            }
            values.append(value)
        }
        arguments = added + commandLine
        let known = ServerSetting.all.map(\.variable) + [fileOption]
        unknownVariables = environment.keys.filter { $0.hasPrefix(ServerSetting.variablePrefix) && !known.contains($0) }
            .sorted().map { UnknownVariable(name: $0, nearest: NearestName.of($0, among: known)) }
    }

    /// Names of settings that have other values than in `earlier`, in the help's order.
    func changes(since earlier: ServerSettings) -> [String] {
        zip(values, earlier.values).filter { $0.values != $1.values }.map(\.0.setting.name)
    }

    /// These settings with the values of some as they are in `earlier`.
    func keeping(_ names: [String], of earlier: ServerSettings) -> ServerSettings {
        var kept = self
        for index in values.indices where names.contains(values[index].setting.name) {
            kept.values[index] = earlier.values[index]
        }
        return kept
    }

    /// The values that options have on the command line, by name; of a switch "true".
    ///
    /// What is no setting is left to the parser.
    private static func given(_ arguments: [String]) -> [String: [String]] {
        var given: [String: [String]] = [:]
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            let argument = arguments[index]
            index += 1
            guard argument.hasPrefix("--") else { continue }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard name == ConfigurationFile.option || ServerSetting.byName[name] != nil else { continue }
            if ServerSetting.byName[name]?.isSwitch == true {
                given[name] = ["true"]
            } else if parts.count == 2 {
                given[name, default: []].append(String(parts[1]))
            } else if index < arguments.count {
                given[name, default: []].append(arguments[index])
                index += 1
            }
        }
        return given
    }

    /// The values of a variable; several are separated by commas.
    private static func values(of text: String, _ setting: ServerSetting) throws(Failure) -> [String] {
        if setting.isRepeating {
            return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        guard setting.isSwitch else { return [text] }
        guard let isOn = SwitchValue.of(text) else {
            throw Failure(.usage, "\(setting.variable) is true or false, not '\(text)'")
        }
        return [String(isOn)]
    }
}

/// A variable of the environment that looks like a setting and is none.
struct UnknownVariable {
    var name: String
    /// The setting's variable that may be meant.
    var nearest: String?

    /// What to say of it.
    var sentence: String {
        "\(name) in the environment is no setting and changes nothing"
            + (nearest.map { "; did you mean \($0)?" } ?? "; 'jiesuan config show' lists the settings")
    }
}
