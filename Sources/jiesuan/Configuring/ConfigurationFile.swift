import Foundation
import Policy
import Yams

/// A server's configuration file (`jiesuan.yaml`): a table of `setting: value`, whose keys are the options of
/// `jiesuan serve` without their dashes.
struct ConfigurationFile {
    /// The option and, in capitals, the variable that name the file.
    static let option = "config"
    /// Bytes; more is no configuration.
    static let bytesMax = 1 << 20

    struct Entry {
        var setting: ServerSetting
        /// Of a switch "true" or "false"; of a setting without several values one.
        var values: [String]
        /// 1-based.
        var line: Int
    }

    let path: String
    /// In the file's order.
    private(set) var entries: [Entry] = []

    /// Reads a file.
    ///
    /// - Throws: `PolicyProblems`: all that is wrong, with file and line.
    init(path: String) throws(PolicyProblems) {
        self.path = path
        let problems = ProblemList(file: path)
        if let text = Self.text(of: path, problems),
            // A file of comments alone sets nothing, and is good.
            let root = YAMLText.root(of: text, problems: problems, empty: nil), root.scalar?.string != ""
        {
            if case .mapping(let mapping) = root {
                entries = mapping.compactMap { key, value in Self.entry(key, value, problems) }
            } else {
                problems.add(root.line, "a configuration is a table of 'setting: value' lines")
            }
        }
        guard problems.isEmpty else { throw PolicyProblems(problems: problems.sorted) }
    }

    private static func text(of path: String, _ problems: ProblemList) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else {
            problems.add(0, "cannot be read: \(String(cString: strerror(errno)))")
            return nil
        }
        let bytes: Data
        // A byte more than allowed, so that a longer file is refused and not cut.
        do { bytes = try file.read(upToCount: bytesMax + 1) ?? Data() } catch {
            problems.add(0, "cannot be read: \(error.localizedDescription)")
            return nil
        }
        guard bytes.count <= bytesMax else {
            problems.add(0, "is longer than the \(bytesMax) bytes that a configuration may have")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.add(0, "is not UTF-8")
            return nil
        }
        return text
    }

    private static func entry(_ key: Node, _ value: Node, _ problems: ProblemList) -> Entry? {
        let name = key.scalar?.string ?? ""
        guard let setting = ServerSetting.byName[name] else {
            let advice =
                NearestName.of(name, among: ServerSetting.all.map(\.name)).map { "did you mean '\($0)'?" }
                ?? "'jiesuan config show' lists them."
            problems.add(key.line, "there is no setting \(key.kindName); \(advice)")
            return nil
        }
        guard let values = values(value, of: setting) else {
            let wanted = setting.isRepeating ? "a value, or a list of values" : "one value"
            problems.add(key.line, "\(name) takes \(wanted), not \(value.kindName)")
            return nil
        }
        guard setting.isSwitch else { return Entry(setting: setting, values: values, line: key.line) }
        guard let isOn = SwitchValue.of(values[0]) else {
            problems.add(key.line, "\(name) is true or false, not \(value.kindName)")
            return nil
        }
        return Entry(setting: setting, values: [String(isOn)], line: key.line)
    }

    private static func values(_ node: Node, of setting: ServerSetting) -> [String]? {
        switch node {
        case .scalar(let scalar): return [scalar.string]
        case .sequence(let items) where setting.isRepeating:
            let texts = items.compactMap { $0.scalar?.string }
            return texts.count == items.count ? texts : nil
        default: return nil
        }
    }
}

/// What a switch may be set to in a file or a variable.
enum SwitchValue {
    static func of(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}
