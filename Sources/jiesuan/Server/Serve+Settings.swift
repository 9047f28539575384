import ArgumentParser
import Foundation
import Policy

extension Serve {
    /// The arguments of a `serve` with what its configuration file and the environment add.
    ///
    /// A server started by another command is set by that command alone.
    ///
    /// - Throws: `PolicyProblems` of the file, `Failure` of a variable.
    static func completed(_ arguments: [String]) throws -> [String] {
        if arguments.contains("--leave-year-ends") { return arguments }
        let settings = try ServerSettings(commandLine: Array(arguments.dropFirst()))
        try check(settings)
        for variable in settings.unknownVariables { Terminal.complain(variable.sentence) }
        return ["serve"] + settings.arguments
    }

    /// The command with all its settings.
    ///
    /// - Throws: `PolicyProblems` and `Failure`: every value that its setting does not take.
    static func read(_ settings: ServerSettings) throws -> Serve {
        try check(settings)
        do { return try Serve.parse(settings.arguments) } catch { throw Failure(.usage, Serve.message(for: error)) }
    }

    /// Parses each value of the file and the environment by itself, so that what is wrong is told with its source.
    private static func check(_ settings: ServerSettings) throws {
        var problems: [PolicyProblem] = []
        for value in settings.values {
            let arguments = value.arguments
            guard value.source != .commandLine, !arguments.isEmpty else { continue }
            do { _ = try Serve.parse(arguments) } catch {
                let message = "\(value.setting.name): \(Serve.message(for: error))"
                guard case .file(let path, let line) = value.source else {
                    throw Failure(.usage, "\(value.source.description): \(message)")
                }
                problems.append(PolicyProblem(file: path, line: line, message: message))
            }
        }
        guard problems.isEmpty else { throw PolicyProblems(problems: problems) }
    }
}
