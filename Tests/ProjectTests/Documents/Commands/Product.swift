import Foundation

/// The built program, beside the bundle of tests, where `swift build` puts both.
enum Product {
    static let file: URL = {
        let places = [ProcessInfo.processInfo.arguments[0], "/proc/self/exe"].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent()
        }
        let programs = places.map { $0.appendingPathComponent("jiesuan") }
        return programs.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? programs[0]
    }()

    /// What it prints; its code has to be 0.
    static func output(_ arguments: String...) throws -> String {
        let (code, output) = try run(file.path(), arguments, in: Repository.root)
        guard code == 0 else { throw Ended(code: code, output: output) }
        return output
    }

    struct Ended: Error {
        var code: Int32
        var output: String
    }
}
